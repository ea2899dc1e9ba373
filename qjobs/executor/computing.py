"""Fetches verified bytes, runs the job in its child process, and freezes what came out."""

import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.views.decorators.debug import sensitive_variables

from marketplace.store import content_store
from qjobs.errors import RunRefused
from qjobs.executor.checks import CheckedJob
from qjobs.executor.lease import Heartbeat, Lease, add_event, move
from qjobs.executor.private_data import is_sealed, key_for, refuse_open_machine
from qjobs.models import Run, RunFile
from qjobs.records import describe_files, manifest_bytes
from qjobs.rules.run_states import RunState
from qjobs.runner import (
    OutputRefused,
    ProgressEvent,
    RunLimits,
    RunOutOfMemory,
    RunOutput,
    RunTimedOut,
    run_job,
)
from qjobs.runner import RunRefused as ChildRefused
from storage.age.file_key import FileKey
from storage.cid import Cid
from storage.errors import BlockMissing, CidMismatch
from storage.protocol import ContentStore

MANIFEST_NAME = "manifest.json"
NO_USE_IN_GOING_ON = (ChildRefused, OutputRefused, RunOutOfMemory, RunTimedOut)


def compute(run: Run, lease: Lease, job: CheckedJob, executor: str, heartbeat: Heartbeat) -> None:
    """RUNNING, the computation, and FROZEN with its files; every byte and row under the lease's fence."""
    store = content_store()
    file_keys = _keys_of_sealed(run, lease, job, executor, store)
    move(lease, RunState.RUNNING, attempts=F("attempts") + 1, started_at=Now())
    started_at = int(time.time())
    with _Scratch(run, lease) as folder:
        add_event(lease, stage="fetch", message=f"Fetching and verifying datasets: {len(job.inputs)}")
        inputs = {
            one.token_id: _fetch(store, one.cid, folder / f"dataset-{one.token_id}") for one in job.inputs
        }
        workdir, kept = folder / "work", _kept_folder(run)
        workdir.mkdir()
        try:
            output = run_job(
                job.spec_bytes,
                inputs,
                workdir,
                _recorder(lease),
                lambda: heartbeat.is_lost,
                _limits(job),
                file_keys=file_keys,
                kept=kept,
            )
            _freeze(lease, job, output, store, started_at)
        except NO_USE_IN_GOING_ON:
            shutil.rmtree(kept, ignore_errors=True)
            raise
    shutil.rmtree(kept, ignore_errors=True)


def _kept_folder(run: Run) -> Path:
    """Where an attempt that is killed leaves its checkpoint for the next one; gone once the run has ended."""
    folder = Path(settings.RUN_SCRATCH_DIR) / f"kept-{run.job_id}-{run.task}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


@sensitive_variables()
def _keys_of_sealed(
    run: Run, lease: Lease, job: CheckedJob, executor: str, store: ContentStore
) -> dict[int, FileKey]:
    """The keys of the private inputs by token id; asked for anew at every attempt and kept nowhere."""
    sealed = [one for one in job.inputs if is_sealed(one, store)]
    if not sealed:
        return {}
    refuse_open_machine()
    file_keys = {one.token_id: key_for(run, one, executor) for one in sealed}
    add_event(lease, stage="release", message=f"Got the keys of private datasets: {len(sealed)}")
    return file_keys


def _limits(job: CheckedJob) -> RunLimits:
    limits = RunLimits.of(job.spec)
    return replace(limits, memory_bytes=min(limits.memory_bytes, settings.RUN_MEMORY_BYTES))


def _recorder(lease: Lease) -> Callable[[ProgressEvent], None]:
    def record(event: ProgressEvent) -> None:
        progress = {"step": event.step, "steps": event.steps, "metric": event.metric}
        add_event(lease, stage=event.stage, message=event.message, progress=progress)

    return record


def _fetch(store: ContentStore, cid: Cid, target: Path) -> Path:
    """The dataset's file; each block was held against its hash before it is written."""
    try:
        with target.open("wb") as handle:
            for part in store.open(cid):
                handle.write(part)
    except BlockMissing as error:
        raise RunRefused(f"The bytes of {cid} are not in the content store.") from error
    except CidMismatch as error:
        raise RunRefused(f"The stored bytes of {cid} do not match their hash.") from error
    return target


def _freeze(lease: Lease, job: CheckedJob, output: RunOutput, store: ContentStore, started_at: int) -> None:
    """Keeps the result's bytes and notes what the run record will state: a repeat posts exactly this."""
    add_event(lease, stage="freeze", message=f"Keeping {len(output.files)} result files")
    entries = describe_files(output.files)
    for name, path in output.files.items():
        with path.open("rb") as handle:
            stored = store.add_file(handle)
        if str(stored.cid) != entries[name].cid:
            raise RunRefused(f"{name} was stored as {stored.cid}, not as {entries[name].cid}.")
    manifest = manifest_bytes(entries)
    manifest_cid = store.add_block(manifest)
    facts = {
        "spec_cid": str(job.spec_cid),
        "datasets": [
            {
                "token_id": str(one.token_id),
                "version": one.version,
                "cid": str(one.cid),
                "content_digest": one.content_digest,
            }
            for one in job.inputs
        ],
        "started_at": started_at,
        "finished_at": int(time.time()),
        "isolation": output.isolation,
        "environment": dict(output.environment),
    }
    rows = [
        RunFile(run_id=lease.run_id, name=name, cid=entry.cid, size=entry.size, sha256=_hex(entry.sha256))
        for name, entry in entries.items()
    ]
    rows.append(
        RunFile(
            run_id=lease.run_id,
            name=MANIFEST_NAME,
            cid=str(manifest_cid),
            size=len(manifest),
            sha256=manifest_cid.digest_hex,
        )
    )
    with transaction.atomic():
        move(lease, RunState.FROZEN, facts=facts, finished_at=Now())
        RunFile.objects.filter(run_id=lease.run_id).delete()
        RunFile.objects.bulk_create(rows)
        add_event(lease, stage="frozen", message="The result's bytes are frozen")


def _hex(digest: str) -> str:
    return digest if digest.startswith("0x") else f"0x{digest}"


class _Scratch:
    """A folder of this attempt's own, removed afterwards; leavings of earlier attempts go with it."""

    def __init__(self, run: Run, lease: Lease) -> None:
        self._base = Path(settings.RUN_SCRATCH_DIR)
        self._prefix = f"{run.job_id}-{run.task}-"
        self._folder = self._base / f"{self._prefix}{lease.fence}"

    def __enter__(self) -> Path:
        self._base.mkdir(parents=True, exist_ok=True, mode=0o700)
        for old in self._base.glob(f"{self._prefix}*"):
            shutil.rmtree(old, ignore_errors=True)
        self._folder.mkdir(mode=0o700)
        return self._folder

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
