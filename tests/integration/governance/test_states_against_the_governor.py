"""Our pure rule gives the state that the real Governor gives, at every turn of a proposal's life."""

import pytest
from django.core.management import call_command

from chain.abi import Call, keccak_hex, short_name
from chain.bindings import commons_governor, parameter_book, timelock, vote_token
from chain.selectors import indexed_head
from governance.models import Proposal, Vote
from governance.rules.descriptions import description_hash, proposal_id
from governance.rules.states import STATE_NUMBERS, ProposalState
from governance.selectors.members import power_at, power_now, view_member
from governance.selectors.proposals import timeline_of, view_proposal
from governance.selectors.quorum import quorum_at
from governance.selectors.settings import view_governance
from tests.integration.qjobs.stage import VOTES

AGAINST, FOR = 0, 1


@pytest.fixture
def proposal(stage) -> dict:
    """A harmless proposal that is not proposed yet; the member's votes count."""
    stage.delegate_votes()
    call = parameter_book.SET_VALUE.call(
        stage.at("ParameterBook"), key=short_name("market_fee_bps"), value=300
    )
    return stage.proposal_of([call], "# Raise the market fee\n\nTo pay for storage.")


def states(stage, number: int) -> tuple[ProposalState, ProposalState]:
    """(by our rule, by the Governor) at the newest block."""
    stage.mine()
    stage.follow()
    block = indexed_head().number
    told = stage.client.read(
        stage.at("CommonsGovernor"), commons_governor.STATE, block=block, proposalId=number
    )
    return view_proposal(number).state, STATE_NUMBERS[told]


def vote(stage, wallet, number: int, support: int) -> None:
    call = commons_governor.CAST_VOTE_WITH_REASON.call(
        stage.at("CommonsGovernor"), proposalId=number, support=support, reason="because"
    )
    stage.transact(wallet, call)


def hashed(proposal: dict) -> dict:
    fields = {name: value for name, value in proposal.items() if name != "description"}
    return fields | {"descriptionHash": description_hash(proposal["description"])}


def test_proposal_that_wins_goes_through_every_state_as_the_governor_says(stage, people, proposal):
    number = stage.propose(proposal)
    assert number == proposal_id(
        proposal["targets"], proposal["values"], proposal["calldatas"], proposal["description"]
    )
    assert states(stage, number) == (ProposalState.PENDING,) * 2

    stage.pass_time(5)
    assert states(stage, number) == (ProposalState.ACTIVE,) * 2
    vote(stage, people.member, number, FOR)
    assert states(stage, number) == (ProposalState.ACTIVE,) * 2

    stage.pass_time(60)
    assert states(stage, number) == (ProposalState.SUCCEEDED,) * 2

    governor = stage.at("CommonsGovernor")
    stage.transact(people.stranger, commons_governor.QUEUE.call(governor, **hashed(proposal)))
    assert states(stage, number) == (ProposalState.QUEUED,) * 2
    assert not view_proposal(number).can_execute

    stage.pass_time(10)
    assert states(stage, number) == (ProposalState.QUEUED,) * 2
    assert view_proposal(number).can_execute

    stage.transact(people.stranger, commons_governor.EXECUTE.call(governor, **hashed(proposal)))
    assert states(stage, number) == (ProposalState.EXECUTED,) * 2
    events = [point.event for point in timeline_of(view_proposal(number))]
    assert events == ["created", "voting_starts", "voting_ends", "queued", "executable", "executed"]


def test_proposal_without_quorum_is_defeated(stage, people, proposal):
    number = stage.propose(proposal)
    stage.pass_time(60)

    assert states(stage, number) == (ProposalState.DEFEATED,) * 2
    assert view_proposal(number).facts.quorum_missing_units == 40_000 * VOTES


def test_proposal_with_more_votes_against_is_defeated(stage, people, proposal):
    number = stage.propose(proposal)
    stage.pass_time(5)
    vote(stage, people.member, number, AGAINST)
    stage.pass_time(60)

    assert states(stage, number) == (ProposalState.DEFEATED,) * 2


def test_proposer_cancels_a_pending_proposal(stage, people, proposal):
    number = stage.propose(proposal)
    cancel = commons_governor.CANCEL.call(stage.at("CommonsGovernor"), **hashed(proposal))
    stage.transact(people.member, cancel)

    assert states(stage, number) == (ProposalState.CANCELED,) * 2


