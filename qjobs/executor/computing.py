"""Fetches verified bytes, runs the job in its child process, and freezes what came out."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Now
from django.views.decorators.debug import sensitive_variables

from marketplace.store import content_store
from qjobs.executor.checks import CheckedJob
from qjobs.executor.freezing import freeze
from qjobs.executor.inputs import Scratch, fetched_inputs, fetched_parent, keys_of_sealed, limits_of
from qjobs.executor.lease import Heartbeat, Lease, add_event, move
from qjobs.executor.tile_rows import await_tiles, forget_tiles, plan_tiles, tile_order
from qjobs.models import Run
from qjobs.rules.run_states import RunState
from qjobs.runner import (
    OutputRefused,
    ProgressEvent,
    RunOutOfMemory,
    RunTimedOut,
    run_job,
)
from qjobs.runner import RunRefused as ChildRefused
from qjobs.runner.errors import RunSplit
from storage.age.file_key import FileKey

PROGRESS_FIELDS = ("step", "steps", "metric", "loss", "seconds_left")
NO_USE_IN_GOING_ON = (ChildRefused, OutputRefused, RunOutOfMemory, RunTimedOut)


@sensitive_variables()
def compute(run: Run, lease: Lease, job: CheckedJob, executor: str, heartbeat: Heartbeat) -> None:
    """RUNNING, the computation, and FROZEN with its files; every byte and row under the lease's fence.

    A run that is large ends in TILING instead, and comes back when its tiles are done.
    """
    store = content_store()
    file_keys = keys_of_sealed(run, job, executor, store)
    if file_keys:
        add_event(lease, stage="release", message=f"Got the keys of private datasets: {len(file_keys)}")
    sealing = {name: FileKey.fresh() for name in job.sealed_files}
    # Only what is computed ends the retries: where a disk stays full each attempt waits longer.
    move(lease, RunState.RUNNING, attempts=F("attempts") + 1, retries=F("retries"), started_at=Now())
    started_at = int(time.time())
    tiles = tile_order(run)
    if tiles is None:
        await_tiles(run, lease)
        return
    with Scratch(f"{run.job_id}-{run.task}", lease.fence) as folder:
        add_event(lease, stage="fetch", message=f"Fetching and verifying datasets: {len(job.inputs)}")
        inputs, parent = fetched_inputs(job, store, folder), fetched_parent(job, store, folder)
        workdir, kept = folder / "work", _kept_folder(run)
        workdir.mkdir()
        try:
            output = run_job(
                job.spec_bytes,
                inputs,
                workdir,
                _recorder(lease),
                lambda: heartbeat.is_lost,
                limits_of(job),
                file_keys=file_keys,
                kept=kept,
                sealing=sealing,
                tiles=tiles,
                parent=parent,
            )
            freeze(lease, job, output, sealing=sealing, started_at=started_at)
        except RunSplit as split:
            plan_tiles(run, lease, split.tiles)
            return
        except NO_USE_IN_GOING_ON:
            shutil.rmtree(kept, ignore_errors=True)
            raise
    shutil.rmtree(kept, ignore_errors=True)
    forget_tiles(run)


def _kept_folder(run: Run) -> Path:
    """Where an attempt that is killed leaves its checkpoint for the next one; gone once the run has ended."""
    folder = Path(settings.RUN_SCRATCH_DIR) / f"kept-{run.job_id}-{run.task}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _recorder(lease: Lease) -> Callable[[ProgressEvent], None]:
    def record(event: ProgressEvent) -> None:
        progress = {name: getattr(event, name) for name in PROGRESS_FIELDS}
        add_event(lease, stage=event.stage, message=event.message, progress=progress)

    return record
