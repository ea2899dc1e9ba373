"""ExecutorRegistry: stakes go in at once, leave late, and can be lost until they have left."""

import ape
import pytest
from commons import DOLLARS
from deployment.artefacts import container
from mock_contracts import deploy_mock

STAKE = 100 * DOLLARS
NOBODY = "0x" + "00" * 20


@pytest.fixture
def registry(commons):
    return commons.executor_registry


@pytest.fixture
def staked(commons, stage, registry, provider):
    """The provider has put up a hundred dollars; anyone may."""
    stage.approve_dollars(registry, owner=provider)
    registry.stake(STAKE, sender=provider)
    return provider


def held(commons) -> int:
    return commons.test_dollar.balanceOf(commons.executor_registry)


def test_stake_is_kept_and_told(commons, stage, registry, provider):
    stage.approve_dollars(registry, owner=provider)

    receipt = registry.stake(STAKE, sender=provider)

    assert registry.stake_of(provider) == held(commons) == STAKE
    event = receipt.decode_logs(registry.Staked)[0]
    assert (event.executor, event.amount) == (provider, STAKE)


def test_stake_of_nothing_is_refused(registry, provider):
    with ape.reverts("Stakes: no amount"):
        registry.stake(0, sender=provider)


def test_stake_without_an_approval_is_refused(registry, provider):
    with ape.reverts():
        registry.stake(STAKE, sender=provider)

    assert registry.stake_of(provider) == 0


def test_stake_leaves_after_its_delay_and_is_withdrawn(commons, stage, registry, staked):
    before = commons.test_dollar.balanceOf(staked)
    receipt = registry.request_unstake(STAKE, sender=staked)

    asked = receipt.decode_logs(registry.UnstakeRequested)[0]
    assert (asked.executor, asked.amount, asked.leaves_at) == (staked, STAKE, registry.leaves_at(staked))
    with ape.reverts("Stakes: too early to leave"):
        registry.unstake(sender=staked)
    stage.wait(registry.UNSTAKE_SECONDS())
    left = registry.unstake(sender=staked).decode_logs(registry.Unstaked)[0]
    assert (left.executor, left.amount) == (staked, STAKE)
    registry.withdraw(commons.test_dollar, sender=staked)
    assert commons.test_dollar.balanceOf(staked) == before + STAKE
    assert (held(commons), registry.stake_of(staked), registry.leaving_of(staked)) == (0, 0, 0)


def test_unstake_twice_is_refused(stage, registry, staked):
    registry.request_unstake(STAKE, sender=staked)
    stage.wait(registry.UNSTAKE_SECONDS())
    registry.unstake(sender=staked)

    with ape.reverts("Stakes: nothing is leaving"):
        registry.unstake(sender=staked)


def test_a_second_request_makes_the_first_wait_anew(stage, registry, staked):
    registry.request_unstake(1, sender=staked)
    stage.wait(registry.UNSTAKE_SECONDS())
    registry.request_unstake(1, sender=staked)

    with ape.reverts("Stakes: too early to leave"):
        registry.unstake(sender=staked)
    assert registry.leaving_of(staked) == 2


@pytest.mark.parametrize("amount", [0, STAKE + 1])
def test_request_of_nothing_or_of_more_than_the_stake_is_refused(registry, staked, amount):
    with ape.reverts("Stakes: not that much at stake"):
        registry.request_unstake(amount, sender=staked)


def test_slash_by_the_timelock_credits_the_beneficiary(commons, registry, staked, timelock, stranger):
    receipt = registry.slash(staked, 30 * DOLLARS, stranger, sender=timelock)

    event = receipt.decode_logs(registry.Slashed)[0]
    assert (event.executor, event.beneficiary, event.amount) == (staked, stranger, 30 * DOLLARS)
    assert registry.stake_of(staked) == 70 * DOLLARS
    registry.withdraw(commons.test_dollar, sender=stranger)
    assert commons.test_dollar.balanceOf(stranger) == 30 * DOLLARS
    assert held(commons) == 70 * DOLLARS


def test_slash_by_others_is_refused(registry, staked, stranger, executor, deployer):
    for outsider in (stranger, executor, deployer, staked):
        with ape.reverts("Stakes: neither Timelock nor DisputeBook"):
            registry.slash(staked, 1, stranger, sender=outsider)


def test_slash_by_the_dispute_book_works(commons, registry, staked, stranger, accounts):
    book = commons.addresses["DisputeBook"]
    ape.networks.provider.set_balance(book, 10**18)

    registry.slash(staked, 1, stranger, sender=accounts[book])

    assert registry.stake_of(staked) == STAKE - 1


def test_slash_reaches_what_is_leaving_and_stops_at_what_there_is(
    commons, stage, registry, staked, timelock, stranger
):
    registry.request_unstake(40 * DOLLARS, sender=staked)

    registry.slash(staked, 70 * DOLLARS, stranger, sender=timelock)
    assert (registry.stake_of(staked), registry.leaving_of(staked)) == (0, 30 * DOLLARS)
    registry.slash(staked, 1000 * DOLLARS, stranger, sender=timelock)

    assert registry.leaving_of(staked) == 0
    assert registry.credit_of(stranger, commons.test_dollar) == STAKE == held(commons)
    assert not registry.slash(staked, 1, stranger, sender=timelock).decode_logs(registry.Slashed)


def test_slash_to_nobody_is_refused(registry, staked, timelock):
    with ape.reverts("Stakes: beneficiary is nobody"):
        registry.slash(staked, 1, NOBODY, sender=timelock)


def test_stake_in_a_token_that_keeps_a_fee_is_refused(commons, deployer, researcher):
    token = deploy_mock(deployer, "FeeToken", researcher, STAKE)
    registry = deployer.deploy(
        container("ExecutorRegistry"), commons.addresses["Timelock"], token, NOBODY, bytes(32), b""
    )
    token.approve(registry, STAKE, sender=researcher)

    with ape.reverts("Credits: token keeps a fee"):
        registry.stake(STAKE, sender=researcher)
    assert registry.stake_of(researcher) == 0


def test_removed_executor_takes_its_stake_out(stage, registry, staked, timelock):
    registry.admit(staked, False, b"\x07" * 32, b"age1new", sender=timelock)
    registry.remove(staked, sender=timelock)

    registry.request_unstake(STAKE, sender=staked)
    stage.wait(registry.UNSTAKE_SECONDS())
    registry.unstake(sender=staked)

    assert registry.stake_of(staked) == 0