def test_quorum_that_comes_late_extends_the_vote(stage, people, proposal):
    number = stage.propose(proposal)
    stage.mine()
    stage.follow()
    deadline = Proposal.objects.get().deadline_at
    stage.node.rpc("evm_setNextBlockTimestamp", deadline - 2)
    stage.mine()
    vote(stage, people.member, number, FOR)
    stage.follow()

    row = Proposal.objects.get()
    told = stage.client.read(
        stage.at("CommonsGovernor"), commons_governor.PROPOSAL_DEADLINE, proposalId=number
    )
    assert row.extended_deadline_at == told > deadline
    stage.node.rpc("evm_setNextBlockTimestamp", deadline + 2)
    assert states(stage, number) == (ProposalState.ACTIVE,) * 2


def test_operation_executed_past_the_governor_counts_as_executed(stage, people, proposal):
    number = stage.propose_and_vote(proposal)
    governor = stage.at("CommonsGovernor")
    stage.transact(people.stranger, commons_governor.QUEUE.call(governor, **hashed(proposal)))
    stage.pass_time(10)
    salt = int(governor, 16) << 96 ^ int(description_hash(proposal["description"]), 16)
    batch = timelock.EXECUTE_BATCH.call(
        stage.at("Timelock"),
        targets=proposal["targets"],
        values=proposal["values"],
        payloads=proposal["calldatas"],
        predecessor="0x" + "00" * 32,
        salt="0x" + salt.to_bytes(32, "big").hex(),
    )
    stage.transact(people.stranger, batch)

    assert states(stage, number) == (ProposalState.EXECUTED,) * 2


def test_votes_powers_and_settings_equal_the_contracts(stage, people, proposal):
    number = stage.propose_and_vote(proposal)
    send = vote_token.TRANSFER.call(stage.at("VoteToken"), to=people.stranger.address, value=7 * VOTES)
    stage.transact(people.member, send)
    stage.pass_time(2)
    stage.follow()

    row, now = Proposal.objects.get(), indexed_head().timestamp
    governor, token = stage.at("CommonsGovernor"), stage.at("VoteToken")
    against, in_favour, abstained = stage.client.read(
        governor, commons_governor.PROPOSAL_VOTES, proposalId=number
    )
    assert (row.against_units, row.for_units, row.abstain_units) == (against, in_favour, abstained)
    assert Vote.objects.get().weight_units == in_favour
    assert quorum_at(row.snapshot_at) == stage.client.read(
        governor, commons_governor.QUORUM, timepoint=row.snapshot_at
    )
    member = people.member.address
    for second in (row.snapshot_at, now - 1):
        told = stage.client.read(token, vote_token.GET_PAST_VOTES, account=member, timepoint=second)
        assert power_at(member, second) == told
    assert power_now(member) == stage.client.read(token, vote_token.GET_VOTES, account=member)
    stranger = view_member(people.stranger.address)
    assert (stranger.balance, stranger.power, stranger.can_propose) == (7 * VOTES, 0, False)
    assert "delegated" in stranger.hint
    rules = view_governance()
    assert rules.voting_delay == stage.client.read(governor, commons_governor.VOTING_DELAY)
    assert rules.voting_period == stage.client.read(governor, commons_governor.VOTING_PERIOD)
    assert rules.threshold == stage.client.read(governor, commons_governor.PROPOSAL_THRESHOLD)
    assert rules.timelock_delay == stage.client.read(stage.at("Timelock"), timelock.GET_MIN_DELAY)
    assert rules.late_quorum_extension == stage.client.read(
        governor, commons_governor.LATE_QUORUM_VOTE_EXTENSION
    )


def test_rebuilt_rows_equal_the_followed_ones(stage, people, proposal):
    stage.propose_and_vote(proposal)
    stage.queue_and_execute(proposal)
    stage.follow()
    before = list(Proposal.objects.values()), list(Vote.objects.values())

    call_command("rebuild_projections")

    assert (list(Proposal.objects.values()), list(Vote.objects.values())) == before


@pytest.mark.attack("S39")
@pytest.mark.parametrize("raw", [b"bad \xff\xfe bytes", b"a NUL \x00 inside", b"half a pair \xed\xa0\x80"])
def test_description_of_any_bytes_stops_no_reader_and_can_still_be_carried_out(stage, people, proposal, raw):
    governor = stage.at("CommonsGovernor")
    marker = "?" * len(raw)
    call = commons_governor.PROPOSE.call(governor, **(proposal | {"description": marker}))
    forged = Call(call.to, call.data.replace(marker.encode(), raw))

    stage.transact(people.member, forged)
    stage.follow()

    shown = Proposal.objects.get()
    assert shown.description_hash == keccak_hex(raw)
    hashes = {name: value for name, value in proposal.items() if name != "description"}
    told = stage.client.read(
        governor, commons_governor.HASH_PROPOSAL, **hashes, descriptionHash=shown.description_hash
    )
    assert told == shown.proposal_id
    call_command("rebuild_projections")
    assert Proposal.objects.get().description == shown.description
