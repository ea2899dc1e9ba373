"""Counts a vote again from the chain's events alone: no database, and no word of the Governor's is trusted.

Weights come from the VoteToken's DelegateVotesChanged, the quorum from its mints and burns and from the
Governor's QuorumNumeratorUpdated, votes from VoteCast. What comes out is compared with the Governor's own
sums and state, and with what a site shows.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from chain.abi import Event
from chain.accounts import ZERO_ADDRESS
from chain.bindings import commons_governor, timelock, vote_token
from chain.blocks import RawLog
from chain.client import ChainClient
from chain.deployments import Deployment
from common.errors import NotFound
from governance.rules.states import (
    STATE_NUMBERS,
    OperationState,
    ProposalFacts,
    ProposalState,
    quorum_units,
    state_of,
)

AGAINST, FOR, ABSTAIN = 0, 1, 2
_GOVERNOR_EVENTS = (
    commons_governor.PROPOSAL_CREATED,
    commons_governor.VOTE_CAST,
    commons_governor.VOTE_CAST_WITH_PARAMS,
    commons_governor.PROPOSAL_EXTENDED,
    commons_governor.PROPOSAL_CANCELED,
    commons_governor.PROPOSAL_QUEUED,
    commons_governor.PROPOSAL_EXECUTED,
    commons_governor.QUORUM_NUMERATOR_UPDATED,
)
_TOKEN_EVENTS = (vote_token.DELEGATE_VOTES_CHANGED, vote_token.TRANSFERRED)
_TIMELOCK_EVENTS = (timelock.CALL_SCHEDULED, timelock.CALL_EXECUTED, timelock.CANCELLED)


@dataclass(frozen=True)
class Ballot:
    """One vote as its event says it; `weighed` is what its voter's power was at the snapshot."""

    voter: str
    support: int
    weight: int
    weighed: int


@dataclass(frozen=True)
class Recount:
    """The result. Votes in base units; sums of what the voters' power was, not of what was written down."""

    proposal_id: int
    snapshot_at: int
    block: int
    ballots: tuple[Ballot, ...]
    quorum: int
    state: ProposalState

    def total(self, support: int) -> int:
        return sum(ballot.weighed for ballot in self.ballots if ballot.support == support)


@dataclass
class _History:
    """A number over time: times ascend, the newest entry at or before a second counts."""

    times: list[int] = field(default_factory=list)
    values: list[int] = field(default_factory=list)

    def add(self, second: int, value: int) -> None:
        self.times.append(second)
        self.values.append(value)

    def at(self, second: int) -> int:
        found = bisect_right(self.times, second)
        return self.values[found - 1] if found else 0

    @property
    def newest(self) -> int:
        return self.values[-1] if self.values else 0


@dataclass(frozen=True)
class _Logged:
    """A decoded event with its block's time."""

    event: Event
    args: dict[str, Any]
    at: int
    tx_hash: str


