"""Who works on a tile: a lease by the database's clock and a fence, as for runs. The last one ends TILING.

Whoever locks the rows of a run and of its tiles locks the run's first.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from common.wake import wake
from qjobs.errors import LeaseLost
from qjobs.executor.lease import WORKER_LOST, append_event, lease_end
from qjobs.executor.tile_rows import forget_tiles, keep_tile
from qjobs.models import Run, Tile
from qjobs.rules.run_states import MAX_LOST_ATTEMPTS, RunState

log = structlog.get_logger()


@dataclass(frozen=True)
class TileLease:
    """The right to write one tile until somebody holds a newer fence."""

    tile_id: int
    run_id: int
    number: int
    fence: int


def take_tile(*, job_id: int, task: int, number: int, owner: str) -> TileLease | None:
    """The lease of a tile that nobody works on, or None.

    Taking over from a worker that vanished counts; after the third the whole run fails.
    """
    with transaction.atomic():
        tile = (
            Tile.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(Q(lease_until=None) | Q(lease_until__lt=Now()))
            .filter(Q(not_before=None) | Q(not_before__lte=Now()))
            .filter(run__job_id=job_id, run__task=task, run__state=RunState.TILING)
            .filter(number=number, state=Tile.State.WAITING)
            .first()
        )
        if tile is None:
            return None
        lost = tile.lost_attempts + bool(tile.lease_owner)
        Tile.objects.filter(pk=tile.pk).update(
            fence=F("fence") + 1,
            lease_owner=owner,
            lease_until=lease_end(),
            lost_attempts=lost,
            not_before=None,
        )
    lease = TileLease(tile.pk, tile.run_id, number, tile.fence + 1)
    if lost >= MAX_LOST_ATTEMPTS:
        end_held(lease, RunState.FAILED, WORKER_LOST)
        return None
    return lease


def beat_tile(lease: TileLease) -> bool:
    """Prolongs the lease; False where it is lost or given back, or the run no longer waits for tiles."""
    held = _held(lease).exclude(lease_owner="").filter(run__state=RunState.TILING)
    return bool(held.update(lease_until=lease_end()))


def finish_tile(lease: TileLease, file: Path) -> None:
    """Keeps the tile's bytes; the last tile of a run puts the run back to be joined, in this transaction.

    Raises LeaseLost where a newer lease, a pause or an end of the run came between; nothing is kept then.
    """
    with transaction.atomic():
        # The run's row orders the ends of its tiles, so that exactly one of them sees that none is left; and
        # under this lock nobody removes the run's folder, or the file of who holds the tile.
        run = Run.objects.select_for_update().get(pk=lease.run_id)
        if run.state != RunState.TILING or not _held(lease).update(fence=lease.fence):
            raise LeaseLost(
                f"tile {lease.number} of run {lease.run_id}: fence {lease.fence} is not the newest"
            )
        cid, size = keep_tile(run, file)
        _held(lease).update(
            state=Tile.State.DONE,
            cid=cid,
            size=size,
            lease_owner="",
            lease_until=None,
            retries=0,
            finished_at=Now(),
        )
        count, waiting = run.tiles.count(), run.tiles.filter(state=Tile.State.WAITING).count()
        append_event(
            run.pk,
            stage="tiles",
            message=f"Tile {lease.number + 1} is done",
            progress={"step": count - waiting, "steps": count},
        )
        if not waiting:
            Run.objects.filter(pk=run.pk).update(state=RunState.RUNNING)
            wake("qjobs.run", job_id=run.job_id, task=run.task)


def release_tile(lease: TileLease, **changes: Any) -> None:
    """Gives the row back; a lease that is lost already is nobody's to give."""
    _held(lease).update(lease_owner="", lease_until=None, **changes)


def end_held(lease: TileLease, target: RunState, reason: str) -> None:
    """Ends the run of a tile that this worker still holds; whoever comes late ends nothing."""
    with transaction.atomic():
        Run.objects.select_for_update().get(pk=lease.run_id)
        if _held(lease).update(fence=lease.fence):
            end_tiled_run(lease.run_id, target, reason)
        else:
            log.info("tile_lease_lost", run=lease.run_id, number=lease.number, fence=lease.fence)


def end_tiled_run(run_id: int, target: RunState, reason: str) -> None:
    """Ends a run that waits for tiles; does nothing where it does so no longer."""
    with transaction.atomic():
        ended = Run.objects.filter(pk=run_id, state=RunState.TILING).update(
            state=target,
            reason=reason,
            fence=F("fence") + 1,
            lease_owner="",
            lease_until=None,
            finished_at=Now(),
        )
        if ended:
            append_event(run_id, stage=target.value.lower(), message=reason)
            forget_tiles(Run.objects.get(pk=run_id))
            log.warning("tiled_run_ended", run=run_id, state=target.value, reason=reason)


def _held(lease: TileLease) -> Any:
    return Tile.objects.filter(pk=lease.tile_id, fence=lease.fence, state=Tile.State.WAITING)
