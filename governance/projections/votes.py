"""From the events of Governor, VoteToken and Timelock to rows of proposals, votes and voting power."""

from collections.abc import Callable

from django.db.models import F

from chain.abi import keccak_hex
from chain.accounts import ZERO_ADDRESS
from chain.events import LogEvent
from chain.texts import bytes_of
from governance.models import (
    Delegation,
    GovernorSetting,
    PowerCheckpoint,
    Proposal,
    QuorumCheckpoint,
    SupplyCheckpoint,
    TimelockOperation,
    Vote,
    VoteBalance,
    VotingPower,
)

SUM_FIELDS = {
    Vote.Support.AGAINST: "against_units",
    Vote.Support.FOR: "for_units",
    Vote.Support.ABSTAIN: "abstain_units",
}


def _proposal_created(event: LogEvent) -> None:
    args = event.args
    Proposal.objects.update_or_create(
        proposal_id=args["proposalId"],
        defaults={
            "proposer": args["proposer"],
            "targets": list(args["targets"]),
            "values_wei": [str(value) for value in args["values"]],
            "calldatas": list(args["calldatas"]),
            "description": args["description"],
            "description_hash": keccak_hex(bytes_of(args["description"])),
            "snapshot_at": args["voteStart"],
            "deadline_at": args["voteEnd"],
            "created_at": event.block_timestamp,
            "created_block": event.block_number,
            "created_tx": event.tx_hash,
        },
    )


def _vote_cast(event: LogEvent) -> None:
    args = event.args
    proposal_id, voter, support = args["proposalId"], args["voter"], Vote.Support(args["support"])
    _, is_new = Vote.objects.get_or_create(
        vote_id=Vote.key_of(proposal_id, voter),
        defaults={
            "proposal_id": proposal_id,
            "voter": voter,
            "support": support,
            "weight_units": args["weight"],
            "reason": args["reason"],
            "cast_at": event.block_timestamp,
            "cast_block": event.block_number,
            "cast_tx": event.tx_hash,
        },
    )
    if is_new:
        total = SUM_FIELDS[support]
        Proposal.objects.filter(pk=proposal_id).update(
            **{total: F(total) + args["weight"], "voters": F("voters") + 1}
        )


def _proposal_queued(event: LogEvent) -> None:
    proposal_id = event.args["proposalId"]
    Proposal.objects.filter(pk=proposal_id).update(
        eta_at=event.args["etaSeconds"],
        queued_at=event.block_timestamp,
        queued_block=event.block_number,
        queued_tx=event.tx_hash,
    )
    # The Governor schedules and then says so, in one call: the operation still without a proposal is its.
    TimelockOperation.objects.filter(scheduled_tx=event.tx_hash, proposal_id=None).update(
        proposal_id=proposal_id
    )


def _proposal_executed(event: LogEvent) -> None:
    _mark_executed(event.args["proposalId"], event)


def _mark_executed(proposal_id: int, event: LogEvent) -> None:
    Proposal.objects.filter(pk=proposal_id, executed_block=None).update(
        executed_at=event.block_timestamp, executed_block=event.block_number, executed_tx=event.tx_hash
    )


def _proposal_canceled(event: LogEvent) -> None:
    Proposal.objects.filter(pk=event.args["proposalId"]).update(
        canceled_at=event.block_timestamp, canceled_block=event.block_number, canceled_tx=event.tx_hash
    )


def _proposal_extended(event: LogEvent) -> None:
    Proposal.objects.filter(pk=event.args["proposalId"]).update(
        extended_deadline_at=event.args["extendedDeadline"]
    )


def _operation_scheduled(event: LogEvent) -> None:
    if event.args["index"] == 0:
        TimelockOperation.objects.update_or_create(
            operation_id=event.args["id"],
            defaults={
                "scheduled_tx": event.tx_hash,
                "ready_at": event.block_timestamp + event.args["delay"],
                "done_at": None,
                "cancelled_at": None,
            },
        )


def _operation_executed(event: LogEvent) -> None:
    TimelockOperation.objects.filter(pk=event.args["id"]).update(done_at=event.block_timestamp)
    operation = TimelockOperation.objects.filter(pk=event.args["id"]).exclude(proposal_id=None).first()
    if operation is not None:
        _mark_executed(operation.proposal_id, event)


