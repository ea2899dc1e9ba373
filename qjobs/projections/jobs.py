"""From the events of JobBoard and ModelToken to rows of jobs, their money and their models."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import F

from chain.abi import short_or_hex
from chain.accounts import ZERO_ADDRESS
from chain.events import LogEvent
from common.wake import wake
from qjobs.models import (
    Consent,
    Job,
    JobCredit,
    JobDataset,
    JobMilestone,
    JobParent,
    JobPayout,
    JobTask,
    TrainedModel,
)
from qjobs.services.queueing import has_open_runs, pause_undone_runs, queue_approved_jobs

LOOK_FOR_WORK = "qjobs.look_for_work"
_RUNS_WAIT_FOR = {"TaskClaimed", "ResultPosted", "JobSettled", "JobCancelled", "JobExpired"}


def _job_requested(event: LogEvent) -> None:
    args = event.args
    Job.objects.update_or_create(
        job_id=args["job_id"],
        defaults={
            "requester": args["requester"],
            "spec_digest": args["spec_digest"],
            "state": Job.State.REQUESTED,
            "tasks": args["tasks"],
            "algorithm": short_or_hex(args["algorithm"]),
            "engine": short_or_hex(args["engine"]),
            "qubits": args["qubits"],
            "payment_token": args["payment_token"],
            "pay_per_task": args["pay_per_task"],
            "data_fees": args["data_fees"],
            "treasury_fee": args["treasury_fee"],
            "approve_by": args["approve_by"],
            "claim_by": args["claim_by"],
            "run_seconds": args["run_seconds"],
            "requested_at": event.block_timestamp,
            "requested_block": event.block_number,
        },
    )


def _dataset_attached(event: LogEvent) -> None:
    args = event.args
    JobDataset.objects.update_or_create(
        job_dataset_id=f"{args['job_id']}-{args['dataset_id']}",
        defaults={
            "job_id": args["job_id"],
            "position": JobDataset.objects.filter(job_id=args["job_id"]).count(),
            "dataset_id": args["dataset_id"],
            "version": args["version"],
            "pass_id": args["pass_id"],
            "fee_units": args["fee"],
        },
    )


def _parent_attached(event: LogEvent) -> None:
    args = event.args
    JobParent.objects.update_or_create(
        job_parent_id=f"{args['job_id']}-{args['model_id']}",
        defaults={
            "job_id": args["job_id"],
            "position": JobParent.objects.filter(job_id=args["job_id"]).count(),
            "model_id": args["model_id"],
        },
    )


def _consent_given(event: LogEvent) -> None:
    args = event.args
    Consent.objects.update_or_create(
        consent_id=f"{args['job_id']}-{args['dataset_id']}",
        defaults={
            "job_id": args["job_id"],
            "dataset_id": args["dataset_id"],
            "owner": args["owner"],
            "given_at": event.block_timestamp,
        },
    )


def _consent_withdrawn(event: LogEvent) -> None:
    Consent.objects.filter(pk=f"{event.args['job_id']}-{event.args['dataset_id']}").delete()


def _job_approved(event: LogEvent) -> None:
    _job(event).update(
        state=Job.State.APPROVED,
        approved_digest=event.args["spec_digest"],
        approved_at=event.block_timestamp,
        approved_block=event.block_number,
    )


def _task_claimed(event: LogEvent) -> None:
    args = event.args
    _job(event).update(state=Job.State.RUNNING)
    JobTask.objects.update_or_create(
        job_task_id=JobTask.key_of(args["job_id"], args["task"]),
        defaults={
            "job_id": args["job_id"],
            "task": args["task"],
            "executor": args["executor"],
            "epoch": args["epoch"],
            "run_by": args["run_by"],
            "is_extended": False,
            "claimed_at": event.block_timestamp,
            "claimed_tx": event.tx_hash,
        },
    )


def _task_extended(event: LogEvent) -> None:
    _task(event).update(run_by=event.args["run_by"], is_extended=True)


def _result_posted(event: LogEvent) -> None:
    args = event.args
    _task(event).update(
        executor=args["executor"],
        epoch=args["epoch"],
        artefact_digest=args["artefact_digest"],
        metrics_digest=args["metrics_digest"],
        run_record_digest=args["run_record_digest"],
        posted_at=event.block_timestamp,
        posted_block=event.block_number,
        posted_tx=event.tx_hash,
    )


def _window_opened(event: LogEvent) -> None:
    _job(event).update(state=Job.State.WINDOW, window_ends_at=event.args["ends_at"])


def _job_disputed(event: LogEvent) -> None:
    """Its end is a JobExpired, or a WindowOpened that is over at once."""
    _job(event).update(state=Job.State.DISPUTED)


def _job_settled(event: LogEvent) -> None:
    _job(event).update(state=Job.State.SETTLED, model_id=event.args["model_id"])


def _job_cancelled(event: LogEvent) -> None:
    _job(event).update(state=Job.State.CANCELLED, refunded_units=event.args["refunded"])


def _job_expired(event: LogEvent) -> None:
    _job(event).update(state=Job.State.EXPIRED, refunded_units=event.args["refunded"])


def _credited(event: LogEvent) -> None:
    account, token, units = event.args["account"], event.args["token"], event.args["amount"]
    job_id = event.args["job_id"]
    JobCredit.objects.get_or_create(
        credit_id=JobCredit.key_of(account, token), defaults={"account": account, "token": token}
    )
    JobCredit.objects.filter(pk=JobCredit.key_of(account, token)).update(
        credited_units=F("credited_units") + units
    )
    payout_id = f"{job_id}-{account}-{token}"
    JobPayout.objects.get_or_create(
        payout_id=payout_id, defaults={"job_id": job_id, "account": account, "token": token}
    )
    JobPayout.objects.filter(pk=payout_id).update(units=F("units") + units)


def _withdrawn(event: LogEvent) -> None:
    JobCredit.objects.filter(pk=JobCredit.key_of(event.args["account"], event.args["token"])).update(
        withdrawn_units=F("withdrawn_units") + event.args["amount"]
    )


def _model_minted(event: LogEvent) -> None:
    args = event.args
    TrainedModel.objects.update_or_create(
        token_id=args["tokenId"],
        defaults={
            "job_id": args["jobId"],
            "owner": args["owner"],
            "artefact_digest": args["artefactDigest"],
            "metrics_digest": args["metricsDigest"],
            "run_record_digest": args["runRecordDigest"],
            "minted_at": event.block_timestamp,
            "minted_block": event.block_number,
            "minted_tx": event.tx_hash,
        },
    )


def _model_transferred(event: LogEvent) -> None:
    if event.args["from"] != ZERO_ADDRESS:
        TrainedModel.objects.filter(pk=event.args["tokenId"]).update(owner=event.args["to"])


def on_news(events: Sequence[LogEvent]) -> None:
    """Wakes the worker once where it has something open that this may concern."""
    if any(e.contract == "JobBoard" and e.name in _RUNS_WAIT_FOR for e in events) and has_open_runs():
        wake(LOOK_FOR_WORK)


def on_deep_block(number: int, timestamp: int) -> None:
    """Makes a run for each task of the jobs whose approval is now final; nothing is computed here."""
    if queue_approved_jobs(deep_block=number):
        wake(LOOK_FOR_WORK)


def on_deep_reorg(fork_number: int, deep_number: int) -> None:
    """Stops work on jobs whose final approval was undone by a reorganisation beyond the depth."""
    pause_undone_runs(fork_block=fork_number)


def _job(event: LogEvent):
    return Job.objects.filter(pk=event.args["job_id"])


def _task(event: LogEvent):
    return JobTask.objects.filter(pk=JobTask.key_of(event.args["job_id"], event.args["task"]))


def _remembered(handler: Callable[[LogEvent], None]) -> Callable[[LogEvent], None]:
    """The handler, and the event in the job's history."""

    def handle(event: LogEvent) -> None:
        handler(event)
        JobMilestone.objects.update_or_create(
            milestone_id=f"{event.block_number}-{event.log_index}",
            defaults={
                "job_id": event.args["job_id"],
                "event": event.name,
                "args": {name: _plain(value) for name, value in event.args.items()},
                "block": event.block_number,
                "log_index": event.log_index,
                "at": event.block_timestamp,
                "tx_hash": event.tx_hash,
            },
        )

    return handle


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


