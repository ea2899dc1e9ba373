"""What tests of whole runs share: a job through the sandboxed child, and what is posted of it."""

import os
import signal
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qjobs.runner import RunLimits, run_job
from qjobs.runner.limits import MIB
from qjobs.spec import JobSpec, canonical_bytes
from tests.unit.qjobs.verification.posted_jobs import Posted
from tests.vectors.qjobs.specs import write_csv

LIMITS = RunLimits(run_seconds=300, memory_bytes=1024 * MIB)


@dataclass(frozen=True)
class Ran:
    files: dict[str, bytes]
    metrics: Mapping[str, Any]
    environment: Mapping[str, str]
    events: list[Any]


def run_in_child(
    folder: Path,
    spec: JobSpec,
    content: bytes | None = None,
    on_event: Callable[[Any], None] | None = None,
    kept: Path | None = None,
) -> Ran:
    """The run of a spec on one table, or on none; `kept`: what an attempt leaves for the next one."""
    events: list[Any] = []

    def told(event: Any) -> None:
        events.append(event)
        if on_event is not None:
            on_event(event)

    output = run_job(
        canonical_bytes(spec),
        {} if content is None else {1: write_csv(folder, content)},
        Path(tempfile.mkdtemp(dir=folder)),
        told,
        lambda: False,
        LIMITS,
        kept=kept,
    )
    files = {name: path.read_bytes() for name, path in output.files.items()}
    return Ran(files, output.metrics, output.environment, events)


def kill_the_child() -> None:
    """As the kernel does it when memory runs out: no handler runs."""
    (task,) = Path("/proc/self/task").glob(str(threading.get_native_id()))
    for pid in map(int, (task / "children").read_text().split()):
        if b"qjobs.runner.job" in Path(f"/proc/{pid}/cmdline").read_bytes():
            os.kill(pid, signal.SIGKILL)


class PostedRun(Posted):
    """One settled job that the child has run: what the chain says, and every block."""

    def __init__(self, folder: Path, spec: JobSpec, content: bytes) -> None:
        self.kept, self.spec = content, spec
        ran = run_in_child(folder, spec, content)
        self.files, self.metrics, self.events = ran.files, ran.metrics, ran.events
        self.publish(folder)
