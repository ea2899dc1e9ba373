"""What a child is given: verified bytes, keys of private data, limits, and a folder of the attempt's own."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

from django.conf import settings
from django.views.decorators.debug import sensitive_variables

from qjobs.errors import RunRefused
from qjobs.executor.checks import CheckedJob
from qjobs.executor.private_data import is_sealed, key_for, refuse_open_machine
from qjobs.models import Run
from qjobs.rules.run_states import ENDED_STATES, RunState
from qjobs.runner import RunLimits
from qjobs.runner.parent_files import SPEC_NAME, WEIGHTS_NAME
from qjobs.spec.qnn import MAX_MODEL_BYTES
from storage.age.file_key import FileKey
from storage.cid import Cid
from storage.errors import BlockMissing, CidMismatch
from storage.protocol import ContentStore

OF_A_RUN = re.compile(
    r"(?P<kind>tile-|tiles-|kept-)?(?P<job_id>\d{1,18})-(?P<task>\d{1,4})(-\d+)*$", re.ASCII
)
"""The name of a folder of one run: of an attempt, of a tile's attempt, of all tiles, of a checkpoint."""


@sensitive_variables()
def keys_of_sealed(run: Run, job: CheckedJob, executor: str, store: ContentStore) -> dict[int, FileKey]:
    """The keys of the private inputs by token id; asked for anew at every attempt and kept nowhere."""
    sealed = [one for one in job.inputs if is_sealed(one, store)]
    if not sealed:
        return {}
    refuse_open_machine()
    return {one.token_id: key_for(run, one, executor) for one in sealed}


def fetched_inputs(job: CheckedJob, store: ContentStore, folder: Path) -> dict[int, Path]:
    """The files of the datasets by token id; each block was held against its hash before it is written."""
    return {one.token_id: _fetch(store, one.cid, folder / f"dataset-{one.token_id}") for one in job.inputs}


def fetched_parent(job: CheckedJob, store: ContentStore, folder: Path) -> Path | None:
    """A folder with the files of the model that training begins with; None where there is none."""
    if job.parent is None:
        return None
    target = folder / f"parent-{job.parent.token_id}"
    target.mkdir()
    (target / SPEC_NAME).write_bytes(job.parent.spec_bytes)
    _fetch(store, job.parent.weights_cid, target / WEIGHTS_NAME, most_bytes=MAX_MODEL_BYTES)
    return target


def limits_of(job: CheckedJob) -> RunLimits:
    """The spec's limits, within what this machine gives a child."""
    limits = RunLimits.of(job.spec)
    return replace(limits, memory_bytes=min(limits.memory_bytes, settings.RUN_MEMORY_BYTES))


def _fetch(store: ContentStore, cid: Cid, target: Path, *, most_bytes: int | None = None) -> Path:
    """`most_bytes`: a stranger's manifest may say less than the file has; None asks for no limit."""
    try:
        if most_bytes is not None and store.size(cid) > most_bytes:
            raise RunRefused(f"{cid} has {store.size(cid)} bytes; the limit is {most_bytes}.")
        with target.open("wb") as handle:
            for part in store.open(cid, length=most_bytes):
                handle.write(part)
    except BlockMissing as error:
        raise RunRefused(f"The bytes of {cid} are not in the content store.") from error
    except CidMismatch as error:
        raise RunRefused(f"The stored bytes of {cid} do not match their hash.") from error
    return target


class Scratch:
    """A folder of this attempt's own, removed afterwards; leavings of earlier attempts go with it."""

    def __init__(self, name: str, fence: int) -> None:
        self._base = Path(settings.RUN_SCRATCH_DIR)
        self._prefix = f"{name}-"
        self._folder = self._base / f"{self._prefix}{fence}"

    def __enter__(self) -> Path:
        self._base.mkdir(parents=True, exist_ok=True, mode=0o700)
        for old in self._base.glob(f"{self._prefix}*"):
            shutil.rmtree(old, ignore_errors=True)
        self._folder.mkdir(mode=0o700)
        return self._folder

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


def forget_left_folders() -> None:
    """Removes the working folders that killed workers left of runs which have ended since.

    The checkpoint of a failed run stays, for the attempt of a person who resumes it.
    """
    base = Path(settings.RUN_SCRATCH_DIR)
    folders = {each: OF_A_RUN.match(each.name) for each in base.iterdir()} if base.is_dir() else {}
    jobs = {int(found["job_id"]) for found in folders.values() if found}
    rows = Run.objects.filter(job_id__in=jobs, state__in=ENDED_STATES).values_list("job_id", "task", "state")
    ended = {(job_id, task): state for job_id, task, state in rows}
    for folder, found in folders.items():
        state = ended.get((int(found["job_id"]), int(found["task"]))) if found else None
        if found and state and (found["kind"], state) != ("kept-", RunState.FAILED):
            shutil.rmtree(folder, ignore_errors=True)
