"""Proposals on the Governor, walked through by their steps."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ape.api import AccountAPI
from commons import Commons
from eth_utils import keccak
from stage import Stage

AGAINST, FOR, ABSTAIN = 0, 1, 2
PENDING, ACTIVE, CANCELED, DEFEATED, SUCCEEDED, QUEUED, _EXPIRED, EXECUTED = range(8)
VOTING_DELAY, VOTING_PERIOD, LATE_EXTENSION, TIMELOCK_DELAY = 2, 40, 10, 5


@dataclass(frozen=True)
class Ballot:
    """One call to one contract, with a description."""

    commons: Commons
    target: str
    calldata: bytes
    description: str

    @cached_property
    def actions(self) -> tuple[list[str], list[int], list[bytes]]:
        return [self.target], [0], [self.calldata]

    @cached_property
    def hashed(self) -> tuple[Any, ...]:
        """The arguments of queue, execute and cancel."""
        return (*self.actions, keccak(text=self.description))

    @cached_property
    def proposal_id(self) -> int:
        return self.commons.commons_governor.hashProposal(*self.hashed)

    def state(self) -> int:
        return self.commons.commons_governor.state(self.proposal_id)

    def propose(self, by: AccountAPI) -> Any:
        return self.commons.commons_governor.propose(*self.actions, self.description, sender=by)

    def vote(self, support: int, by: AccountAPI) -> Any:
        return self.commons.commons_governor.castVote(self.proposal_id, support, sender=by)

    def queue(self, by: AccountAPI) -> Any:
        return self.commons.commons_governor.queue(*self.hashed, sender=by)

    def execute(self, by: AccountAPI) -> Any:
        return self.commons.commons_governor.execute(*self.hashed, sender=by)

    def carry(self, stage: Stage, by: AccountAPI) -> None:
        """Proposes, votes for, queues and executes, with the waiting between."""
        self.propose(by=by)
        stage.wait(VOTING_DELAY + 1)
        self.decide(stage, by=by)

    def decide(self, stage: Stage, by: AccountAPI) -> None:
        """As `carry`, from the open vote on."""
        self.vote(FOR, by=by)
        stage.wait(VOTING_PERIOD + LATE_EXTENSION)
        self.queue(by=by)
        stage.wait(TIMELOCK_DELAY)
        self.execute(by=by)


def job_ballot(stage: Stage, job_id: int, digest: bytes) -> Ballot:
    """The proposal to approve a job."""
    board = stage.commons.job_board
    calldata = board.approve.encode_input(job_id, digest)
    return Ballot(stage.commons, board.address, calldata, f"Approve job {job_id}")
