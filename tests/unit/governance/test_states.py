"""The state of a proposal as a pure rule; the integration test holds it to the real Governor."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.rules.states import OperationState, ProposalFacts, ProposalState, quorum_units, state_of

WINNING = ProposalFacts(
    snapshot_at=100,
    deadline_at=200,
    extended_deadline_at=None,
    for_units=50,
    against_units=10,
    abstain_units=0,
    quorum_units=40,
    is_executed=False,
    is_canceled=False,
    operation=OperationState.NONE,
)


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (99, ProposalState.PENDING),
        (100, ProposalState.PENDING),
        (101, ProposalState.ACTIVE),
        (200, ProposalState.ACTIVE),
        (201, ProposalState.SUCCEEDED),
    ],
)
def test_snapshot_and_deadline_seconds_still_belong_before(now, state):
    assert state_of(WINNING, now) == state


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({"against_units": 50}, ProposalState.DEFEATED),
        ({"quorum_units": 51}, ProposalState.DEFEATED),
        ({"quorum_units": 51, "abstain_units": 1}, ProposalState.SUCCEEDED),
        ({"quorum_units": 51, "against_units": 49}, ProposalState.DEFEATED),
        ({"operation": OperationState.PENDING}, ProposalState.QUEUED),
        ({"operation": OperationState.DONE}, ProposalState.EXECUTED),
        ({"operation": OperationState.CANCELLED}, ProposalState.CANCELED),
        ({"is_executed": True, "is_canceled": True}, ProposalState.EXECUTED),
        ({"is_canceled": True}, ProposalState.CANCELED),
        ({"extended_deadline_at": 300}, ProposalState.ACTIVE),
    ],
)
def test_state_after_the_deadline_follows_from_votes_and_timelock(change, state):
    assert state_of(replace(WINNING, **change), 250) == state


def test_extension_never_moves_the_deadline_back():
    assert replace(WINNING, extended_deadline_at=150).voting_ends_at == 200


@given(supply=st.integers(0, 2**208), percent=st.integers(0, 100))
def test_quorum_is_never_above_the_supply(supply, percent):
    assert 0 <= quorum_units(supply, percent) <= supply


@given(now=st.integers(0, 400))
def test_votes_against_alone_never_win(now):
    facts = replace(WINNING, for_units=0, against_units=1000)

    assert state_of(facts, now) in {ProposalState.PENDING, ProposalState.ACTIVE, ProposalState.DEFEATED}