class Recounter:
    """One node and one set of contracts, read at one block."""

    def __init__(self, client: ChainClient, deployment: Deployment) -> None:
        self._client = client
        self._deployment = deployment
        self._head = client.head()

    def recount(self, proposal_id: int) -> Recount:
        """The vote counted again; raises NotFound where the Governor's events know no such proposal."""
        governor = self._events("CommonsGovernor", _GOVERNOR_EVENTS)
        mine = [one for one in governor if one.args.get("proposalId") == proposal_id]
        created = next((one for one in mine if one.event == commons_governor.PROPOSAL_CREATED), None)
        if created is None:
            raise NotFound(f"No event of the Governor proposes {proposal_id}.")
        powers, supply = self._powers_and_supply()
        percents = _History()
        for one in governor:
            if one.event == commons_governor.QUORUM_NUMERATOR_UPDATED:
                percents.add(one.at, one.args["newQuorumNumerator"])
        snapshot = created.args["voteStart"]
        ballots = _ballots(mine, powers, snapshot)
        moment = min(snapshot, self._head.timestamp)
        quorum = quorum_units(supply.at(moment), percents.at(moment))
        state = state_of(self._facts(created, mine, ballots, quorum), self._head.timestamp)
        return Recount(proposal_id, snapshot, self._head.number, ballots, quorum, state)

    def told_by_governor(self, recount: Recount) -> dict[str, str]:
        """What the Governor itself says of the same things, at the same block."""
        governor, block = self._deployment.address_of("CommonsGovernor"), recount.block
        against, in_favour, abstained = self._client.read(
            governor, commons_governor.PROPOSAL_VOTES, block=block, proposalId=recount.proposal_id
        )
        number = self._client.read(
            governor, commons_governor.STATE, block=block, proposalId=recount.proposal_id
        )
        told = {
            "for": str(in_favour),
            "against": str(against),
            "abstain": str(abstained),
            "state": STATE_NUMBERS[number].value,
        }
        if recount.snapshot_at < self._head.timestamp:
            quorum = self._client.read(
                governor, commons_governor.QUORUM, block=block, timepoint=recount.snapshot_at
            )
            told["quorum"] = str(quorum)
        return told

    def _facts(
        self, created: _Logged, mine: Sequence[_Logged], ballots: Sequence[Ballot], quorum: int
    ) -> ProposalFacts:
        def total(support: int) -> int:
            return sum(ballot.weighed for ballot in ballots if ballot.support == support)

        def happened(event: Event) -> _Logged | None:
            return next((one for one in reversed(mine) if one.event == event), None)

        extended = happened(commons_governor.PROPOSAL_EXTENDED)
        queued = happened(commons_governor.PROPOSAL_QUEUED)
        return ProposalFacts(
            snapshot_at=created.args["voteStart"],
            deadline_at=created.args["voteEnd"],
            extended_deadline_at=None if extended is None else extended.args["extendedDeadline"],
            for_units=total(FOR),
            against_units=total(AGAINST),
            abstain_units=total(ABSTAIN),
            quorum_units=quorum,
            is_executed=happened(commons_governor.PROPOSAL_EXECUTED) is not None,
            is_canceled=happened(commons_governor.PROPOSAL_CANCELED) is not None,
            operation=OperationState.NONE if queued is None else self._operation(queued),
        )

    def _operation(self, queued: _Logged) -> OperationState:
        """The Timelock's operation was scheduled in the transaction that queued the proposal."""
        logged = self._events("Timelock", _TIMELOCK_EVENTS)
        operation = next(
            (
                one.args["id"]
                for one in logged
                if one.event == timelock.CALL_SCHEDULED and one.tx_hash == queued.tx_hash
            ),
            None,
        )
        ends = {one.event for one in logged if one.args["id"] == operation}
        if timelock.CANCELLED in ends:
            return OperationState.CANCELLED
        return OperationState.DONE if timelock.CALL_EXECUTED in ends else OperationState.PENDING

    def _powers_and_supply(self) -> tuple[dict[str, _History], _History]:
        powers: dict[str, _History] = {}
        supply = _History()
        for one in self._events("VoteToken", _TOKEN_EVENTS):
            args = one.args
            if one.event == vote_token.DELEGATE_VOTES_CHANGED:
                powers.setdefault(args["delegate"], _History()).add(one.at, args["newVotes"])
            elif args["from"] == ZERO_ADDRESS:
                supply.add(one.at, supply.newest + args["value"])
            elif args["to"] == ZERO_ADDRESS:
                supply.add(one.at, supply.newest - args["value"])
        return powers, supply

    def _events(self, contract: str, events: Sequence[Event]) -> list[_Logged]:
        by_topic = {event.topic: event for event in events}
        logs = self._client.logs(
            addresses=[self._deployment.address_of(contract)],
            topics=list(by_topic),
            first=self._deployment.start_block,
            last=self._head.number,
        )
        times = self._times(logs)
        return [
            _Logged(
                event=by_topic[log.topics[0]],
                args=by_topic[log.topics[0]].decode(log.topics, log.data),
                at=times[log.block_number],
                tx_hash=log.tx_hash,
            )
            for log in logs
        ]

    def _times(self, logs: Iterable[RawLog]) -> dict[int, int]:
        numbers = sorted({log.block_number for log in logs})
        return {block.number: block.timestamp for block in self._client.blocks(numbers)}


def _ballots(mine: Sequence[_Logged], powers: dict[str, _History], snapshot: int) -> tuple[Ballot, ...]:
    votes = (commons_governor.VOTE_CAST, commons_governor.VOTE_CAST_WITH_PARAMS)
    return tuple(
        Ballot(
            voter=one.args["voter"],
            support=one.args["support"],
            weight=one.args["weight"],
            weighed=powers.get(one.args["voter"], _History()).at(snapshot),
        )
        for one in mine
        if one.event in votes
    )
