"""Attacks on votes, the Timelock and what is approved, each as the attacker would run it."""

import ape
import pytest
from ballots import (
    AGAINST,
    DEFEATED,
    EXECUTED,
    FOR,
    LATE_EXTENSION,
    PENDING,
    TIMELOCK_DELAY,
    VOTING_DELAY,
    VOTING_PERIOD,
    Ballot,
    job_ballot,
)
from commons import VOTES
from eth_utils import keccak
from mock_contracts import deploy_mock
from permits import vote_signature
from refusals import assert_refused
from stage import APPROVED, REQUESTED, SPEC_DIGEST

LOAN = 60_000 * VOTES
NOTHING = bytes(32)


@pytest.fixture
def voters(commons, stage, member, researcher):
    """Both holders vote for themselves, long enough ago to propose."""
    for holder in (member, researcher):
        commons.vote_token.invoke_transaction("delegate", holder, sender=holder)
    stage.wait(2)


@pytest.fixture
def ballot(stage, voters, member) -> Ballot:
    """A proposal to approve a job, open to votes."""
    opened = job_ballot(stage, stage.requested_job(), SPEC_DIGEST)
    opened.propose(by=member)
    stage.wait(VOTING_DELAY + 1)
    return opened


@pytest.mark.attack("S05")
@pytest.mark.parametrize("elsewhere", [{"chainId": 1}, {"verifyingContract": "0x" + "11" * 20}])
def test_vote_signed_for_another_chain_or_governor_counts_nothing(
    commons, ballot, researcher, stranger, elsewhere
):
    governor = commons.commons_governor
    signature = vote_signature(commons, researcher, ballot.proposal_id, FOR, **elsewhere)

    with ape.reverts(governor.GovernorInvalidSignature):
        governor.castVoteBySig(ballot.proposal_id, FOR, researcher, signature, sender=stranger)
    ours = vote_signature(commons, researcher, ballot.proposal_id, FOR)
    governor.castVoteBySig(ballot.proposal_id, FOR, researcher, ours, sender=stranger)

    assert tuple(governor.proposalVotes(ballot.proposal_id)) == (0, 40_000 * VOTES, 0)


@pytest.mark.attack("S06")
def test_signed_vote_is_counted_once_and_not_turned_round(commons, ballot, researcher, stranger):
    governor = commons.commons_governor
    signature = vote_signature(commons, researcher, ballot.proposal_id, FOR)

    with ape.reverts(governor.GovernorInvalidSignature):
        governor.castVoteBySig(ballot.proposal_id, AGAINST, researcher, signature, sender=stranger)
    governor.castVoteBySig(ballot.proposal_id, FOR, researcher, signature, sender=stranger)
    with pytest.raises(ape.exceptions.ContractLogicError):
        governor.castVoteBySig(ballot.proposal_id, FOR, researcher, signature, sender=stranger)

    assert sum(governor.proposalVotes(ballot.proposal_id)) == 40_000 * VOTES


@pytest.mark.attack("S10")
def test_votes_borrowed_for_one_transaction_decide_nothing(commons, ballot, deployer, member):
    attacker = deploy_mock(deployer, "LoanedVoter")
    commons.vote_token.approve(attacker, LOAN, sender=member)
    addresses = (commons.vote_token, commons.commons_governor, member)

    attacker.vote_with_a_loan(*addresses, LOAN, ballot.proposal_id, sender=deployer)

    assert sum(commons.commons_governor.proposalVotes(ballot.proposal_id)) == 0


@pytest.mark.attack("S10")
def test_votes_borrowed_for_one_transaction_propose_nothing(commons, stage, voters, deployer, member):
    attacker = deploy_mock(deployer, "LoanedProposer")
    commons.vote_token.approve(attacker, LOAN, sender=member)
    ballot = job_ballot(stage, stage.requested_job(), SPEC_DIGEST)
    proposal = commons.commons_governor.propose.encode_input(*ballot.actions, ballot.description)

    assert_refused(
        attacker.propose_with_a_loan,
        *(commons.vote_token, commons.commons_governor, member, LOAN, proposal),
        sender=deployer,
        error=commons.commons_governor.GovernorInsufficientProposerVotes,
    )


@pytest.mark.attack("S12")
def test_quorum_brought_in_the_last_second_leaves_time_to_answer(commons, stage, ballot, member, researcher):
    governor = commons.commons_governor
    deadline = governor.proposalDeadline(ballot.proposal_id)
    stage.chain.mine(timestamp=deadline - 1)
    ballot.vote(FOR, by=researcher)

    assert governor.proposalDeadline(ballot.proposal_id) >= deadline + LATE_EXTENSION - 1
    stage.chain.mine(timestamp=deadline + 1)
    ballot.vote(AGAINST, by=member)
    stage.wait(LATE_EXTENSION + 1)

    assert ballot.state() == DEFEATED


