"""Takes a run's lease and moves it as far as it goes now; every end of that is a state with words."""

from dataclasses import dataclass
from functools import partial

import structlog
from django.db.models import F
from django.db.models.functions import Now

from chain.client import client
from chain.deployments import current
from common.errors import PermanentError
from qjobs.errors import LeaseLost
from qjobs.executor.endings import bound_transactions, ended, longer_wait, state_after, worker_name
from qjobs.executor.lease import WORKER_LOST, Heartbeat, Lease, add_event, beat, move, release, take_lease
from qjobs.executor.steps import STEPS, Work
from qjobs.executor.tile_rows import forget_tiles
from qjobs.models import Run
from qjobs.rules.run_states import MAX_LOST_ATTEMPTS, RunState
from qjobs.runner import RunCrashed

log = structlog.get_logger()


def advance_run(*, job_id: int, task: int) -> None:
    """Moves one run on; does nothing where somebody else holds it or nothing is to do. May be repeated."""
    bound_transactions()
    lease = take_lease(job_id=job_id, task=task, owner=worker_name())
    if lease is None:
        return
    with (
        Heartbeat(partial(beat, lease), f"run-{lease.run_id}") as heartbeat,
        ended(RunAttempt(lease, {"job_id": job_id, "task": task})),
    ):
        _take_steps(lease, heartbeat)


def _take_steps(lease: Lease, heartbeat: Heartbeat) -> None:
    node, deployment = client(), current()
    while True:
        run = Run.objects.get(pk=lease.run_id)
        if run.fence != lease.fence:
            raise LeaseLost(f"run {run.pk}: fence {lease.fence} is not the newest")
        step = STEPS.get(run.state)
        if step is None or not step(Work(run, lease, heartbeat, node, deployment)):
            break
    release(lease)


@dataclass(frozen=True)
class RunAttempt:
    """One worker's attempt at a run. names: of the job and its task."""

    lease: Lease
    names: dict[str, int]

    def superseded(self) -> None:
        log.info("lease_lost", **self.names, fence=self.lease.fence)

    def failed(self, error: PermanentError) -> None:
        """The state that this error means, with its words for the requester."""
        target = state_after(error)
        try:
            move(self.lease, target, reason=error.message, finished_at=Now())
            add_event(self.lease, stage=target.value.lower(), message=error.message)
        except LeaseLost:
            return
        release(self.lease)
        forget_tiles(Run.objects.get(pk=self.lease.run_id))
        told = log.error if target in {RunState.PAUSED, RunState.FAILED} else log.warning
        told("run_ended", run=self.lease.run_id, state=target.value, reason=error.message)

    def crashed(self, error: RunCrashed) -> None:
        run = Run.objects.get(pk=self.lease.run_id)
        lost = run.lost_attempts + 1
        log.warning("run_crashed", run=run.pk, lost=lost, reason=error.message)
        if lost < MAX_LOST_ATTEMPTS:
            release(self.lease, lost_attempts=F("lost_attempts") + 1)
            return
        try:
            move(self.lease, RunState.FAILED, reason=WORKER_LOST, lost_attempts=lost, finished_at=Now())
        except LeaseLost:
            return
        release(self.lease)
        forget_tiles(run)

    def waits(self, reason: str) -> None:
        retries = Run.objects.values_list("retries", flat=True).get(pk=self.lease.run_id)
        log.info("run_waits", run=self.lease.run_id, retries=retries, reason=reason)
        release(self.lease, **longer_wait(retries))
