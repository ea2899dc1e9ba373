"""From the events of DisputeBook and ExecutorRegistry to rows of disputes, executors, keys and stakes."""

from collections.abc import Callable
from typing import Any

from django.db.models import F

from chain.events import LogEvent
from qjobs.models import Attestation, Dispute, Executor, ExecutorKey, StakeCredit


def _dispute_opened(event: LogEvent) -> None:
    args = event.args
    Dispute.objects.create(
        dispute_id=Dispute.key_of(args["job_id"], args["task"]),
        number=Dispute.objects.count() + 1,
        job_id=args["job_id"],
        task=args["task"],
        challenger=args["challenger"],
        executor=args["executor"],
        reason_digest=args["reason_digest"],
        attest_by=args["attest_by"],
        opened_at=event.block_timestamp,
        opened_block=event.block_number,
        opened_tx=event.tx_hash,
    )


def _attested(event: LogEvent) -> None:
    args = event.args
    dispute = _open_dispute(event)
    if dispute is None:
        return
    Attestation.objects.update_or_create(
        attestation_id=f"{dispute.dispute_id}-{args['verifier']}",
        defaults={
            "dispute_id": dispute.dispute_id,
            "verifier": args["verifier"],
            "is_right": args["is_right"],
            "report_digest": args["report_digest"],
            "attested_at": event.block_timestamp,
            "attested_tx": event.tx_hash,
        },
    )


def _dispute_closed(event: LogEvent) -> None:
    dispute = _open_dispute(event)
    if dispute is not None:
        Dispute.objects.filter(pk=dispute.pk).update(
            state=event.args["state"],
            slashed_units=event.args["slashed"],
            closed_at=event.block_timestamp,
            closed_tx=event.tx_hash,
        )


def _open_dispute(event: LogEvent) -> Dispute | None:
    """The one open dispute of the job that the event names."""
    return Dispute.objects.filter(job_id=event.args["job_id"], state=Dispute.State.OPEN).first()


def _admitted(event: LogEvent) -> None:
    _executor(event).update(
        is_admitted=True,
        is_verifier=event.args["is_verifier"],
        admitted_at=event.block_timestamp,
        removed_at=None,
    )


def _removed(event: LogEvent) -> None:
    _executor(event).update(is_admitted=False, is_verifier=False, removed_at=event.block_timestamp)


def _keys_set(event: LogEvent) -> None:
    executor = event.args["executor"]
    number = ExecutorKey.objects.filter(executor=executor).count() + 1
    ExecutorKey.objects.create(
        key_id=f"{executor}-{number}",
        executor=executor,
        number=number,
        signing_key=event.args["signing_key"],
        age_recipient=_plain_text(event.args["age_recipient"]),
        since=event.block_timestamp,
    )


def _staked(event: LogEvent) -> None:
    _executor(event).update(staked_units=F("staked_units") + event.args["amount"])


def _unstake_requested(event: LogEvent) -> None:
    amount = event.args["amount"]
    _executor(event).update(
        staked_units=F("staked_units") - amount,
        leaving_units=F("leaving_units") + amount,
        leaves_at=event.args["leaves_at"],
    )


def _unstaked(event: LogEvent) -> None:
    _executor(event).update(leaving_units=0, leaves_at=None)
    _owe("ExecutorRegistry", event.args["executor"], event.args["amount"])


def _slashed(event: LogEvent) -> None:
    """What is lost comes out of the stake first, then out of what is leaving, as in the contract."""
    row, amount = _executor(event).get(), event.args["amount"]
    from_stake = min(amount, row.staked_units)
    _executor(event).update(
        staked_units=row.staked_units - from_stake,
        leaving_units=row.leaving_units - (amount - from_stake),
        slashed_units=row.slashed_units + amount,
    )
    _owe("ExecutorRegistry", event.args["beneficiary"], amount)


def _bond_credited(event: LogEvent) -> None:
    _owe("DisputeBook", event.args["account"], event.args["amount"])


def _withdrawn(event: LogEvent) -> None:
    key = StakeCredit.key_of(event.contract, event.args["account"])
    StakeCredit.objects.filter(pk=key).update(withdrawn_units=F("withdrawn_units") + event.args["amount"])


def _owe(contract: str, account: str, units: int) -> None:
    key = StakeCredit.key_of(contract, account)
    StakeCredit.objects.get_or_create(credit_id=key, defaults={"contract": contract, "account": account})
    StakeCredit.objects.filter(pk=key).update(credited_units=F("credited_units") + units)


def _executor(event: LogEvent) -> Any:
    """The executor's row, made where there is none yet."""
    address = event.args["executor"]
    if not Executor.objects.filter(pk=address).exists():
        Executor.objects.create(address=address, number=Executor.objects.count() + 1)
    return Executor.objects.filter(pk=address)


def _plain_text(raw: str) -> str:
    try:
        text = bytes.fromhex(raw.removeprefix("0x")).decode("ascii")
    except ValueError:
        return raw
    return text if text.isprintable() else raw


HANDLERS: dict[tuple[str, str], Callable[[LogEvent], None]] = {
    ("DisputeBook", "DisputeOpened"): _dispute_opened,
    ("DisputeBook", "Attested"): _attested,
    ("DisputeBook", "DisputeClosed"): _dispute_closed,
    ("DisputeBook", "Credited"): _bond_credited,
    ("DisputeBook", "Withdrawn"): _withdrawn,
    ("ExecutorRegistry", "ExecutorAdmitted"): _admitted,
    ("ExecutorRegistry", "ExecutorRemoved"): _removed,
    ("ExecutorRegistry", "KeysSet"): _keys_set,
    ("ExecutorRegistry", "Staked"): _staked,
    ("ExecutorRegistry", "UnstakeRequested"): _unstake_requested,
    ("ExecutorRegistry", "Unstaked"): _unstaked,
    ("ExecutorRegistry", "Slashed"): _slashed,
    ("ExecutorRegistry", "Withdrawn"): _withdrawn,
}
