"""The parent's side of a run: starts the child, watches it, takes its outputs or says how it ended."""

import errno
import json
import os
import shutil
import signal
import stat
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from common.strict_json import NotJson, strict_loads
from qjobs.algorithms.progress import ProgressEvent
from qjobs.algorithms.tiling.rules import MOST_TILES
from qjobs.runner.errors import (
    DiskFull,
    OutputRefused,
    RunCrashed,
    RunOutOfMemory,
    RunRefused,
    RunSplit,
    RunTimedOut,
)
from qjobs.runner.events import MAX_TEXT, progress_of, read_events
from qjobs.runner.limits import (
    MEASUREMENTS_NAME,
    MODEL_NAME,
    OUTPUT_NAMES,
    SMALL_OUTPUT_BYTES,
    RunLimits,
)
from qjobs.runner.process import layers_in_words, start_isolated, stop
from qjobs.runner.sealing import NO_KEYS, ChildKeys, checked_digests
from qjobs.runner.tile_order import TileOrder
from storage.age.file_key import FileKey

PRIVATE_LAYERS = ("network",)
"""Without these a run on private data could send it away."""

METRICS_NAME = "metrics.json"
CHECKPOINT_NAME = "checkpoint.safetensors"
ERRORS_SHOWN = 800
LEAST_FREE_BYTES = 2**20
"""With less on the disk a child may not even have been able to say that it is full."""

OPENBLAS_IS_FULL = "OpenBLAS error: Memory allocation"

NATIVE_FAULTS = frozenset({signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS})
"""Out of memory, libsvm and others fault, since they do not look at what an allocation gave."""


@dataclass(frozen=True)
class RunOutput:
    """files: name -> path; isolation: see `process.isolation`; environment: name -> version.

    plain_digests: of the files that are sealed, by name.
    """

    files: Mapping[str, Path]
    metrics: Mapping[str, Any]
    isolation: str
    environment: Mapping[str, str]
    plain_digests: Mapping[str, str] = field(default_factory=dict)


def run_job(  # noqa: PLR0917 (the callers' seam, agreed by position)
    spec_bytes: bytes,
    inputs: Mapping[int, Path],
    workdir: Path,
    on_event: Callable[[ProgressEvent], None],
    should_stop: Callable[[], bool],
    limits: RunLimits,
    file_keys: Mapping[int, FileKey] = NO_KEYS,
    kept: Path | None = None,
    sealing: Mapping[str, FileKey] = NO_KEYS,
    tiles: TileOrder | None = None,
    parent: Path | None = None,
) -> RunOutput:
    """Runs the spec on the given content files (token id -> path) in a child process.

    `workdir` is an existing empty folder of the caller's, who also removes it. Both callbacks run in the
    caller's thread, `should_stop` at least every 0.2 s; an exception from either stops the child.
    `file_keys`: of the inputs that are sealed; only the child opens them, and only where it has no network.
    `kept`: an existing folder for the job alone, in which an attempt that is killed leaves what the next one
    goes on from; None leaves nothing. `sealing`: a fresh key for each output that the child seals before it
    writes it. `tiles`: see `TileOrder`; None never splits. `parent`: a folder with the files of the model
    that training begins with, named as in `parent_files`. Raises the errors of `qjobs.runner.errors`, and
    `RunSplit`.
    """
    spec_path, output = workdir / "spec.json", workdir / "output"
    spec_path.write_bytes(spec_bytes)
    output.mkdir()
    paths = {str(token_id): str(Path(path).resolve()) for token_id, path in inputs.items()}
    order = tiles or TileOrder()
    if kept is None:
        kept = workdir / "kept"
        kept.mkdir()
    checkpoint, begun = str(kept.resolve() / CHECKPOINT_NAME), "" if parent is None else str(parent.resolve())
    words = [str(spec_path.resolve()), str(output.resolve()), json.dumps(paths)]
    words += [checkpoint, order.as_text(), begun]
    child = start_isolated(
        ["qjobs.runner.job", *words],
        folder=workdir,
        readable=[spec_path.resolve(), *map(Path, paths.values()), *order.folders, *folders(parent)],
        writable=[output.resolve(), kept.resolve()],
        limits=limits,
        secret=ChildKeys(file_keys, sealing).as_bytes(),
        required=PRIVATE_LAYERS if file_keys else (),
    )
    try:
        isolation, ending = _watch(child, on_event, should_stop, limits)
        child.wait(timeout=limits.run_seconds)
    finally:
        stop(child)
    if ending is not None and child.returncode == 0 and ending["event"] == "split":
        raise RunSplit(_tile_count(ending))
    if ending is None or child.returncode != 0 or ending["event"] != "done":
        raise failure_of(child, ending, workdir, limits, says_rows=bool(file_keys))
    files = _collected(output, limits)
    metrics = _metrics(files)
    environment = {str(key): str(value)[:MAX_TEXT] for key, value in ending.get("environment", {}).items()}
    digests = checked_digests(files, sealing, ending.get("sealed"))
    return RunOutput(files, metrics, isolation, environment, digests)


