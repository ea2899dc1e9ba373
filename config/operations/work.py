"""Work that waits longer than it should: runs, transactions, previews, documents to read."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Min, Q, QuerySet
from django.db.models.functions import Greatest

from chain.models import OutboxEntry
from config.operations.ages import LATE_SECONDS, age
from config.stack.findings import Finding, broken, fine, note
from marketplace.models import VersionMetadata
from qjobs.models import Run, SpecDocument
from qjobs.rules.run_states import RESUMABLE_STATES, RunState

ROWS_SHOWN = 50
# States in which a worker, and not the chain, has to act next.
OURS_TO_MOVE = (RunState.QUEUED, RunState.CLAIMED, RunState.RUNNING, RunState.FROZEN)
State = OutboxEntry.State


@dataclass(frozen=True)
class StuckWork:
    """Rows that need a look, newest first, at most ROWS_SHOWN of each."""

    failed_transactions: tuple[OutboxEntry, ...]
    waiting_transactions: tuple[OutboxEntry, ...]
    ended_runs: tuple[Run, ...]
    silent_runs: tuple[Run, ...]
    failed_previews: tuple[SpecDocument, ...]


def stuck_work(now: datetime) -> StuckWork:
    """Everything that does not move by itself, or not as fast as it should."""
    entries = OutboxEntry.objects.order_by("-updated_at").prefetch_related("transactions")
    waits = entries.exclude(error="").exclude(state__in=[State.FAILED, State.FINAL])
    ended = Run.objects.filter(state__in=RESUMABLE_STATES)
    failed = SpecDocument.objects.filter(preview_state=SpecDocument.Preview.FAILED)
    return StuckWork(
        failed_transactions=tuple(entries.filter(state=State.FAILED)[:ROWS_SHOWN]),
        waiting_transactions=tuple(waits[:ROWS_SHOWN]),
        ended_runs=tuple(ended.order_by("-id")[:ROWS_SHOWN]),
        silent_runs=tuple(_free_runs(now).filter(since__lt=_late(now)).order_by("since")[:ROWS_SHOWN]),
        failed_previews=tuple(failed[:ROWS_SHOWN]),
    )


def queues(now: datetime) -> list[Finding]:
    """How long the oldest row of each queue waits."""
    entries = OutboxEntry.objects.filter(state=State.PENDING)
    previews = SpecDocument.objects.filter(preview_state=SpecDocument.Preview.WAITING)
    return [
        age("runs", "run that a worker could take", _free_runs(now).aggregate(at=Min("since"))["at"], now),
        age("sender", "transaction to sign", entries.aggregate(at=Min("created_at"))["at"], now),
        age("preview", "circuit to draw", previews.aggregate(at=Min("created_at"))["at"], now),
        _documents(),
    ]


def transactions() -> Finding:
    """What the outbox gave up, and what waits for something."""
    failed = OutboxEntry.objects.filter(state=State.FAILED).count()
    waiting = OutboxEntry.objects.exclude(error="").exclude(state__in=[State.FAILED, State.FINAL]).count()
    if waiting:
        return broken("outbox", f"{waiting:,} cannot go on now, {failed:,} failed")
    said = note if failed else fine
    return said("outbox", f"none waits for help, {failed:,} failed")


def runs() -> Finding:
    """Runs that only a person takes up again."""
    ended = Run.objects.filter(state__in=RESUMABLE_STATES)
    paused, failed = ended.filter(state=RunState.PAUSED).count(), ended.filter(state=RunState.FAILED).count()
    said = broken if paused else note if failed else fine
    return said("ended runs", f"{paused:,} paused, {failed:,} failed")


def _documents() -> Finding:
    states = VersionMetadata.State
    missing = VersionMetadata.objects.filter(state=states.MISSING).count()
    unread = VersionMetadata.objects.filter(state=states.UNREAD).count()
    if missing:
        return note(
            "documents", f"{missing} dataset documents are in no store that we reach; {unread} unread"
        )
    return fine("documents", f"{unread or 'no'} dataset documents wait to be read")


def _free_runs(now: datetime) -> QuerySet[Any]:
    """Runs that a worker could take; `since` is when the last reason to leave them ended."""
    return Run.objects.filter(
        Q(lease_until=None) | Q(lease_until__lt=now),
        Q(not_before=None) | Q(not_before__lte=now),
        state__in=OURS_TO_MOVE,
    ).annotate(since=Greatest("created_at", "lease_until", "not_before", "heartbeat_at"))


def _late(now: datetime) -> datetime:
    return now - timedelta(seconds=LATE_SECONDS)
