"""Starts a program of ours in a sandboxed child process."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from common.isolation.paths import SYSTEM_PATHS, python_paths
from qjobs.runner.limits import MIB, RunLimits

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = tuple(ROOT / name for name in ("qjobs", "storage", "common"))
"""All that the child may import of ours: no settings, no keys, no web3."""

ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "RAYON_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
    "JOBLIB_MULTIPROCESSING": "0",
}
"""The child's whole environment beside its scratch folder. Linear algebra runs on one thread.

One arena: under a limit of address space a thread cannot reserve its own, and then asks the kernel for every
block: Aer, which works in a thread, took 50 times as long.
"""

PIPE_BYTES = 1 << 16

PROBE_LIMITS = RunLimits(run_seconds=30, memory_bytes=1024 * MIB, output_bytes=MIB)


def start_isolated(
    entry: Iterable[str],
    *,
    folder: Path,
    readable: Iterable[Path],
    writable: Iterable[Path],
    limits: RunLimits,
    packages: tuple[Path, ...] = PACKAGES,
    secret: bytes = b"",
    required: Iterable[str] = (),
) -> subprocess.Popen[bytes]:
    """Starts `python -m entry...` with its rights given up; its first line on stdout names the layers that
    hold.

    `folder`: the caller's own, gets `code/` (links to our packages), `scratch/` and `stderr.txt`.
    `secret`: a few bytes for the child's standard input alone. `required`: layers without which it ends.
    """
    code, scratch = folder / "code", (folder / "scratch").resolve()
    code.mkdir()
    scratch.mkdir()
    for package in packages:
        (code / package.name).symlink_to(package)
    order = {
        "entry": list(entry),
        "required": list(required),
        "readable": [*SYSTEM_PATHS, *python_paths(), str(code), *map(str, (*packages, *readable))],
        "writable": ["/dev/null", str(scratch), *map(str, writable)],
        "limits": {
            "run_seconds": limits.run_seconds + 1,
            "memory_bytes": limits.memory_bytes,
            "output_bytes": limits.output_bytes,
        },
    }
    with (folder / "stderr.txt").open("wb") as errors, _pipe_of(secret) as whispered:
        return subprocess.Popen(
            [sys.executable, "-s", "-m", "qjobs.runner.child", json.dumps(order)],
            cwd=code,
            env={**ENVIRONMENT, "HOME": str(scratch), "TMPDIR": str(scratch)},
            stdin=whispered,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        )


@contextmanager
def _pipe_of(secret: bytes) -> Iterator[int]:
    """The reading end of a pipe that holds these bytes: a secret that is in no file and in no argument."""
    if len(secret) > PIPE_BYTES:
        raise ValueError(f"a pipe takes {PIPE_BYTES} bytes before anybody reads, not {len(secret)}")
    reading, writing = os.pipe()
    try:
        os.write(writing, secret)
        os.close(writing)
        yield reading
    finally:
        os.close(reading)


def stop(child: subprocess.Popen[bytes]) -> None:
    """Kills the child's whole session and waits for it."""
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    if child.stdout is not None:
        child.stdout.close()


def isolation() -> str:
    """What holds a run here: layers joined by "+", or "none" where there is no network namespace."""
    with tempfile.TemporaryDirectory(prefix="qommons-probe-") as name:
        child = start_isolated([], folder=Path(name), readable=(), writable=(), limits=PROBE_LIMITS)
        try:
            output, _ = child.communicate(timeout=PROBE_LIMITS.run_seconds)
        except subprocess.TimeoutExpired:
            return "none"
        finally:
            stop(child)
    line = output.split(b"\n", 1)[0]
    return layers_in_words(json.loads(line)["layers"]) if line else "none"


def layers_in_words(layers: Iterable[str]) -> str:
    """ "none" wherever the network could be reached, whatever else holds."""
    held = list(layers)
    return "+".join(held) if "network" in held else "none"
