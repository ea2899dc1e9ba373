"""CommonsGovernor and Timelock: nothing runs without a proposal, a vote, the queue and the delay."""

import ape
import pytest
from ape.exceptions import VirtualMachineError
from ballots import (
    ABSTAIN,
    ACTIVE,
    AGAINST,
    CANCELED,
    DEFEATED,
    EXECUTED,
    FOR,
    LATE_EXTENSION,
    PENDING,
    QUEUED,
    SUCCEEDED,
    TIMELOCK_DELAY,
    VOTING_DELAY,
    VOTING_PERIOD,
    Ballot,
    job_ballot,
)
from commons import VOTES
from mock_contracts import deploy_mock
from refusals import assert_refused
from stage import APPROVED, SPEC_DIGEST


@pytest.fixture
def voters(commons, stage, member, researcher):
    """Both holders vote for themselves, long enough ago to propose."""
    for holder in (member, researcher):
        commons.vote_token.invoke_transaction("delegate", holder, sender=holder)
    stage.wait(2)


@pytest.fixture
def ballot(stage, voters, member) -> Ballot:
    """A proposal to approve a job, open to votes."""
    ballot = job_ballot(stage, stage.requested_job(), SPEC_DIGEST)
    ballot.propose(by=member)
    stage.wait(VOTING_DELAY + 1)
    return ballot


def test_vote_of_the_members_approves_a_job(commons, stage, voters, member, stranger):
    job_id = stage.requested_job()
    ballot = job_ballot(stage, job_id, SPEC_DIGEST)
    ballot.propose(by=member)
    states = [ballot.state()]
    stage.wait(VOTING_DELAY + 1)
    states.append(ballot.state())
    ballot.vote(FOR, by=member)
    stage.wait(VOTING_PERIOD + LATE_EXTENSION)
    states.append(ballot.state())
    ballot.queue(by=stranger)
    states.append(ballot.state())
    stage.wait(TIMELOCK_DELAY)
    ballot.execute(by=stranger)
    states.append(ballot.state())

    assert states == [PENDING, ACTIVE, SUCCEEDED, QUEUED, EXECUTED]
    assert stage.state(job_id) == APPROVED


def test_propose_without_votes_is_refused(commons, stage, voters, stranger):
    ballot = job_ballot(stage, stage.requested_job(), SPEC_DIGEST)

    with ape.reverts(commons.commons_governor.GovernorInsufficientProposerVotes):
        ballot.propose(by=stranger)


def test_propose_of_what_somebody_else_put_its_name_to_is_refused(commons, stage, voters, member, researcher):
    board = commons.job_board
    calldata = board.approve.encode_input(stage.requested_job(), SPEC_DIGEST)
    ballot = Ballot(commons, board.address, calldata, f"Approve #proposer={str(member.address).lower()}")

    with ape.reverts(commons.commons_governor.GovernorRestrictedProposer):
        ballot.propose(by=researcher)
    ballot.propose(by=member)


def test_vote_before_the_snapshot_is_refused(commons, stage, voters, member):
    ballot = job_ballot(stage, stage.requested_job(), SPEC_DIGEST)
    ballot.propose(by=member)

    with ape.reverts(commons.commons_governor.GovernorUnexpectedProposalState):
        ballot.vote(FOR, by=member)


def test_vote_twice_is_refused(commons, ballot, member):
    ballot.vote(FOR, by=member)

    with ape.reverts(commons.commons_governor.GovernorAlreadyCastVote):
        ballot.vote(AGAINST, by=member)


def test_vote_after_the_end_is_refused(commons, stage, ballot, member):
    stage.wait(VOTING_PERIOD + 1)

    with ape.reverts(commons.commons_governor.GovernorUnexpectedProposalState):
        ballot.vote(FOR, by=member)


def test_vote_by_somebody_without_votes_counts_nothing(commons, ballot, stranger):
    ballot.vote(FOR, by=stranger)

    assert tuple(commons.commons_governor.proposalVotes(ballot.proposal_id)) == (0, 0, 0)


