"""One step a state: each looks at the chain, does its part, and moves the run on or leaves it waiting."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from chain.accounts import ZERO_ADDRESS
from chain.client import ChainClient
from chain.deployments import Deployment
from chain.models import OutboxEntry, OutboxTransaction
from chain.outbox import enqueue
from governance.selectors.clock import chain_time
from marketplace.store import content_store
from qjobs.errors import JobTaken, ResultRejected, RunRefused, SettlementFailed
from qjobs.executor.checks import ENDED, CheckedJob, check_job
from qjobs.executor.computing import compute
from qjobs.executor.lease import Heartbeat, Lease, add_event, move
from qjobs.executor.private_data import is_sealed, refuse_open_machine
from qjobs.models import Job, JobTask, Run
from qjobs.rules.run_states import RunState
from qjobs.selectors.board import Board
from qjobs.selectors.disputes import lost_dispute
from qjobs.selectors.transaction_keys import settlement_key, transaction_key


@dataclass(frozen=True)
class Work:
    """What a step works with. `run` is as read when the step began."""

    run: Run
    lease: Lease
    heartbeat: Heartbeat
    client: ChainClient
    deployment: Deployment

    @property
    def board(self) -> Board:
        return Board(self.client, self.deployment.address_of("JobBoard"))


def check_and_claim(work: Work) -> bool:
    """QUEUED: holds the job against the chain and sends the claim, or goes on with a claim that stands."""
    run = work.run
    job = check_job(run, board=work.board, deployment=work.deployment, store=content_store())
    if any(is_sealed(one, content_store()) for one in job.inputs):
        refuse_open_machine()
    task = work.board.task(run.job_id, run.task)
    if _is_our_address(task["executor"]):
        move(work.lease, RunState.CLAIMED, epoch=task["epoch"])
        return True
    head = work.client.head()
    if task["executor"] != ZERO_ADDRESS and task["run_by"] >= head.timestamp:
        raise JobTaken(f"Executor {task['executor']} claimed this task first.")
    with transaction.atomic():
        _enqueue("claim", run, {"job_id": run.job_id, "task": run.task})
        move(work.lease, RunState.CLAIMING)
        add_event(work.lease, stage="claim", message="The chain's approval holds; claiming the job")
    return False


def await_claim(work: Work) -> bool:
    """CLAIMING: goes on once the chain shows our claim."""
    run, task = work.run, _task_row(work.run)
    entry = _entry("claim", run)
    if task is not None and _sent_by(entry, task.claimed_tx):
        move(work.lease, RunState.CLAIMED, epoch=task.epoch)
        return True
    _stop_where_over(run)
    if entry is not None and entry.state == OutboxEntry.State.FAILED:
        # The rows may lag behind the rival's claim, so the chain itself is asked who has the task.
        holder = work.board.task(run.job_id, run.task)["executor"]
        if holder != ZERO_ADDRESS:
            raise JobTaken(f"Executor {holder} claimed this task first.")
        raise RunRefused(f"The chain refused the claim: {entry.error}")
    return False


def check_and_compute(work: Work) -> bool:
    """CLAIMED, or RUNNING with a vanished worker: checks the chain once more and computes."""
    run = work.run
    job, executor = checked_claim(run, work.client, work.deployment)
    compute(run, work.lease, job, executor, work.heartbeat)
    return True


def checked_claim(run: Run, node: ChainClient, deployment: Deployment) -> tuple[CheckedJob, str]:
    """The job, and the address of ours that holds its task, as the chain says now; raises JobTaken."""
    board = Board(node, deployment.address_of("JobBoard"))
    task = board.task(run.job_id, run.task)
    if task["epoch"] != run.epoch or not _is_our_address(task["executor"]):
        raise JobTaken(f"Executor {task['executor']} holds this task now (claim {task['epoch']}).")
    return check_job(run, board=board, deployment=deployment, store=content_store()), task["executor"]


def watch_tiles(work: Work) -> bool:
    """TILING: others compute; only the end of the job ends the waiting."""
    _stop_where_over(work.run)
    return False


def post(work: Work) -> bool:
    """FROZEN: sends the result; the record is signed in the sender's process, over the frozen bytes."""
    run = work.run
    with transaction.atomic():
        _enqueue("result", run, {"job_id": run.job_id, "task": run.task, "epoch": run.epoch})
        move(work.lease, RunState.POSTING)
        add_event(work.lease, stage="post", message="Signing the run record and posting the result")
    return False