def _operation_cancelled(event: LogEvent) -> None:
    TimelockOperation.objects.filter(pk=event.args["id"]).update(cancelled_at=event.block_timestamp)


def _delegate_changed(event: LogEvent) -> None:
    delegator, delegate = event.args["delegator"], event.args["toDelegate"]
    if delegate == ZERO_ADDRESS:
        Delegation.objects.filter(pk=delegator).delete()
    else:
        Delegation.objects.update_or_create(delegator=delegator, defaults={"delegate": delegate})


def _power_changed(event: LogEvent) -> None:
    account, units = event.args["delegate"], event.args["newVotes"]
    VotingPower.objects.update_or_create(account=account, defaults={"units": units})
    PowerCheckpoint.objects.update_or_create(
        checkpoint_id=f"{account}-{event.block_timestamp}",
        defaults={"account": account, "at": event.block_timestamp, "units": units},
    )


def _votes_transferred(event: LogEvent) -> None:
    sender, receiver, units = event.args["from"], event.args["to"], event.args["value"]
    if sender == ZERO_ADDRESS:
        _change_supply(event, units)
    else:
        VoteBalance.objects.filter(pk=sender).update(units=F("units") - units)
    if receiver == ZERO_ADDRESS:
        _change_supply(event, -units)
        return
    balance = VoteBalance.objects.filter(pk=receiver).first()
    VoteBalance.objects.update_or_create(
        account=receiver, defaults={"units": units + (0 if balance is None else balance.units)}
    )


def _change_supply(event: LogEvent, units: int) -> None:
    newest = SupplyCheckpoint.objects.order_by("-at").first()
    before = 0 if newest is None else newest.units
    SupplyCheckpoint.objects.update_or_create(at=event.block_timestamp, defaults={"units": before + units})


def _quorum_changed(event: LogEvent) -> None:
    QuorumCheckpoint.objects.update_or_create(
        at=event.block_timestamp, defaults={"percent": event.args["newQuorumNumerator"]}
    )


def _setting(name: str, new_value: str) -> Callable[[LogEvent], None]:
    """A handler that keeps the newest value of one setting."""

    def keep(event: LogEvent) -> None:
        GovernorSetting.objects.update_or_create(name=name, defaults={"value": event.args[new_value]})

    return keep


HANDLERS: dict[tuple[str, str], Callable[[LogEvent], None]] = {
    ("CommonsGovernor", "ProposalCreated"): _proposal_created,
    ("CommonsGovernor", "VoteCast"): _vote_cast,
    ("CommonsGovernor", "VoteCastWithParams"): _vote_cast,
    ("CommonsGovernor", "ProposalQueued"): _proposal_queued,
    ("CommonsGovernor", "ProposalExecuted"): _proposal_executed,
    ("CommonsGovernor", "ProposalCanceled"): _proposal_canceled,
    ("CommonsGovernor", "ProposalExtended"): _proposal_extended,
    ("CommonsGovernor", "VotingDelaySet"): _setting("voting_delay", "newVotingDelay"),
    ("CommonsGovernor", "VotingPeriodSet"): _setting("voting_period", "newVotingPeriod"),
    ("CommonsGovernor", "ProposalThresholdSet"): _setting("proposal_threshold", "newProposalThreshold"),
    ("CommonsGovernor", "LateQuorumVoteExtensionSet"): _setting("late_quorum_extension", "newVoteExtension"),
    ("CommonsGovernor", "QuorumNumeratorUpdated"): _quorum_changed,
    ("Timelock", "CallScheduled"): _operation_scheduled,
    ("Timelock", "CallExecuted"): _operation_executed,
    ("Timelock", "Cancelled"): _operation_cancelled,
    ("Timelock", "MinDelayChange"): _setting("timelock_delay", "newDuration"),
    ("VoteToken", "DelegateChanged"): _delegate_changed,
    ("VoteToken", "DelegateVotesChanged"): _power_changed,
    ("VoteToken", "Transfer"): _votes_transferred,
}
