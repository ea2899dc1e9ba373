"""Proposals as people need them: with their state, what is missing, and what they would do in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from chain.abi import Call
from chain.deployments import Deployment, current
from common.errors import NotFound
from governance.models import Proposal, TimelockOperation, Vote
from governance.rules.actions import ActionInWords
from governance.rules.states import OperationState, ProposalFacts, ProposalState, state_of
from governance.selectors.actions import action_in_words
from governance.selectors.clock import chain_time
from governance.selectors.quorum import quorum_at


@dataclass(frozen=True)
class Milestone:
    """One point of a proposal's timeline; `block` and `tx_hash` where a transaction made it."""

    event: str
    at: int
    is_done: bool
    block: int | None = None
    tx_hash: str | None = None


@dataclass(frozen=True)
class ProposalView:
    """A proposal with what follows from it at one moment of the chain's time."""

    proposal: Proposal
    facts: ProposalFacts
    state: ProposalState
    chain_time: int
    actions: tuple[ActionInWords, ...]

    @property
    def is_fully_understood(self) -> bool:
        """Whether every action could be put in words; pages show the others in red."""
        return all(action.is_decoded for action in self.actions)

    @property
    def can_vote(self) -> bool:
        return self.state == ProposalState.ACTIVE

    @property
    def can_queue(self) -> bool:
        return self.state == ProposalState.SUCCEEDED

    @property
    def can_execute(self) -> bool:
        eta = self.proposal.eta_at
        return self.state == ProposalState.QUEUED and eta is not None and eta <= self.chain_time

    @property
    def can_cancel(self) -> bool:
        """By its proposer; the Governor lets nobody cancel once voting has begun."""
        return self.state == ProposalState.PENDING


def find_proposal(proposal_id: int) -> Proposal:
    """The row of a proposal; raises NotFound."""
    proposal = Proposal.objects.filter(pk=proposal_id).first()
    if proposal is None:
        raise NotFound("There is no such proposal, or its block is not indexed yet.")
    return proposal


def view_proposal(proposal_id: int) -> ProposalView:
    """One proposal with its state now; raises NotFound."""
    return view_proposals([find_proposal(proposal_id)])[0]


def view_proposals(proposals: Iterable[Proposal]) -> list[ProposalView]:
    """The same for many, with one query for the Timelock's word on all of them."""
    rows = list(proposals)
    now, deployment = chain_time(), current()
    operations = {
        operation.proposal_id: operation
        for operation in TimelockOperation.objects.filter(proposal_id__in=[row.pk for row in rows])
    }
    return [_view(row, operations.get(row.pk), now, deployment) for row in rows]


def all_proposals(*, proposer: str | None = None) -> QuerySet[Proposal]:
    """Proposals, newest first."""
    rows = Proposal.objects.all()
    return rows if proposer is None else rows.filter(proposer=proposer)


def count_open_proposals(proposer: str) -> int:
    """How many of the member's proposals wait for their vote or are being voted on."""
    now = chain_time()
    lasts = Q(deadline_at__gte=now) | Q(extended_deadline_at__gte=now)
    return Proposal.objects.filter(lasts, proposer=proposer, canceled_block=None).count()


def proposals_with_action(target: str, calldata: str) -> list[Proposal]:
    """Proposals, newest first, that would make exactly this call (perhaps among others)."""
    found = Proposal.objects.filter(calldatas__contains=[calldata])
    return [row for row in found if (target, calldata) in zip(row.targets, row.calldatas, strict=True)]


def calls_of(row: Proposal) -> list[Call]:
    """The calls that the proposal makes, in their order."""
    return [
        Call(to=target, data=bytes.fromhex(calldata.removeprefix("0x")), value=int(value))
        for target, value, calldata in zip(row.targets, row.values_wei, row.calldatas, strict=True)
    ]


def votes_on(proposal_id: int) -> QuerySet[Vote]:
    """The votes on a proposal, heaviest first."""
    return Vote.objects.filter(proposal_id=proposal_id)


def has_voted(proposal_id: int, voter: str) -> bool:
    """Whether this member's vote is in."""
    return Vote.objects.filter(pk=Vote.key_of(proposal_id, voter)).exists()


def timeline_of(view: ProposalView) -> list[Milestone]:
    """What happened and what comes, in order of time."""
    row, now = view.proposal, view.chain_time
    points = [
        Milestone("created", row.created_at, True, row.created_block, row.created_tx),
        Milestone("voting_starts", row.snapshot_at, row.snapshot_at < now),
        Milestone("voting_ends", row.deadline_at, row.deadline_at < now),
    ]
    extended_at = row.extended_deadline_at
    if extended_at is not None and extended_at > row.deadline_at:
        points.append(Milestone("extended", extended_at, extended_at < now))
    if row.queued_at is not None:
        points.append(Milestone("queued", row.queued_at, True, row.queued_block, row.queued_tx))
    if row.eta_at is not None:
        points.append(Milestone("executable", row.eta_at, row.eta_at <= now))
    if row.executed_at is not None:
        points.append(Milestone("executed", row.executed_at, True, row.executed_block, row.executed_tx))
    if row.canceled_at is not None:
        points.append(Milestone("canceled", row.canceled_at, True, row.canceled_block, row.canceled_tx))
    return sorted(points, key=lambda point: point.at)


def _view(
    row: Proposal, operation: TimelockOperation | None, now: int, deployment: Deployment
) -> ProposalView:
    facts = ProposalFacts(
        snapshot_at=row.snapshot_at,
        deadline_at=row.deadline_at,
        extended_deadline_at=row.extended_deadline_at,
        for_units=row.for_units,
        against_units=row.against_units,
        abstain_units=row.abstain_units,
        quorum_units=quorum_at(min(row.snapshot_at, now)),
        is_executed=row.executed_block is not None,
        is_canceled=row.canceled_block is not None,
        operation=_operation_state(operation),
    )
    actions = tuple(action_in_words(call, deployment) for call in calls_of(row))
    return ProposalView(row, facts, state_of(facts, now), now, actions)


def _operation_state(operation: TimelockOperation | None) -> OperationState:
    if operation is None:
        return OperationState.NONE
    if operation.done_at is not None:
        return OperationState.DONE
    return OperationState.PENDING if operation.cancelled_at is None else OperationState.CANCELLED
