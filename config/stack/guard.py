"""Two processes watch each other, so that nothing of the stack outlives it, whichever of them is killed.

The guard (which the person started) adopts every process of the stack whose own parent dies, and ends it. The
supervisor below it does the work. When the supervisor is killed, the guard ends what is left; when the guard
is killed, the kernel tells the supervisor, which stops in good order.
"""

import fcntl
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO

from config.stack import processes
from config.stack.errors import AlreadyRunning, StackError
from config.stack.layout import Layout
from config.stack.tether import adopt_orphans, set_parent_death_signal

FAREWELL_SECONDS = 10  # what a killed supervisor leaves behind may end by itself: the chain saves its state
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopRequested(BaseException):
    """A signal asked the supervisor to stop; raised wherever it happens to be."""


@dataclass
class StackLock:
    """The right to run the stack of one var/; the kernel takes it back when its last holder dies."""

    handle: IO[str]

    def release(self) -> None:
        self.handle.close()


def lock_stack(layout: Layout) -> StackLock:
    """Takes the stack's lock; AlreadyRunning when another process has it."""
    file = layout.run_dir / "lock"
    try:
        handle = file.open("a")
    except OSError as error:
        raise StackError(f"{file} cannot be written ({error.strerror}); does var/ belong to you?") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        raise AlreadyRunning(_pid_of(layout)) from None
    return StackLock(handle)


def is_locked(layout: Layout) -> bool:
    """True while a stack of this var/ runs or is still stopping."""
    try:
        with (layout.run_dir / "lock").open("r") as handle:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _pid_of(layout: Layout) -> int:
    process = processes.read_pid_file(layout.pid_file)
    return process.pid if process else 0


def run_guarded(layout: Layout, supervise: Callable[[], int]) -> int:
    """Runs supervise() in a child below a guard; gives its exit code when nothing of the stack is left."""
    guard = os.getpid()
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)  # until both have their handlers
    child = os.fork()
    if child == 0:
        os._exit(_supervise_below(guard, supervise))
    adopt_orphans()
    for number in STOP_SIGNALS:
        signal.signal(number, _forward_to(child))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
    myself = processes.identify(guard)
    if myself is not None:
        processes.write_pid_file(layout.pid_file, myself)
    code = _wait_for(child)
    _end_leftovers(guard)
    _forget(layout.pid_file, layout.run_dir / "state.json")
    return code


def _supervise_below(guard: int, supervise: Callable[[], int]) -> int:
    os.setsid()  # Ctrl-C in a terminal reaches the guard alone, which passes it on once
    set_parent_death_signal(signal.SIGTERM)
    if os.getppid() != guard:
        return 1
    for number in STOP_SIGNALS:
        signal.signal(number, _request_stop)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
    try:
        return supervise()
    except StopRequested:
        return 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def _request_stop(_number: int, _frame: FrameType | None) -> None:
    raise StopRequested


def _forward_to(child: int) -> Callable[[int, FrameType | None], None]:
    def forward(number: int, _frame: FrameType | None) -> None:
        # The child is reaped only by _wait_for, so its pid cannot be another process's here.
        os.kill(child, signal.SIGTERM if number == signal.SIGHUP else number)

    return forward


def _wait_for(supervisor: int) -> int:
    """Reaps whatever ends until the supervisor does; ends adopted orphans, which lost their parent."""
    while True:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == supervisor:
            return os.waitstatus_to_exitcode(status)
        if pid == 0:
            _end_orphans(supervisor)
            time.sleep(0.3)


def _end_orphans(supervisor: int) -> None:
    for process in processes.children(os.getpid()):
        if process.pid != supervisor:
            processes.send(process, signal.SIGKILL)


def _end_leftovers(guard: int) -> None:
    deadline = time.monotonic() + FAREWELL_SECONDS
    while left := processes.descendants(guard):
        if time.monotonic() > deadline:
            processes.kill_all(left)
        _reap()
        time.sleep(0.05)
    _reap()


def _reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return


def _forget(*files: Path) -> None:
    for file in files:
        file.unlink(missing_ok=True)
