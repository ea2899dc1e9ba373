"""Timelock: the Governor alone proposes, anyone executes what is due, nobody is its admin but itself."""

import ape
import pytest

NOTHING = bytes(32)


@pytest.fixture
def governor(commons, accounts):
    """The Governor as a sender."""
    ape.networks.provider.set_balance(commons.addresses["CommonsGovernor"], 10**18)
    return accounts[commons.addresses["CommonsGovernor"]]


@pytest.fixture
def action(commons, stranger):
    """A minting of votes, as the Timelock's arguments."""
    calldata = commons.vote_token.mint.encode_input(stranger, 1)
    return (commons.vote_token.address, 0, calldata, NOTHING, NOTHING)


def test_schedule_by_the_governor_and_execution_by_anyone(commons, stage, governor, stranger, action):
    commons.timelock.schedule(*action, 5, sender=governor)
    stage.wait(5)

    commons.timelock.execute(*action, sender=stranger)

    assert commons.vote_token.balanceOf(stranger) == 1


def test_schedule_by_others_is_refused(commons, deployer, member, stranger, timelock, action):
    for outsider in (deployer, member, stranger, timelock):
        with ape.reverts(commons.timelock.AccessControlUnauthorizedAccount):
            commons.timelock.schedule(*action, 5, sender=outsider)


def test_schedule_with_less_than_the_delay_is_refused(commons, governor, action):
    with ape.reverts(commons.timelock.TimelockInsufficientDelay):
        commons.timelock.schedule(*action, 4, sender=governor)


def test_execute_of_what_is_not_queued_is_refused(commons, stranger, action):
    with ape.reverts(commons.timelock.TimelockUnexpectedOperationState):
        commons.timelock.execute(*action, sender=stranger)


def test_cancel_by_others_than_the_governor_is_refused(commons, governor, deployer, stranger, action):
    commons.timelock.schedule(*action, 5, sender=governor)
    identifier = commons.timelock.hashOperation(*action)

    for outsider in (deployer, stranger):
        with ape.reverts(commons.timelock.AccessControlUnauthorizedAccount):
            commons.timelock.cancel(identifier, sender=outsider)
    commons.timelock.cancel(identifier, sender=governor)
    assert not commons.timelock.isOperationPending(identifier)


def test_roles_are_given_by_the_timelock_alone(commons, deployer, governor, stranger, timelock):
    proposer_role = commons.timelock.PROPOSER_ROLE()

    for outsider in (deployer, governor, stranger):
        with ape.reverts(commons.timelock.AccessControlUnauthorizedAccount):
            commons.timelock.grantRole(proposer_role, outsider, sender=outsider)
    commons.timelock.grantRole(proposer_role, stranger, sender=timelock)
    assert commons.timelock.hasRole(proposer_role, stranger)


def test_delay_changes_by_the_timelock_alone(commons, governor, timelock):
    with ape.reverts(commons.timelock.TimelockUnauthorizedCaller):
        commons.timelock.updateDelay(0, sender=governor)
    commons.timelock.updateDelay(60, sender=timelock)

    assert commons.timelock.getMinDelay() == 60
