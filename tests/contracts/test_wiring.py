"""The deployer's one call, and the DisputeBook's empty slot."""

import ape
import pytest
from deployment.artefacts import container

NOBODY = "0x" + "00" * 20
SOMEBODY = "0x" + "44" * 20
WITH_SLOT = ["JobBoard", "ExecutorRegistry"]


@pytest.fixture(params=["ModelToken", "AccessPass"])
def unwired(request, commons, deployer):
    """A token that is not wired yet, and the arguments of its `wire`."""
    timelock = commons.addresses["Timelock"]
    if request.param == "ModelToken":
        return deployer.deploy(container("ModelToken"), timelock), [SOMEBODY]
    arguments = (timelock, commons.addresses["DatasetToken"], commons.addresses["ModelToken"])
    return deployer.deploy(container("AccessPass"), *arguments), [SOMEBODY, SOMEBODY]


@pytest.fixture(params=WITH_SLOT)
def with_slot(request, commons, deployer):
    """A contract whose deployer has not wired it yet."""
    at = commons.addresses
    arguments = {
        "JobBoard": (
            *(at["Timelock"], at["DatasetToken"], at["AccessPass"], at["ModelToken"]),
            *(at["ExecutorRegistry"], at["ParameterBook"], 5),
        ),
        "ExecutorRegistry": (at["Timelock"], at["TestDollar"], NOBODY, bytes(32), b""),
    }
    return deployer.deploy(container(request.param), *arguments[request.param])


def test_wire_of_a_token_by_its_deployer_works_once(unwired, deployer):
    token, arguments = unwired
    token.wire(*arguments, sender=deployer)

    assert token.wired()
    with ape.reverts(token.AlreadyWired):
        token.wire(*arguments, sender=deployer)


def test_wire_of_a_token_by_stranger_is_refused(unwired, stranger):
    token, arguments = unwired

    with ape.reverts(token.NotDeployer):
        token.wire(*arguments, sender=stranger)


def test_wire_of_a_token_to_nobody_is_refused(unwired, deployer):
    token, arguments = unwired

    with ape.reverts(token.WiredToNobody):
        token.wire(*[NOBODY for _ in arguments], sender=deployer)


@pytest.mark.parametrize("name", ["job_board", "executor_registry"])
def test_deployment_fills_the_dispute_books_slot_for_good(commons, deployer, timelock, name):
    contract = getattr(commons, name)

    assert contract.dispute_book() == commons.addresses["DisputeBook"]
    with ape.reverts("Wiring: already wired"):
        contract.wire(SOMEBODY, sender=deployer)
    with ape.reverts("Wiring: DisputeBook is set"):
        contract.set_dispute_book(SOMEBODY, sender=timelock)


def test_wire_of_a_dispute_book_by_the_deployer_works_once(with_slot, deployer):
    with_slot.wire(SOMEBODY, sender=deployer)

    assert with_slot.dispute_book() == SOMEBODY
    with ape.reverts("Wiring: already wired"):
        with_slot.wire(SOMEBODY, sender=deployer)


def test_wire_of_a_dispute_book_by_stranger_is_refused(with_slot, stranger):
    with ape.reverts("Wiring: not the deployer"):
        with_slot.wire(SOMEBODY, sender=stranger)


def test_set_dispute_book_by_timelock_fills_an_empty_slot_once(with_slot, deployer, timelock):
    with_slot.wire(NOBODY, sender=deployer)
    with ape.reverts("Wiring: DisputeBook is nobody"):
        with_slot.set_dispute_book(NOBODY, sender=timelock)

    receipt = with_slot.set_dispute_book(SOMEBODY, sender=timelock)

    assert with_slot.dispute_book() == SOMEBODY
    assert receipt.decode_logs(with_slot.DisputeBookSet)[0].dispute_book == SOMEBODY
    with ape.reverts("Wiring: DisputeBook is set"):
        with_slot.set_dispute_book(SOMEBODY, sender=timelock)


def test_set_dispute_book_by_the_deployer_is_refused(with_slot, deployer):
    with_slot.wire(NOBODY, sender=deployer)

    with ape.reverts("Wiring: not the Timelock"):
        with_slot.set_dispute_book(SOMEBODY, sender=deployer)


def test_set_dispute_book_before_wire_is_refused(with_slot, timelock):
    with ape.reverts("Wiring: not wired yet"):
        with_slot.set_dispute_book(SOMEBODY, sender=timelock)
    assert with_slot.dispute_book() == NOBODY