def test_borrowed_votes_count_nothing(commons, ballot, deployer, member):
    attacker = deploy_mock(deployer, "LoanedVoter")
    commons.vote_token.approve(attacker, 60_000 * VOTES, sender=member)

    attacker.vote_with_a_loan(
        commons.vote_token,
        commons.commons_governor,
        member,
        60_000 * VOTES,
        ballot.proposal_id,
        sender=deployer,
    )

    assert tuple(commons.commons_governor.proposalVotes(ballot.proposal_id)) == (0, 0, 0)


@pytest.mark.parametrize(("support", "outcome"), [(AGAINST, DEFEATED), (ABSTAIN, DEFEATED), (FOR, SUCCEEDED)])
def test_majority_decides(stage, ballot, member, support, outcome):
    ballot.vote(support, by=member)
    stage.wait(VOTING_PERIOD + LATE_EXTENSION)

    assert ballot.state() == outcome


def test_without_a_quorum_nothing_is_decided(commons, stage, voters, member, researcher, stranger):
    commons.vote_token.transfer(stranger, 3_999 * VOTES, sender=member)
    commons.vote_token.invoke_transaction("delegate", stranger, sender=stranger)
    ballot = job_ballot(stage, stage.requested_job(), SPEC_DIGEST)
    ballot.propose(by=member)
    stage.wait(VOTING_DELAY + 1)
    ballot.vote(FOR, by=stranger)
    stage.wait(VOTING_PERIOD + 1)

    assert ballot.state() == DEFEATED


def test_quorum_reached_late_leaves_time_to_answer(commons, stage, ballot, member, researcher):
    deadline = commons.commons_governor.proposalDeadline(ballot.proposal_id)
    stage.chain.mine(timestamp=deadline - 2)
    ballot.vote(FOR, by=researcher)

    extended = commons.commons_governor.proposalDeadline(ballot.proposal_id)
    assert deadline < extended <= deadline + LATE_EXTENSION
    stage.chain.mine(timestamp=deadline + 1)
    ballot.vote(AGAINST, by=member)
    stage.wait(LATE_EXTENSION + 1)
    assert ballot.state() == DEFEATED


def test_queue_of_a_proposal_that_did_not_succeed_is_refused(commons, ballot, member):
    with ape.reverts(commons.commons_governor.GovernorUnexpectedProposalState):
        ballot.queue(by=member)


def test_execute_before_the_delay_is_refused(commons, stage, ballot, member):
    ballot.vote(FOR, by=member)
    stage.wait(VOTING_PERIOD + LATE_EXTENSION)
    ballot.queue(by=member)

    assert_refused(
        commons.commons_governor.execute,
        *ballot.hashed,
        sender=member,
        error=commons.timelock.TimelockUnexpectedOperationState,
    )


def test_execute_twice_is_refused(commons, stage, ballot, member):
    ballot.decide(stage, by=member)

    with ape.reverts(commons.commons_governor.GovernorUnexpectedProposalState):
        ballot.execute(by=member)


def test_cancel_by_the_proposer_while_pending_works_and_by_others_is_refused(
    commons, stage, voters, member, stranger
):
    ballot = job_ballot(stage, stage.requested_job(), SPEC_DIGEST)
    ballot.propose(by=member)

    with ape.reverts(commons.commons_governor.GovernorUnableToCancel):
        commons.commons_governor.cancel(*ballot.hashed, sender=stranger)
    commons.commons_governor.cancel(*ballot.hashed, sender=member)

    assert ballot.state() == CANCELED


def test_settings_of_the_governor_change_by_vote_alone(commons, stage, voters, member, timelock):
    governor = commons.commons_governor
    with ape.reverts(governor.GovernorOnlyExecutor):
        governor.setVotingPeriod(99, sender=member)
    # The Timelock alone does not suffice: the Governor takes only what it queued (an empty queue panics).
    with pytest.raises(VirtualMachineError, match="pop"):
        governor.setVotingPeriod(99, sender=timelock)
    calldata = governor.setVotingPeriod.encode_input(99)
    ballot = Ballot(commons, governor.address, calldata, "Vote for 99 seconds")

    ballot.carry(stage, by=member)

    assert governor.votingPeriod() == 99
