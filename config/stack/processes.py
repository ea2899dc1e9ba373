"""Processes by pid and start time, so that a pid used again is never taken for the old process."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from config.stack.errors import PartFailed

PROC = Path("/proc")


@dataclass(frozen=True)
class ProcessId:
    """One process for all time: its pid and the moment at which the kernel started it (opaque text)."""

    pid: int
    started: str


def identify(pid: int) -> ProcessId | None:
    """The living process of that pid, or None; a zombie counts as gone."""
    started = _started(pid)
    return ProcessId(pid, started) if started else None


def is_alive(process: ProcessId) -> bool:
    """True while exactly this process lives."""
    return identify(process.pid) == process


def _started(pid: int) -> str | None:
    if not PROC.is_dir():
        return _started_by_ps(pid)
    try:
        stat = (PROC / str(pid) / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = stat.rpartition(")")[2].split()  # the name before it may hold spaces
    return None if fields[0] in "ZX" else fields[19]


def _started_by_ps(pid: int) -> str | None:
    answer = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return answer.stdout.strip() or None


def command_of(pid: int) -> list[str]:
    """The words of a living process's command line; empty where it cannot be read."""
    try:
        return (PROC / str(pid) / "cmdline").read_text(errors="replace").split("\0")[:-1]
    except OSError:
        return []


def resident_bytes(pid: int) -> int:
    """How much memory a living process has in use; 0 where that cannot be read."""
    try:
        return int((PROC / str(pid) / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def children(pid: int) -> list[ProcessId]:
    """Every living process whose parent is pid."""
    return _living_by_parent().get(pid, [])


def descendants(pid: int) -> list[ProcessId]:
    """Every living process below pid, parents before children."""
    by_parent = _living_by_parent()
    found: list[ProcessId] = []
    waiting = [pid]
    while waiting:
        below = by_parent.pop(waiting.pop(), [])
        found.extend(below)
        waiting.extend(process.pid for process in below)
    return found


def _living_by_parent() -> dict[int, list[ProcessId]]:
    by_parent: dict[int, list[ProcessId]] = {}
    for entry in PROC.glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[0] not in "ZX":
            by_parent.setdefault(int(fields[1]), []).append(ProcessId(int(entry.parent.name), fields[19]))
    return by_parent


def marked(name: str, value: str) -> list[ProcessId]:
    """Every living process of ours whose environment had this variable when it started."""
    wanted = f"{name}={value}".encode()
    found: list[ProcessId] = []
    for entry in PROC.glob("[0-9]*/environ"):
        try:
            is_marked = wanted in entry.read_bytes().split(b"\0")
        except OSError:  # another user's, or gone
            continue
        process = identify(int(entry.parent.name)) if is_marked else None
        if process is not None:
            found.append(process)
    return found


def send(process: ProcessId, number: int) -> None:
    """Sends the signal to exactly this process; one that has gone already is no error."""
    if is_alive(process):
        with suppress(ProcessLookupError):
            os.kill(process.pid, number)


def kill_all(processes: Iterable[ProcessId]) -> None:
    """Ends them at once and for good."""
    for process in processes:
        send(process, signal.SIGKILL)


def wait_gone(process: ProcessId, seconds: float) -> bool:
    """True when the process has gone within that time."""
    deadline = time.monotonic() + seconds
    while is_alive(process):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def write_pid_file(file: Path, process: ProcessId) -> None:
    """Replaces the file in one step."""
    draft = file.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps({"pid": process.pid, "started": process.started}))
    draft.replace(file)


def read_pid_file(file: Path) -> ProcessId | None:
    """The living process that the file names; None for no file, a broken one, or a pid used again."""
    try:
        written = json.loads(file.read_text())
        process = ProcessId(int(written["pid"]), str(written["started"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return process if is_alive(process) else None


def wait_ready(
    name: str,
    is_ready: Callable[[], bool],
    child: "subprocess.Popen[bytes]",
    log: Path | None,
    seconds: float,
) -> None:
    """Waits until is_ready() is true; PartFailed with the log's tail when the child ends or time is over."""
    deadline = time.monotonic() + seconds
    while not is_ready():
        if child.poll() is not None:
            raise PartFailed(f"{name} ended with code {child.returncode} while starting. {tail(log)}")
        if time.monotonic() > deadline:
            raise PartFailed(f"{name} was not ready within {seconds:.0f} s. {tail(log)}")
        time.sleep(0.02)


def tail(log: Path | None, lines: int = 8) -> str:
    """The last lines of a log with its path, for the end of a message."""
    if log is None:
        return ""
    try:
        with log.open("rb") as handle:
            handle.seek(max(0, log.stat().st_size - 8192))
            text = handle.read().decode(errors="replace")
    except OSError:
        return ""
    last = "\n".join("  " + line for line in text.splitlines()[-lines:])
    return f"Its log ({log}) ends:\n{last}" if last else f"Its log ({log}) is empty."
