"""Who works on a run: a lease by the database's clock, with a fence that makes a latecomer's writes void."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import F, Q
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Now

from qjobs.errors import LeaseLost
from qjobs.models import Run, RunEvent
from qjobs.rules.run_states import MAX_LOST_ATTEMPTS, OPEN_STATES, RunState, sources_of

log = structlog.get_logger()
WORKER_LOST = (
    f"The worker vanished in {MAX_LOST_ATTEMPTS} attempts (killed, or out of memory); it is not tried again."
)


@dataclass(frozen=True)
class Lease:
    """The right to write one run until somebody holds a newer fence."""

    run_id: int
    fence: int
    owner: str


def take_lease(*, job_id: int, task: int, owner: str) -> Lease | None:
    """The lease of a run that nobody works on, or None.

    Taking over from a worker that vanished in mid-computation counts; after the third the run fails.
    """
    with transaction.atomic():
        run = (
            Run.objects.select_for_update(skip_locked=True)
            .filter(Q(lease_until=None) | Q(lease_until__lt=Now()))
            .filter(Q(not_before=None) | Q(not_before__lte=Now()))
            .filter(job_id=job_id, task=task, state__in=OPEN_STATES)
            .first()
        )
        if run is None:
            return None
        if run.lease_owner and run.state == RunState.RUNNING and _lose_attempt(run):
            return None
        Run.objects.filter(pk=run.pk).update(
            fence=F("fence") + 1,
            lease_owner=owner,
            lease_until=lease_end(),
            heartbeat_at=Now(),
            not_before=None,
        )
        return Lease(run.pk, run.fence + 1, owner)


def _lose_attempt(run: Run) -> bool:
    """Counts a vanished worker; True where it was the last one that we allow."""
    run.lost_attempts += 1
    is_last = run.lost_attempts >= MAX_LOST_ATTEMPTS
    changes: dict[str, Any] = {"lost_attempts": run.lost_attempts}
    if is_last:
        changes |= {"state": RunState.FAILED, "reason": WORKER_LOST, "fence": F("fence") + 1}
        changes |= {"lease_owner": "", "lease_until": None, "finished_at": Now()}
    Run.objects.filter(pk=run.pk).update(**changes)
    log.warning(
        "worker_lost", job_id=run.job_id, task=run.task, owner=run.lease_owner, lost=run.lost_attempts
    )
    return is_last


def write(lease: Lease, **changes: Any) -> None:
    """Writes fields of the run; raises LeaseLost where a newer lease or a pause came between."""
    if not Run.objects.filter(pk=lease.run_id, fence=lease.fence).update(fence=lease.fence, **changes):
        raise LeaseLost(f"run {lease.run_id}: fence {lease.fence} is not the newest")


def move(lease: Lease, target: RunState, **changes: Any) -> None:
    """Changes the run's state along the one table, as a step that needs no retry unless `changes` says so.

    Raises LeaseLost as `write` does.
    """
    allowed = Run.objects.filter(pk=lease.run_id, fence=lease.fence, state__in=sources_of(target))
    if allowed.update(**{"state": target, "retries": 0, **changes}):
        return
    run = Run.objects.get(pk=lease.run_id)
    if run.fence == lease.fence:
        raise ValueError(f"a run cannot go from {run.state} to {target}")
    raise LeaseLost(f"run {lease.run_id}: fence {lease.fence} is not the newest")


def release(lease: Lease, **changes: Any) -> None:
    """Gives the row back; a lease that is lost already is nobody's to give."""
    Run.objects.filter(pk=lease.run_id, fence=lease.fence).update(lease_owner="", lease_until=None, **changes)


def add_event(lease: Lease, *, stage: str, message: str, progress: Mapping[str, Any] | None = None) -> None:
    """Appends a progress event (`progress`: step, steps, metric, loss, seconds_left); raises LeaseLost as
    `write` does."""
    with transaction.atomic():
        write(lease)
        append_event(lease.run_id, stage=stage, message=message, progress=progress)


def append_event(run_id: int, *, stage: str, message: str, progress: Mapping[str, Any] | None = None) -> None:
    """As `add_event`, for who holds the run's row by a lock instead of a lease."""
    Run.objects.filter(pk=run_id).update(events=F("events") + 1)
    sequence = Run.objects.values_list("events", flat=True).get(pk=run_id)
    RunEvent.objects.create(
        run_id=run_id, sequence=sequence, stage=stage, message=message, **(progress or {})
    )


def beat(lease: Lease) -> bool:
    """Prolongs the lease; False where it is lost, or given back while this beat was under way."""
    held = Run.objects.filter(pk=lease.run_id, fence=lease.fence, lease_owner=lease.owner)
    return bool(held.update(lease_until=lease_end(), heartbeat_at=Now()))


class Heartbeat:
    """Prolongs a lease from a thread of its own, so that a long computation keeps it.

    A process that is stopped or killed beats no more; `is_lost` then tells it, when it wakes, to stop.
    """

    def __init__(self, beat_once: Callable[[], bool], name: str) -> None:
        """`beat_once`: prolongs the lease, False where it is lost."""
        self._beat, self._name = beat_once, name
        self._seconds = settings.RUN_LEASE_SECONDS / 4
        self._ended = threading.Event()
        self._lost = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"heartbeat-{name}", daemon=True)

    @property
    def is_lost(self) -> bool:
        return self._lost.is_set()

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self._ended.wait(self._seconds):
                self._beat_once()
        finally:
            connection.close()

    def _beat_once(self) -> None:
        try:
            if not self._beat():
                self._lost.set()
                self._ended.set()
        except OperationalError as error:
            # The database is away: the next beat may reach it before the lease ends; else the fence decides.
            log.warning("heartbeat_missed", of=self._name, reason=type(error).__name__)
            connection.close()


def lease_end() -> CombinedExpression:
    """When a lease that is taken or prolonged now ends."""
    return Now() + timedelta(seconds=settings.RUN_LEASE_SECONDS)