def folders(folder: Path | None) -> list[Path]:
    """For the list of what a child may read: the folder where there is one."""
    return [] if folder is None else [folder.resolve()]


def _watch(
    child: subprocess.Popen[bytes],
    on_event: Callable[[ProgressEvent], None],
    should_stop: Callable[[], bool],
    limits: RunLimits,
) -> tuple[str, dict[str, Any] | None]:
    """Isolation and the last event that ends a run, None where the pipe closed without one."""
    isolation, ending = "none", None
    for event in read_events(child, run_seconds=limits.run_seconds, should_stop=should_stop):
        if event["event"] == "isolated":
            isolation = layers_in_words(str(layer) for layer in event.get("layers", ()))
        elif event["event"] == "progress":
            on_event(progress_of(event))
        else:
            ending = event
    return isolation, ending


def _tile_count(ending: dict[str, Any]) -> int:
    count = ending.get("tiles")
    if type(count) is not int or not 1 < count <= MOST_TILES:
        raise RunCrashed("the child asked for a number of tiles that there cannot be")
    return count


def failure_of(
    child: subprocess.Popen[bytes],
    ending: dict[str, Any] | None,
    workdir: Path,
    limits: RunLimits,
    *,
    says_rows: bool,
) -> Exception:
    """What to raise where the child did not end with `done`; `says_rows`: see `_sudden_end`."""
    kind = ending["event"] if ending else ""
    message = str(ending.get("message", ""))[:MAX_TEXT] if ending else ""
    if kind == "refused":
        return RunRefused(message, code=str(ending.get("code", RunRefused.code))[:64] if ending else None)
    if kind == "out_of_memory":
        return RunOutOfMemory(f"the run needs more than its {limits.memory_bytes} bytes of memory")
    return _sudden_end(child, workdir, limits, says_rows=says_rows)


def _sudden_end(
    child: subprocess.Popen[bytes], workdir: Path, limits: RunLimits, *, says_rows: bool
) -> Exception:
    """What the child's exit code and its last words tell, where it sent no ending.

    `says_rows`: its words may hold rows of private data, so they are not repeated.
    """
    if -child.returncode in NATIVE_FAULTS:
        fault = signal.Signals(-child.returncode).name
        return RunOutOfMemory(
            f"ended by {fault}, as native code does at the limit of {limits.memory_bytes} bytes"
        )
    if child.returncode == -signal.SIGXCPU:
        return RunTimedOut(f"the run was stopped after {limits.run_seconds} s of CPU time")
    if child.returncode == -signal.SIGXFSZ:
        return OutputRefused(f"the run wrote a file of more than {limits.output_bytes} bytes")
    with (workdir / "stderr.txt").open("rb") as errors:
        said = errors.read(2**20)[-ERRORS_SHOWN:].decode(errors="replace").strip()
    if OPENBLAS_IS_FULL in said:
        return RunOutOfMemory(f"the run needs more than its {limits.memory_bytes} bytes of memory")
    if os.strerror(errno.ENOSPC) in said or shutil.disk_usage(workdir).free < LEAST_FREE_BYTES:
        return DiskFull("the disk of the run's working folder is full")
    words = "words that may hold private rows" if said and says_rows else said or "nothing"
    return RunCrashed(f"the child ended with code {child.returncode} and no result; it said: {words}")


def _collected(output: Path, limits: RunLimits) -> dict[str, Path]:
    """The outputs by name: listed names, plain files, within their sizes."""
    files: dict[str, Path] = {}
    total = 0
    for path in sorted(output.iterdir()):
        status = path.lstat()
        is_known = path.name in OUTPUT_NAMES or path.name == MEASUREMENTS_NAME
        if not is_known or not stat.S_ISREG(status.st_mode):
            raise OutputRefused(f"the run wrote {path.name[:80]!r}, which is no output")
        is_large = path.name in (MODEL_NAME, MEASUREMENTS_NAME)
        allowed = limits.output_bytes if is_large else SMALL_OUTPUT_BYTES
        total += status.st_size
        if status.st_size > allowed or total > limits.output_bytes:
            raise OutputRefused(f"{path.name} has {status.st_size} bytes; the limit is {allowed}")
        files[path.name] = path
    missing = OUTPUT_NAMES - files.keys()
    if missing:
        raise OutputRefused(f"the run did not write {', '.join(sorted(missing))}")
    return files


def _metrics(files: Mapping[str, Path]) -> Mapping[str, Any]:
    try:
        metrics = strict_loads(files[METRICS_NAME].read_bytes())
    except NotJson as error:
        raise OutputRefused("metrics.json is not JSON") from error
    if not isinstance(metrics, dict):
        raise OutputRefused("metrics.json is no object")
    return metrics
