"""Keeps parts running: starts them, restarts what dies with growing pauses, stops all in reverse order."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from config.stack import processes
from config.stack.errors import StackError
from config.stack.layout import Layout
from config.stack.parts import Part
from config.stack.watchdog import Watchdog

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 30.0  # a part that ran this long starts again without a pause
MARK = "QOMMONS_STACK"  # in the environment of every part, to find what a double kill left behind
LOG_BYTES = 20 * 1024 * 1024


def pause_before_restart(failures: int) -> float:
    """Half a second after the first failure, doubled after each further one, at most thirty seconds."""
    return min(FIRST_PAUSE_SECONDS * 2.0 ** (failures - 1), LONGEST_PAUSE_SECONDS)


@dataclass
class RunningPart:
    """A part, its process now, and how often it had to be started again."""

    part: Part
    process: "subprocess.Popen[bytes]"
    log: Path
    started_at: float
    watchdog: Watchdog
    restarts: int = 0
    failures: int = 0
    restart_at: float | None = None


class Supervisor:
    """All running parts of one stack. `announce` gets each line that a person should read."""

    def __init__(self, layout: Layout, announce: Callable[[str], None]) -> None:
        self._layout = layout
        self._announce = announce
        self._running: list[RunningPart] = []
        self._phase = "starting"

    def start(self, part: Part) -> None:
        """Starts a part and returns when it is ready; PartFailed with its log's tail when it is not."""
        self.start_together([part])

    def start_together(self, parts: list[Part]) -> None:
        """Starts parts at once and returns when all are ready; PartFailed when one is not."""
        started = [self._launch(part) for part in parts]
        self._running.extend(started)
        for running in started:
            self._wait_ready(running)

    def stop(self, name: str) -> None:
        """Stops one part and forgets it."""
        chosen = [running for running in self._running if running.part.name == name]
        self._running = [running for running in self._running if running.part.name != name]
        stop_together(chosen)

    def check(self) -> None:
        """Looks at every part once: says which died, ends what is as good as dead, and starts again those
        whose pause is over.
        """
        for running in self._running:
            if running.restart_at is not None:
                if time.monotonic() >= running.restart_at:
                    self._start_again(running)
            elif running.process.poll() is not None:
                self._plan_restart(running)
            elif running.watchdog.complaint is not None:
                self._announce(f"{running.part.name:<10} {running.watchdog.complaint}: it is ended")
                stop_together([running])

    def write_state(self, phase: str) -> None:
        """What `status` reads: phase and parts, replaced in one step."""
        self._phase = phase
        parts = [
            {
                "name": running.part.name,
                "address": running.part.address,
                "pid": running.process.pid,
                "log": str(running.log),
                "restarts": running.restarts,
                "is_running": running.process.poll() is None,
            }
            for running in self._running
        ]
        file = self._layout.run_dir / "state.json"
        draft = file.with_suffix(".new")
        with suppress(OSError):  # a full disk must not stop the stack
            draft.write_text(json.dumps({"phase": phase, "parts": parts}, indent=1))
            draft.replace(file)

    def stop_all(self) -> None:
        """Stops the site's processes together, then what they lean on, last started first."""
        self.write_state("stopping")
        stop_together([running for running in self._running if not running.part.is_leaned_on])
        for running in reversed([running for running in self._running if running.part.is_leaned_on]):
            stop_together([running])
        self._running = []

    def kill_all(self) -> None:
        """Ends everything at once."""
        for running in self._running:
            _kill_tree(running.process)

    def _wait_ready(self, running: RunningPart) -> None:
        part = running.part
        if part.is_ready is not None:
            processes.wait_ready(part.name, part.is_ready, running.process, running.log, part.ready_seconds)
        self.write_state(self._phase)

    def _launch(self, part: Part) -> RunningPart:
        if part.before_start is not None:
            part.before_start()
        log = self._layout.log_file(part.name)
        try:
            if log.exists() and log.stat().st_size > LOG_BYTES:
                log.replace(log.with_suffix(".log.1"))
            output = log.open("ab")
        except OSError as error:
            raise StackError(f"the log {log} cannot be written: {error.strerror}") from error
        with output:
            process = subprocess.Popen(
                part.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=part.cwd,
                env=dict(part.environment) | {MARK: self._layout.name},
                start_new_session=True,
            )
        return RunningPart(part, process, log, time.monotonic(), Watchdog(part, process.pid))

    def _plan_restart(self, running: RunningPart) -> None:
        running.watchdog.end()
        kill_session(running.process.pid)
        lived = time.monotonic() - running.started_at
        running.failures = 1 if lived > STEADY_SECONDS else running.failures + 1
        pause = pause_before_restart(running.failures)
        running.restart_at = time.monotonic() + pause
        code = running.process.returncode
        how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
        name = running.part.name
        self._announce(f"{name:<10} {how}; it starts again in {pause:g} s (log: {running.log})")
        self.write_state(self._phase)

    def _start_again(self, running: RunningPart) -> None:
        try:
            fresh = self._launch(running.part)
        except (OSError, StackError) as error:
            running.failures += 1
            running.restart_at = time.monotonic() + pause_before_restart(running.failures)
            self._announce(f"{running.part.name:<10} could not be started again: {error}")
            return
        running.process, running.watchdog, running.started_at = (
            fresh.process,
            fresh.watchdog,
            fresh.started_at,
        )
        running.restarts += 1
        running.restart_at = None
        self.write_state(self._phase)


def stop_together(chosen: list[RunningPart]) -> None:
    """Asks all of them to end, gives each its time, and kills what is left, trees and all."""
    for running in chosen:
        running.watchdog.end()
        if running.process.poll() is None:
            running.process.send_signal(running.part.stop_signal)
    asked_at = time.monotonic()
    for running in chosen:
        patience = asked_at + running.part.stop_seconds - time.monotonic()
        with suppress(subprocess.TimeoutExpired):
            running.process.wait(max(0.05, patience))
    for running in chosen:
        _kill_tree(running.process)
        kill_session(running.process.pid)


def end_leftovers(layout: Layout) -> int:
    """Kills what an earlier stack of this var/ left running; call it only while nobody else has the lock."""
    left = processes.marked(MARK, layout.name)
    processes.kill_all(left)
    return len(left)


def kill_session(pid: int) -> None:
    """Ends what is left of a dead part's process group."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _kill_tree(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is not None:
        return
    below = processes.descendants(process.pid)
    process.kill()
    processes.kill_all(below)
    process.wait()
