"""Takes a run's lease and moves it as far as it goes now; every end of that is a state with words."""

from contextlib import suppress
from datetime import timedelta
from functools import partial

import structlog
from django.db import InterfaceError, OperationalError, connection
from django.db.models import F
from django.db.models.functions import Now

from chain.client import client
from chain.deployments import current
from common.errors import PermanentError, RetryableError
from qjobs.errors import LeaseLost
from qjobs.executor.endings import bound_transactions, is_of_the_disk, state_after, worker_name
from qjobs.executor.lease import WORKER_LOST, Heartbeat, Lease, add_event, beat, move, release, take_lease
from qjobs.executor.steps import STEPS, Work
from qjobs.executor.tile_rows import forget_tiles
from qjobs.models import Run
from qjobs.rules.run_states import MAX_LOST_ATTEMPTS, RunState, retry_seconds
from qjobs.runner import RunCancelled, RunCrashed

log = structlog.get_logger()


def advance_run(*, job_id: int, task: int) -> None:
    """Moves one run on; does nothing where somebody else holds it or nothing is to do. May be repeated."""
    bound_transactions()
    lease = take_lease(job_id=job_id, task=task, owner=worker_name())
    if lease is None:
        return
    with Heartbeat(partial(beat, lease), f"run-{lease.run_id}") as heartbeat:
        try:
            _take_steps(lease, heartbeat)
        except (LeaseLost, RunCancelled):
            # Whoever took the lease, or paused the run, has the say now; this worker's writes are void.
            log.info("lease_lost", job_id=job_id, task=task, fence=lease.fence)
        except RunCrashed as error:
            _count_crash(lease, error)
        except RetryableError as error:
            _retry_later(lease, error.message)
        except PermanentError as error:
            _end(lease, error)
        except (OperationalError, InterfaceError) as error:
            log.warning("database_away", job_id=job_id, task=task, reason=type(error).__name__)
            connection.close()
            # Without room it still takes this, mostly; else the lease ends and the next worker takes the row.
            with suppress(OperationalError, InterfaceError):
                _retry_later(lease, type(error).__name__)
        except OSError as error:
            if is_of_the_disk(error):
                _retry_later(lease, str(error))
            else:
                _count_crash(lease, RunCrashed(str(error)))


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


def _end(lease: Lease, error: PermanentError) -> None:
    """The state that this error means, with its words for the requester."""
    target = state_after(error)
    try:
        move(lease, target, reason=error.message, finished_at=Now())
        add_event(lease, stage=target.value.lower(), message=error.message)
    except LeaseLost:
        return
    release(lease)
    forget_tiles(Run.objects.get(pk=lease.run_id))
    told = log.error if target in {RunState.PAUSED, RunState.FAILED} else log.warning
    told("run_ended", run=lease.run_id, state=target.value, reason=error.message)


def _count_crash(lease: Lease, error: RunCrashed) -> None:
    """The child was killed from outside: tried again, but not for ever."""
    run = Run.objects.get(pk=lease.run_id)
    lost = run.lost_attempts + 1
    log.warning("run_crashed", run=lease.run_id, lost=lost, reason=error.message)
    if lost >= MAX_LOST_ATTEMPTS:
        try:
            move(lease, RunState.FAILED, reason=WORKER_LOST, lost_attempts=lost, finished_at=Now())
        except LeaseLost:
            return
        release(lease)
        forget_tiles(run)
        return
    release(lease, lost_attempts=F("lost_attempts") + 1)


def _retry_later(lease: Lease, reason: str) -> None:
    """A node, a store or room on a disk is away: the row waits, longer each time, and says why."""
    retries = Run.objects.values_list("retries", flat=True).get(pk=lease.run_id)
    wait = timedelta(seconds=retry_seconds(retries))
    log.info("run_waits", run=lease.run_id, seconds=wait.total_seconds(), reason=reason)
    release(lease, retries=F("retries") + 1, not_before=Now() + wait)
