"""Takes one tile's lease and computes it; the run itself is joined by whoever takes it next."""

from dataclasses import dataclass
from functools import partial

import structlog
from django.views.decorators.debug import sensitive_variables

from chain.client import client
from chain.deployments import current
from common.errors import PermanentError
from marketplace.store import content_store
from qjobs.executor.endings import bound_transactions, ended, longer_wait, state_after, worker_name
from qjobs.executor.inputs import Scratch, fetched_inputs, fetched_parent, keys_of_sealed, limits_of
from qjobs.executor.lease import WORKER_LOST, Heartbeat
from qjobs.executor.steps import checked_claim
from qjobs.executor.tile_lease import (
    TileLease,
    beat_tile,
    end_held,
    finish_tile,
    release_tile,
    take_tile,
)
from qjobs.models import Run, Tile
from qjobs.rules.run_states import MAX_LOST_ATTEMPTS, RunState
from qjobs.runner import RunCrashed
from qjobs.runner.tiles import compute_tile

log = structlog.get_logger()


def advance_tile(*, job_id: int, task: int, number: int) -> None:
    """Computes one tile; does nothing where somebody else holds it or nothing is to do. May be repeated."""
    bound_transactions()
    lease = take_tile(job_id=job_id, task=task, number=number, owner=worker_name())
    if lease is None:
        return
    names = {"job_id": job_id, "task": task, "number": number}
    with (
        Heartbeat(partial(beat_tile, lease), f"tile-{lease.tile_id}") as heartbeat,
        ended(TileAttempt(lease, names)),
    ):
        _compute(lease, heartbeat)


@sensitive_variables()
def _compute(lease: TileLease, heartbeat: Heartbeat) -> None:
    """Asks the chain again, as before every computation, and has a child compute the tile."""
    run = Run.objects.get(pk=lease.run_id)
    job, executor = checked_claim(run, client(), current())
    store = content_store()
    file_keys = keys_of_sealed(run, job, executor, store)
    with Scratch(f"tile-{run.job_id}-{run.task}-{lease.number}", lease.fence) as folder:
        inputs, parent = fetched_inputs(job, store, folder), fetched_parent(job, store, folder)
        workdir = folder / "work"
        workdir.mkdir()
        file = compute_tile(
            job.spec_bytes,
            inputs,
            workdir,
            number=lease.number,
            count=run.tiles.count(),
            should_stop=lambda: heartbeat.is_lost,
            limits=limits_of(job),
            file_keys=file_keys,
            parent=parent,
        )
        finish_tile(lease, file)


@dataclass(frozen=True)
class TileAttempt:
    """One worker's attempt at a tile. names: of the job, its task and the tile."""

    lease: TileLease
    names: dict[str, int]

    def superseded(self) -> None:
        log.info("tile_lease_lost", **self.names, fence=self.lease.fence)

    def failed(self, error: PermanentError) -> None:
        end_held(self.lease, state_after(error), error.message)

    def crashed(self, error: RunCrashed) -> None:
        tile = Tile.objects.filter(pk=self.lease.tile_id).first()
        if tile is None:
            return
        lost = tile.lost_attempts + 1
        log.warning("tile_crashed", **self.names, lost=lost, reason=error.message)
        if lost >= MAX_LOST_ATTEMPTS:
            end_held(self.lease, RunState.FAILED, WORKER_LOST)
        else:
            release_tile(self.lease, lost_attempts=lost)

    def waits(self, reason: str) -> None:
        tile = Tile.objects.filter(pk=self.lease.tile_id).first()
        if tile is None:
            return
        log.info("tile_waits", **self.names, retries=tile.retries, reason=reason)
        release_tile(self.lease, **longer_wait(tile.retries))
