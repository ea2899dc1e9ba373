"""The deployer's one call, and the DisputeBook's empty slot."""

import ape
import pytest
from deployment.artefacts import container

NOBODY = "0x" + "00" * 20
SOMEBODY = "0x" + "44" * 20
WITH_SLOT = ["job_board", "executor_registry"]


@pytest.fixture(params=["ModelToken", "AccessPass"])
def unwired(request, commons, deployer):
    """A token that is not wired yet, and the arguments of its `wire`."""
    timelock = commons.addresses["Timelock"]
    if request.param == "ModelToken":
        return deployer.deploy(container("ModelToken"), timelock), [SOMEBODY]
    arguments = (timelock, commons.addresses["DatasetToken"], commons.addresses["ModelToken"])
    return deployer.deploy(container("AccessPass"), *arguments), [SOMEBODY, SOMEBODY]


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


@pytest.mark.parametrize("name", WITH_SLOT)
def test_wire_of_a_dispute_book_by_the_deployer_is_spent(commons, deployer, name):
    with ape.reverts("Wiring: already wired"):
        getattr(commons, name).wire(SOMEBODY, sender=deployer)


@pytest.mark.parametrize("name", WITH_SLOT)
def test_wire_of_a_dispute_book_by_stranger_is_refused(commons, stranger, name):
    with ape.reverts("Wiring: not the deployer"):
        getattr(commons, name).wire(SOMEBODY, sender=stranger)


@pytest.mark.parametrize("name", WITH_SLOT)
def test_set_dispute_book_by_timelock_works_once(commons, timelock, name):
    contract = getattr(commons, name)
    receipt = contract.set_dispute_book(SOMEBODY, sender=timelock)

    assert contract.dispute_book() == SOMEBODY
    assert receipt.decode_logs(contract.DisputeBookSet)[0].dispute_book == SOMEBODY
    with ape.reverts("Wiring: DisputeBook is set"):
        contract.set_dispute_book(SOMEBODY, sender=timelock)


@pytest.mark.parametrize("name", WITH_SLOT)
def test_set_dispute_book_by_the_deployer_is_refused(commons, deployer, name):
    with ape.reverts("Wiring: not the Timelock"):
        getattr(commons, name).set_dispute_book(SOMEBODY, sender=deployer)


@pytest.mark.parametrize("name", WITH_SLOT)
def test_set_dispute_book_to_nobody_is_refused(commons, timelock, name):
    with ape.reverts("Wiring: DisputeBook is nobody"):
        getattr(commons, name).set_dispute_book(NOBODY, sender=timelock)


def test_set_dispute_book_before_wire_is_refused(commons, deployer, timelock):
    arguments = (commons.addresses["Timelock"], commons.addresses["TestDollar"], NOBODY, bytes(32), b"")
    registry = deployer.deploy(container("ExecutorRegistry"), *arguments)

    with ape.reverts("Wiring: not wired yet"):
        registry.set_dispute_book(SOMEBODY, sender=timelock)
    assert registry.executor_count() == 0
