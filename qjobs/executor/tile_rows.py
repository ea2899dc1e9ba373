"""The tiles of a run: made by the attempt that found it large, joined by the one that finds them all done.

Their bytes lie in a folder of the run's own, never in the content store: kernels and angles of private data
are nobody else's, and nobody asks for those of public data.
"""

import os
import shutil
from pathlib import Path

from django.conf import settings
from django.db import transaction

from common.wake import wake
from qjobs.algorithms.tiling.rules import FORM, TileRules
from qjobs.executor.lease import Lease, add_event, move
from qjobs.models import Run, Tile
from qjobs.rules.run_states import RunState
from qjobs.runner.tile_order import TileOrder
from storage.importer import import_stream

NUDGES = 16
"""Tiles that are nudged at once; every look at the rows nudges more."""

STATES_WITH_TILES = (
    RunState.QUEUED,
    RunState.CLAIMING,
    RunState.CLAIMED,
    RunState.RUNNING,
    RunState.TILING,
    RunState.PAUSED,
)
"""A run in any other has no use for its tiles."""


def tile_rules() -> TileRules:
    """When runs are split here, by the settings."""
    return TileRules(
        threshold_seconds=settings.TILE_THRESHOLD_SECONDS,
        tile_seconds=settings.TILE_SECONDS,
        least_qubits=settings.TILE_LEAST_QUBITS,
    )


def tile_order(run: Run) -> TileOrder | None:
    """What the next attempt is told: the files of all tiles, or the rules where there are none yet.

    None where tiles wait: those whose bytes are gone or changed, or of a form that another release made, are
    put back first.
    """
    tiles = list(run.tiles.order_by("number"))
    if not tiles:
        return TileOrder(rules=tile_rules())
    files = [_folder(run) / tile.cid for tile in tiles]
    lost = [tile.pk for tile, file in zip(tiles, files, strict=True) if not _is_whole(tile, file)]
    Tile.objects.filter(pk__in=lost, state=Tile.State.DONE).update(
        state=Tile.State.WAITING, cid="", size=0, finished_at=None
    )
    return None if lost else TileOrder(files=tuple(files))


def plan_tiles(run: Run, lease: Lease, count: int) -> None:
    """Makes the rows and leaves the run to whoever takes them."""
    with transaction.atomic():
        add_event(lease, stage="tiles", message=f"A large run: computed in {count} tiles first")
        Tile.objects.bulk_create([Tile(run=run, number=number) for number in range(count)])
        await_tiles(run, lease)


def await_tiles(run: Run, lease: Lease) -> None:
    """TILING: nudges workers for tiles that wait."""
    with transaction.atomic():
        move(lease, RunState.TILING)
        waiting = run.tiles.filter(state=Tile.State.WAITING).order_by("number")
        for number in waiting.values_list("number", flat=True)[:NUDGES]:
            wake("qjobs.tile", job_id=run.job_id, task=run.task, number=number)


def keep_tile(run: Run, file: Path) -> tuple[str, int]:
    """Moves a tile's bytes to the run's folder under their CID; gives CID and size."""
    folder = _folder(run)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with file.open("rb") as handle:
        stored = import_stream(handle)
    os.replace(file, folder / str(stored.cid))
    return str(stored.cid), stored.size


def forget_tiles(run: Run) -> None:
    """Removes rows and bytes: the run has its result, or has ended without one.

    Rows go last, by the commit, so that a kill on the way leaves them for `forget_left_tiles`.
    """
    with transaction.atomic():
        Run.objects.select_for_update().get(pk=run.pk)
        Tile.objects.filter(run=run).delete()
        first = _first_folder(run)
        for folder in (first, *first.parent.glob(f"{first.name}-*")):
            shutil.rmtree(folder, ignore_errors=True)


def forget_left_tiles() -> None:
    """Forgets the tiles of runs that ended, or froze their result, under a worker that was killed.

    A failed run that a person resumes goes on from its checkpoint, or is split anew where it has none; a
    paused one goes on from its tiles.
    """
    left = Run.objects.filter(pk__in=Tile.objects.values("run")).exclude(state__in=STATES_WITH_TILES)
    for run_id in left.values_list("pk", flat=True):
        with transaction.atomic():
            # Asked again under the lock: a run that is resumed meanwhile may have new tiles.
            run = left.select_for_update().filter(pk=run_id).first()
            if run is not None:
                forget_tiles(run)


def _folder(run: Run) -> Path:
    """Each form has its own, so that no release finds the tiles of another."""
    first = _first_folder(run)
    return first.with_name(f"{first.name}-{FORM}")


def _first_folder(run: Run) -> Path:
    """Of the first form, whose folder does not name it."""
    return Path(settings.RUN_SCRATCH_DIR) / f"tiles-{run.job_id}-{run.task}"


def _is_whole(tile: Tile, file: Path) -> bool:
    if tile.state != Tile.State.DONE or file.is_symlink() or not file.is_file():
        return False
    with file.open("rb") as handle:
        return str(import_stream(handle).cid) == tile.cid
