"""The commands on a whole stack: run it here, run it in the background, stop it, tell how it is."""

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from config.stack import doctor, processes
from config.stack.bring_up import BringUp
from config.stack.endpoints import read_json
from config.stack.errors import StackError
from config.stack.guard import StopRequested, is_locked, lock_stack, run_guarded
from config.stack.layout import Layout
from config.stack.queue_folders import ensure_queue_folders
from config.stack.supervisor import Supervisor, end_leftovers

LOW_DISK_BYTES = 100 * 1024 * 1024
STOP_SECONDS = 60
DETACHED_START_SECONDS = 900  # a first start compiles the contracts

Announce = Callable[[str], None]


def announce(line: str) -> None:
    """Prints a line at once; a terminal that has gone is no reason to stop."""
    with suppress(OSError):
        print(line, flush=True)


def run_here(layout: Layout, environ: Mapping[str, str]) -> int:
    """Runs the stack until Ctrl-C or `down`; gives the exit code."""
    return run_locked(layout, lambda: _supervise(layout, environ))


def run_locked(layout: Layout, supervise: Callable[[], int]) -> int:
    """Runs supervise() below a guard, as the only stack of this var/; ends first what a killed one left."""
    layout.make_folders()
    lock = lock_stack(layout)
    (layout.run_dir / "state.json").unlink(missing_ok=True)
    try:
        if end_leftovers(layout):
            announce("note       an earlier stack was killed; what it left running is ended")
        return run_guarded(layout, supervise)
    finally:
        lock.release()


def _supervise(layout: Layout, environ: Mapping[str, str]) -> int:
    supervisor = Supervisor(layout, announce)
    try:
        _refuse_what_cannot_work(layout, environ)
        stack = BringUp(layout, environ, supervisor, announce)
        stack.run()
        site = environ.get("SITE_URL") or stack.endpoints.get("SITE_URL", "")
        supervisor.write_state("ready")
        announce(f"ready      {site}  (Ctrl-C or `manage.py down` stops everything)")
        _watch(layout, environ, supervisor)
    except StackError as error:
        announce(f"stopped    {error}")
        return 1
    except OSError as error:
        announce(f"stopped    {_in_words(error)}")
        return 1
    except StopRequested:
        announce("stopping   everything")
        return 0
    finally:
        _stop(supervisor)
    return 0


def _in_words(error: OSError) -> str:
    place = f" ({error.filename})" if error.filename else ""
    return f"the system says: {error.strerror or error}{place}"


def _stop(supervisor: Supervisor) -> None:
    """Stops in good order; a second signal ends everything at once."""
    try:
        supervisor.stop_all()
    except StopRequested:
        announce("stopping   at once")
        supervisor.kill_all()


def _refuse_what_cannot_work(layout: Layout, environ: Mapping[str, str]) -> None:
    findings = doctor.examine(layout, environ, doctor.BEFORE_START)
    for finding in findings:
        if not finding.is_fine:
            announce(str(finding))
    if any(finding.is_broken for finding in findings):
        raise StackError("something that the stack needs is broken (`manage.py doctor` tells all)")


def _watch(layout: Layout, environ: Mapping[str, str], supervisor: Supervisor) -> None:
    has_own_queue = not environ.get("BROKER_URL", "").strip()
    is_disk_low = False
    looked_at_disk = 0.0
    while True:
        supervisor.check()
        if has_own_queue:
            with suppress(OSError):
                ensure_queue_folders(layout.queue_dir)
        if time.monotonic() - looked_at_disk > 10:
            looked_at_disk = time.monotonic()
            was_low, is_disk_low = is_disk_low, shutil.disk_usage(layout.var_dir).free < LOW_DISK_BYTES
            if is_disk_low and not was_low:
                announce(
                    f"note       the disk of {layout.var_dir} is almost full; make room or writes will fail"
                )
        time.sleep(0.25)


def run_detached(layout: Layout, environ: Mapping[str, str]) -> int:
    """Starts the stack in the background, shows its lines, returns when it is ready or has failed.

    One that is ready already counts as started.
    """
    layout.make_folders()
    if is_locked(layout):
        return _await_other(layout)
    (layout.run_dir / "state.json").unlink(missing_ok=True)  # a killed stack's
    log = layout.log_file("up")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, str(layout.root / "manage.py"), "up"],
            cwd=layout.root,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        return _relay_until_ready(layout, process, log)
    except BaseException:
        process.send_signal(signal.SIGTERM)
        process.wait()
        raise


def _relay_until_ready(layout: Layout, process: "subprocess.Popen[bytes]", log: Path) -> int:
    deadline = time.monotonic() + DETACHED_START_SECONDS
    with log.open("r", errors="replace") as lines:
        while time.monotonic() < deadline:
            has_ended = process.poll() is not None
            for line in lines:
                announce(line.rstrip("\n"))
            if has_ended:
                return process.returncode or 1
            if read_json(layout.run_dir / "state.json").get("phase") == "ready":
                return 0
            time.sleep(0.1)
    raise StackError(f"the stack was not ready within {DETACHED_START_SECONDS} s (log: {log})")


def _await_other(layout: Layout) -> int:
    deadline = time.monotonic() + DETACHED_START_SECONDS
    while is_locked(layout) and time.monotonic() < deadline:
        phase = read_json(layout.run_dir / "state.json").get("phase")
        if phase == "ready":
            announce("the stack runs already")
            return show_status(layout)
        time.sleep(0.2)
    raise StackError("another start of the stack has just ended without success; try again")


def stop(layout: Layout) -> int:
    """Stops the stack of this var/, also one whose supervisor was half killed; gives the exit code."""
    if not is_locked(layout):
        left = end_leftovers(layout)
        announce("the stack was killed; what it left running is ended" if left else "the stack does not run")
        return 0
    guard = processes.read_pid_file(layout.pid_file)
    if guard is not None:
        processes.send(guard, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while is_locked(layout) and time.monotonic() < deadline:
        time.sleep(0.1)
    if is_locked(layout) and guard is not None:
        announce("it does not stop by itself and is killed")
        processes.kill_all([*processes.descendants(guard.pid), guard])
        time.sleep(0.5)
    if is_locked(layout):
        announce(f"something still holds {layout.run_dir / 'lock'}")
        return 1
    announce("stopped")
    return 0


def show_status(layout: Layout) -> int:
    """Prints phase and parts; 0 when all of them run."""
    state = read_json(layout.run_dir / "state.json")
    parts = state.get("parts")
    if not is_locked(layout) or not isinstance(parts, list):
        announce("the stack does not run")
        return 1
    announce(f"{'stack':<10} {state.get('phase')}")
    for part in parts:
        how = "runs" if part["is_running"] else "is down"
        again = f", started again {part['restarts']} times" if part["restarts"] else ""
        announce(
            f"{part['name']:<10} {how}{again}  {part['address']}  (process {part['pid']}, log {part['log']})"
        )
    is_well = state.get("phase") == "ready" and all(part["is_running"] for part in parts)
    return 0 if is_well else 1