HANDLERS: dict[tuple[str, str], Callable[[LogEvent], None]] = {
    ("JobBoard", "JobRequested"): _remembered(_job_requested),
    ("JobBoard", "DatasetAttached"): _dataset_attached,
    ("JobBoard", "ParentAttached"): _parent_attached,
    ("JobBoard", "ConsentGiven"): _remembered(_consent_given),
    ("JobBoard", "ConsentWithdrawn"): _remembered(_consent_withdrawn),
    ("JobBoard", "JobApproved"): _remembered(_job_approved),
    ("JobBoard", "TaskClaimed"): _remembered(_task_claimed),
    ("JobBoard", "TaskExtended"): _remembered(_task_extended),
    ("JobBoard", "ResultPosted"): _remembered(_result_posted),
    ("JobBoard", "WindowOpened"): _remembered(_window_opened),
    ("JobBoard", "JobDisputed"): _remembered(_job_disputed),
    ("JobBoard", "JobSettled"): _remembered(_job_settled),
    ("JobBoard", "JobCancelled"): _remembered(_job_cancelled),
    ("JobBoard", "JobExpired"): _remembered(_job_expired),
    ("JobBoard", "Credited"): _credited,
    ("JobBoard", "Withdrawn"): _withdrawn,
    ("ModelToken", "ModelMinted"): _model_minted,
    ("ModelToken", "Transfer"): _model_transferred,
}
