"""Runs one program that may not outlive the process that started it.

Used as a script, `python -I tether.py PARENT SIGNAL UID GID -- PROGRAM ...`, so that nothing of ours runs
between fork and exec. UID and GID may be `-`. A change of user clears the wish for a signal, so the wish
comes second.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


def set_parent_death_signal(number: int) -> None:
    """Asks the kernel to send this process the signal when its parent dies; a no-op outside Linux."""
    _prctl(PR_SET_PDEATHSIG, number)


def adopt_orphans() -> None:
    """Makes this process the parent of every descendant whose own parent dies; a no-op outside Linux."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def tethered(
    argv: Sequence[str | Path], *, death_signal: int = signal.SIGTERM, owner: tuple[int, int] | None = None
) -> list[str]:
    """The command that runs argv (as the owner's uid and gid) and signals it when this process dies."""
    uid, gid = owner or ("-", "-")
    script = str(Path(__file__).resolve())
    head = [sys.executable, "-I", script, str(os.getpid()), str(int(death_signal)), str(uid), str(gid), "--"]
    return head + [str(word) for word in argv]


def _prctl(option: int, value: int) -> None:
    if not sys.platform.startswith("linux"):
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl({option}) was refused")


def main(arguments: Sequence[str]) -> int:
    """Becomes the program; returns only when it cannot."""
    parent, death_signal, uid, gid, _, *argv = arguments
    if uid != "-":
        os.setgroups([])
        os.setgid(int(gid))
        os.setuid(int(uid))
    set_parent_death_signal(int(death_signal))
    if os.getppid() != int(parent):  # the parent died before the kernel knew our wish
        return 1
    try:
        os.execv(argv[0], argv)  # noqa: S606 - the words come from our own code
    except OSError as error:
        print(f"{argv[0]} cannot be run: {error.strerror}", file=sys.stderr)
        return 127


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