@pytest.mark.attack("S14")
def test_nobody_reaches_the_timelock_past_the_governor(commons, deployer, member, stranger, timelock):
    steal = commons.test_dollar.transfer.encode_input(stranger, 1)
    action = (commons.test_dollar.address, 0, steal, NOTHING, NOTHING)
    unauthorised = commons.timelock.AccessControlUnauthorizedAccount

    for outsider in (deployer, member, stranger):
        with ape.reverts(unauthorised):
            commons.timelock.schedule(*action, TIMELOCK_DELAY, sender=outsider)
        with ape.reverts(unauthorised):
            commons.timelock.grantRole(commons.timelock.PROPOSER_ROLE(), outsider, sender=outsider)
        with ape.reverts(commons.timelock.TimelockUnexpectedOperationState):
            commons.timelock.execute(*action, sender=outsider)


@pytest.mark.attack("S14")
def test_target_that_re_enters_the_governor_is_executed_once(commons, stage, voters, deployer, member):
    target = deploy_mock(deployer, "ReenteringTarget")
    ballot = Ballot(commons, target.address, target.visit.encode_input(), "Visit the target")
    target.arm(
        commons.commons_governor,
        commons.commons_governor.execute.encode_input(*ballot.hashed),
        sender=deployer,
    )

    ballot.carry(stage, by=member)

    assert ballot.state() == EXECUTED
    assert (target.visits(), target.succeeded()) == (1, False)


@pytest.mark.attack("S15")
def test_other_calls_cannot_be_executed_under_the_text_that_was_voted(
    commons, stage, ballot, member, stranger
):
    ballot.vote(FOR, by=member)
    stage.wait(VOTING_PERIOD + LATE_EXTENSION)
    steal = commons.vote_token.mint.encode_input(stranger, 1)
    swapped = ([commons.vote_token.address], [0], [steal], keccak(text=ballot.description))
    governor = commons.commons_governor

    with ape.reverts(governor.GovernorNonexistentProposal):
        governor.queue(*swapped, sender=stranger)
    with ape.reverts(governor.GovernorNonexistentProposal):
        governor.execute(*swapped, sender=stranger)

    assert commons.vote_token.balanceOf(stranger) == 0


@pytest.mark.attack("S16")
def test_proposal_that_names_its_proposer_is_neither_taken_nor_cancelled_by_another(
    commons, stage, voters, member, researcher
):
    board, governor = commons.job_board, commons.commons_governor
    calldata = board.approve.encode_input(stage.requested_job(), SPEC_DIGEST)
    text = f"Approve the job #proposer={str(member.address).lower()}"
    ballot = Ballot(commons, board.address, calldata, text)

    with ape.reverts(governor.GovernorRestrictedProposer):
        ballot.propose(by=researcher)
    ballot.propose(by=member)
    with ape.reverts(governor.GovernorUnableToCancel):
        governor.cancel(*ballot.hashed, sender=researcher)
    with ape.reverts(governor.GovernorUnexpectedProposalState):
        ballot.propose(by=member)

    assert ballot.state() == PENDING


@pytest.mark.attack("S34")
def test_spec_swapped_after_the_request_is_neither_approved_nor_run(commons, stage, executor):
    job_id = stage.requested_job()
    other = b"\x0e" * 32

    with ape.reverts("JobBoard: digest is not the requested one"):
        commons.job_board.approve(job_id, other, sender=stage.timelock)
    with ape.reverts("JobBoard: job cannot be claimed"):
        commons.job_board.claim(job_id, 0, sender=executor)
    stage.approve(job_id)

    assert commons.job_board.get_job(job_id).spec_digest == SPEC_DIGEST
    assert stage.state(job_id) == APPROVED


@pytest.mark.attack("S39")
def test_look_alike_events_leave_the_board_as_it_is_and_bear_another_address(
    commons, stage, deployer, executor
):
    job_id = stage.requested_job()
    look_alike = deploy_mock(deployer, "LookAlike")

    receipt = look_alike.tell(job_id, SPEC_DIGEST, sender=deployer)

    topics = {log["topics"][0] for log in receipt.logs}
    real = commons.job_board.approve(job_id, SPEC_DIGEST, sender=stage.timelock)
    assert real.logs[0]["topics"][0] in topics
    assert [log["address"] for log in receipt.logs] == [look_alike.address] * 2
    assert real.logs[0]["address"] == commons.job_board.address


@pytest.mark.attack("S39")
def test_look_alike_approval_lets_nobody_claim(commons, stage, deployer, executor):
    job_id = stage.requested_job()

    deploy_mock(deployer, "LookAlike").tell(job_id, SPEC_DIGEST, sender=deployer)

    assert stage.state(job_id) == REQUESTED
    with ape.reverts("JobBoard: job cannot be claimed"):
        commons.job_board.claim(job_id, 0, sender=executor)
