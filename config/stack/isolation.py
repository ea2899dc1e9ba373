"""Whether this machine lets us shut a job in: user and network namespaces, tried in a child process."""

import subprocess
import sys

# CLONE_NEWUSER | CLONE_NEWNET: what the runner of jobs asks for.
_TRIAL = """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
sys.exit(0 if libc.unshare({flags}) == 0 else ctypes.get_errno())
"""
_NEW_USER, _NEW_NET = 0x10000000, 0x40000000


def can_unshare(flags: int = _NEW_USER | _NEW_NET) -> bool:
    """True when a child may enter namespaces of its own, so that a job sees no network."""
    if not sys.platform.startswith("linux"):
        return False
    trial = subprocess.run(
        [sys.executable, "-I", "-c", _TRIAL.format(flags=flags)], capture_output=True, check=False
    )
    return trial.returncode == 0