def await_post(work: Work) -> bool:
    """POSTING: goes on once the chain shows our result."""
    run, task = work.run, _task_row(work.run)
    entry = _entry("result", run)
    if task is not None and task.posted_tx is not None and _sent_by(entry, task.posted_tx):
        move(work.lease, RunState.POSTED)
        add_event(work.lease, stage="posted", message="The result is on chain; the challenge window runs")
        return True
    _stop_where_over(run)
    if entry is not None and entry.state == OutboxEntry.State.FAILED:
        raise JobTaken(f"The chain refused the result: {entry.error}")
    return False


def settle(work: Work) -> bool:
    """POSTED: after the window sends the settlement, unless somebody else settled."""
    run = work.run
    job = Job.objects.filter(pk=run.job_id).first()
    if job is None:
        return False
    if job.state == Job.State.SETTLED:
        move(work.lease, RunState.DONE)
        return False
    _stop_where_over(run)
    if job.state != Job.State.WINDOW or job.window_ends_at is None or chain_time() < job.window_ends_at:
        return False
    with transaction.atomic():
        enqueue(
            key=settlement_key(job),
            kind="settle",
            sender=settings.EXECUTOR_KEY_NAME,
            payload={"job_id": run.job_id},
        )
        move(work.lease, RunState.SETTLING)
        add_event(work.lease, stage="settle", message="The window is over; settling the job")
    return False


def await_settlement(work: Work) -> bool:
    """SETTLING: ends once the chain shows the settlement, whoever sent it.

    A challenge may be mined before what we sent: then the job is settled after its dispute, as another one.
    """
    run = work.run
    job = Job.objects.filter(pk=run.job_id).first()
    if job is not None and job.state == Job.State.SETTLED:
        with transaction.atomic():
            add_event(work.lease, stage="settled", message="The job is settled and everybody is credited")
            move(work.lease, RunState.DONE)
        return False
    _stop_where_over(run)
    if job is None or job.state == Job.State.DISPUTED:
        return False
    entry = OutboxEntry.objects.filter(key=settlement_key(job)).first()
    if entry is None:
        with transaction.atomic():
            add_event(work.lease, stage="settle", message="The dispute is over and the result stands")
            move(work.lease, RunState.POSTED)
        return True
    if entry.state == OutboxEntry.State.FAILED:
        raise SettlementFailed(f"The chain refused the settlement: {entry.error}")
    return False


STEPS: dict[str, Callable[[Work], bool]] = {
    RunState.QUEUED: check_and_claim,
    RunState.CLAIMING: await_claim,
    RunState.CLAIMED: check_and_compute,
    RunState.RUNNING: check_and_compute,
    RunState.TILING: watch_tiles,
    RunState.FROZEN: post,
    RunState.POSTING: await_post,
    RunState.POSTED: settle,
    RunState.SETTLING: await_settlement,
}


def _enqueue(kind: str, run: Run, payload: dict) -> None:
    enqueue(key=transaction_key(kind, run), kind=kind, sender=settings.EXECUTOR_KEY_NAME, payload=payload)


def _entry(kind: str, run: Run) -> OutboxEntry | None:
    return OutboxEntry.objects.filter(key=transaction_key(kind, run)).first()


def _task_row(run: Run) -> JobTask | None:
    return JobTask.objects.filter(pk=JobTask.key_of(run.job_id, run.task)).first()


def _sent_by(entry: OutboxEntry | None, tx_hash: str) -> bool:
    """Whether the transaction is one of this entry's; a replaced one has the same meaning."""
    return entry is not None and entry.transactions.filter(tx_hash=tx_hash).exists()


def _is_our_address(address: str) -> bool:
    """Whether our executor's key has signed for this address: the worker does not hold the key itself."""
    return (
        OutboxTransaction.objects.filter(
            sender_address=address, entry__sender=settings.EXECUTOR_KEY_NAME
        ).exists()
        and address != ZERO_ADDRESS
    )


def _stop_where_over(run: Run) -> None:
    job = Job.objects.filter(pk=run.job_id).first()
    if job is None or not job.is_over:
        return
    if lost_dispute(run.job_id) is not None:
        raise ResultRejected("Verifiers found the result wrong: the escrow went back to the requester.")
    raise JobTaken(ENDED[Job.State(job.state)])
