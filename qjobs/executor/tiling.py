"""Takes one tile's lease and computes it; the run itself is joined by whoever takes it next."""

from contextlib import suppress
from datetime import timedelta
from functools import partial

import structlog
from django.db import InterfaceError, OperationalError, connection
from django.db.models import F
from django.db.models.functions import Now
from django.views.decorators.debug import sensitive_variables

from chain.client import client
from chain.deployments import current
from common.errors import PermanentError, RetryableError
from marketplace.store import content_store
from qjobs.errors import LeaseLost
from qjobs.executor.endings import bound_transactions, is_of_the_disk, state_after, worker_name
from qjobs.executor.inputs import Scratch, fetched_inputs, keys_of_sealed, limits_of
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
from qjobs.rules.run_states import MAX_LOST_ATTEMPTS, RunState, retry_seconds
from qjobs.runner import RunCancelled, RunCrashed
from qjobs.runner.tiles import compute_tile

log = structlog.get_logger()


def advance_tile(*, job_id: int, task: int, number: int) -> None:
    """Computes one tile; does nothing where somebody else holds it or nothing is to do. May be repeated."""
    bound_transactions()
    lease = take_tile(job_id=job_id, task=task, number=number, owner=worker_name())
    if lease is None:
        return
    with Heartbeat(partial(beat_tile, lease), f"tile-{lease.tile_id}") as heartbeat:
        try:
            _compute(lease, heartbeat)
        except (LeaseLost, RunCancelled):
            log.info("tile_lease_lost", job_id=job_id, task=task, number=number, fence=lease.fence)
        except RunCrashed as error:
            _count_crash(lease, error)
        except RetryableError as error:
            _retry_later(lease, error.message)
        except PermanentError as error:
            end_held(lease, state_after(error), error.message)
        except (OperationalError, InterfaceError) as error:
            log.warning("database_away", job_id=job_id, task=task, reason=type(error).__name__)
            connection.close()
            with suppress(OperationalError, InterfaceError):
                _retry_later(lease, type(error).__name__)
        except OSError as error:
            if is_of_the_disk(error):
                _retry_later(lease, str(error))
            else:
                _count_crash(lease, RunCrashed(str(error)))


@sensitive_variables()
def _compute(lease: TileLease, heartbeat: Heartbeat) -> None:
    """Asks the chain again, as before every computation, and has a child compute the tile."""
    run = Run.objects.get(pk=lease.run_id)
    job, executor = checked_claim(run, client(), current())
    store = content_store()
    file_keys = keys_of_sealed(run, job, executor, store)
    with Scratch(f"tile-{run.job_id}-{run.task}-{lease.number}", lease.fence) as folder:
        inputs, workdir = fetched_inputs(job, store, folder), folder / "work"
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
        )
        finish_tile(lease, file)


def _count_crash(lease: TileLease, error: RunCrashed) -> None:
    """The child was killed from outside: tried again, but not for ever."""
    tile = Tile.objects.filter(pk=lease.tile_id).first()
    if tile is None:
        return
    lost = tile.lost_attempts + 1
    log.warning("tile_crashed", run=lease.run_id, number=lease.number, lost=lost, reason=error.message)
    if lost >= MAX_LOST_ATTEMPTS:
        end_held(lease, RunState.FAILED, WORKER_LOST)
    else:
        release_tile(lease, lost_attempts=lost)


def _retry_later(lease: TileLease, reason: str) -> None:
    """A node, a store or room on a disk is away: the row waits, longer each time."""
    tile = Tile.objects.filter(pk=lease.tile_id).first()
    if tile is None:
        return
    wait = timedelta(seconds=retry_seconds(tile.retries))
    log.info("tile_waits", run=lease.run_id, number=lease.number, reason=reason)
    release_tile(lease, retries=F("retries") + 1, not_before=Now() + wait)
