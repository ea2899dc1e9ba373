"""The state of a proposal from its facts and the chain's time, as OpenZeppelin's Governor computes it.

One rule for pages, API and recounts; an integration test holds it to `Governor.state()`.
"""

from dataclasses import dataclass
from enum import StrEnum

QUORUM_DENOMINATOR = 100


class ProposalState(StrEnum):
    """Every state that a Governor knows. `EXPIRED` exists in its interface; ours never gives it."""

    PENDING = "pending"
    ACTIVE = "active"
    CANCELED = "canceled"
    DEFEATED = "defeated"
    SUCCEEDED = "succeeded"
    QUEUED = "queued"
    EXPIRED = "expired"
    EXECUTED = "executed"


# The numbers that Governor.state() gives back, in its order.
STATE_NUMBERS: tuple[ProposalState, ...] = (
    ProposalState.PENDING,
    ProposalState.ACTIVE,
    ProposalState.CANCELED,
    ProposalState.DEFEATED,
    ProposalState.SUCCEEDED,
    ProposalState.QUEUED,
    ProposalState.EXPIRED,
    ProposalState.EXECUTED,
)


class OperationState(StrEnum):
    """What the Timelock says of a queued proposal's operation."""

    NONE = "none"
    PENDING = "pending"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class ProposalFacts:
    """What the state depends on besides the time. Times in unix seconds, votes in base units."""

    snapshot_at: int
    deadline_at: int
    extended_deadline_at: int | None
    for_units: int
    against_units: int
    abstain_units: int
    quorum_units: int
    is_executed: bool
    is_canceled: bool
    operation: OperationState

    @property
    def voting_ends_at(self) -> int:
        """The deadline that counts: a late quorum moves it, never backwards."""
        return max(self.deadline_at, self.extended_deadline_at or 0)

    @property
    def quorum_missing_units(self) -> int:
        """Votes still missing; for and abstain count towards the quorum, against does not."""
        return max(0, self.quorum_units - self.for_units - self.abstain_units)


def state_of(facts: ProposalFacts, now: int) -> ProposalState:
    """The state at the chain's time `now`; the snapshot's and the deadline's own seconds belong before."""
    if facts.is_executed:
        return ProposalState.EXECUTED
    if facts.is_canceled:
        return ProposalState.CANCELED
    if facts.snapshot_at >= now:
        return ProposalState.PENDING
    if facts.voting_ends_at >= now:
        return ProposalState.ACTIVE
    if facts.quorum_missing_units > 0 or facts.for_units <= facts.against_units:
        return ProposalState.DEFEATED
    return _after_success(facts.operation)


def quorum_units(supply_units: int, percent: int) -> int:
    """The quorum of a supply, rounded down as the Governor does.

    >>> quorum_units(1_000_001, 4)
    40000
    """
    return supply_units * percent // QUORUM_DENOMINATOR


def _after_success(operation: OperationState) -> ProposalState:
    if operation == OperationState.NONE:
        return ProposalState.SUCCEEDED
    if operation == OperationState.PENDING:
        return ProposalState.QUEUED
    if operation == OperationState.DONE:
        return ProposalState.EXECUTED
    return ProposalState.CANCELED
