"""Prepares votes and delegations; the member's wallet signs and sends them."""

from dataclasses import dataclass
from typing import Any

from chain.bindings import commons_governor, vote_token
from chain.prepared import Detail, PreparedTransaction, prepare
from common.errors import Conflict, InvalidInput
from governance.errors import AlreadyVoted, WrongProposalState
from governance.models import Vote
from governance.rules.amounts import votes_detail
from governance.rules.descriptions import title_of
from governance.rules.states import ProposalState
from governance.selectors.members import power_at, view_member
from governance.selectors.proposals import ProposalView, has_voted, view_proposal

MAX_REASON_CHARACTERS = 2_000
SUPPORT_BY_WORD = {support.label: support for support in Vote.Support}


@dataclass(frozen=True)
class PreparedVote:
    """A vote that the voter's wallet has yet to send, and what it will weigh, in base units."""

    transaction: PreparedTransaction
    power_at_snapshot: int


@dataclass(frozen=True)
class Ballot:
    """A vote that may be cast: on which proposal, by whom, how, why, and what it weighs in base units."""

    view: ProposalView
    voter: str
    support: Vote.Support
    reason: str
    power: int

    @property
    def number(self) -> int:
        return int(self.view.proposal.proposal_id)

    @property
    def summary(self) -> str:
        return f"Vote {self.support.label}: {title_of(self.view.proposal.description)}"

    def details(self) -> list[tuple[str, Any] | Detail]:
        """What the voter reads before signing."""
        return [
            ("Proposal", self.number),
            ("Vote", self.support.label),
            votes_detail("Weight", self.power),
            *((f"Action {n}", action.summary) for n, action in enumerate(self.view.actions, start=1)),
            ("Reason", self.reason or "none given"),
        ]


def prepare_vote(*, number: int, voter: str, support: str, reason: str) -> PreparedVote:
    """The transaction that casts a vote with its reason; raises as `check_ballot` does."""
    ballot = check_ballot(number=number, voter=voter, support=support, reason=reason)
    transaction = prepare(
        "CommonsGovernor",
        commons_governor.CAST_VOTE_WITH_REASON,
        summary=ballot.summary,
        details=ballot.details(),
        proposalId=number,
        support=int(ballot.support),
        reason=reason,
    )
    return PreparedVote(transaction, ballot.power)


def check_ballot(*, number: int, voter: str, support: str, reason: str) -> Ballot:
    """The vote as one that the Governor would take now.

    Raises WrongProposalState outside the vote, AlreadyVoted for a second one, Conflict without any weight.
    """
    if support not in SUPPORT_BY_WORD:
        raise InvalidInput("A vote is for, against or abstain.", field="support")
    if len(reason) > MAX_REASON_CHARACTERS:
        raise InvalidInput(f"A reason has at most {MAX_REASON_CHARACTERS} characters.", field="reason")
    view = view_proposal(number)
    if view.state != ProposalState.ACTIVE:
        raise WrongProposalState(act="voted on", state=view.state.value, needed="active")
    if has_voted(number, voter):
        raise AlreadyVoted("Your vote on this proposal is in; a vote cannot be changed.")
    power = power_at(voter, view.proposal.snapshot_at)
    if power == 0:
        raise Conflict(_no_power_in_words(voter), code="no_power_at_snapshot")
    return Ballot(view, voter, SUPPORT_BY_WORD[support], reason, power)


def prepare_delegation(*, delegator: str, delegate: str) -> PreparedTransaction:
    """The transaction that lends the delegator's votes; to itself, so that they count at all."""
    member = view_member(delegator)
    whom = "yourself" if delegate == delegator else delegate
    return prepare(
        "VoteToken",
        vote_token.DELEGATE,
        summary=f"Delegate your votes to {whom}",
        details=[
            votes_detail("Votes", member.balance),
            ("Lent so far to", member.delegate or "nobody"),
            ("From now on to", delegate),
            ("Counts for", "proposals whose vote begins after this"),
        ],
        delegatee=delegate,
    )


def _no_power_in_words(voter: str) -> str:
    member = view_member(voter)
    if member.power > 0:
        return (
            "You had no votes when this vote's snapshot was taken: they came or were delegated later. "
            "They count for the next proposal."
        )
    return member.hint or "You have no votes on this proposal."
