"""Gives up rights of the calling process, one layer after another. Linux, standard library only.

Each function says whether it worked: a layer that the kernel or a container refuses is reported, not assumed.
"""

import ctypes
import os
import resource
from collections.abc import Iterable
from pathlib import Path

CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
CLONE_NEWIPC = 0x08000000
PR_SET_NO_NEW_PRIVS = 38
NOBODY = 65534

LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446
LANDLOCK_VERSION_FLAG = 1
LANDLOCK_PATH_BENEATH = 1
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
REMOVE_FILE, MAKE_REG, TRUNCATE = 1 << 5, 1 << 8, 1 << 14
ALL_RIGHTS_BY_VERSION = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
ALL_RIGHTS_NEWEST = (1 << 16) - 1

OPEN_FILES = 64
THREADS = 64

libc = ctypes.CDLL(None, use_errno=True)


class _RulesetAttributes(ctypes.Structure):
    _fields_ = [("handled_access_fs", ctypes.c_uint64)]


class _PathRule(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32)]


def limit_resources(*, run_seconds: int, memory_bytes: int, output_bytes: int) -> None:
    """Address space, CPU seconds, size of a file, open files, no core dump: kept by every later program."""
    for limit, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, run_seconds),
        (resource.RLIMIT_FSIZE, output_bytes),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
    ):
        _, hard = resource.getrlimit(limit)
        value = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(limit, (value, value))


def limit_processes() -> None:
    """Caps threads; for a user namespace of its own, since elsewhere the count is of the whole user."""
    resource.setrlimit(resource.RLIMIT_NPROC, (THREADS, THREADS))


def cut_network() -> bool:
    """Moves into new user, network and IPC namespaces; the only interface there is a loopback, down."""
    user, group = os.getuid(), os.getgid()
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWIPC) != 0:
        return user == 0 and libc.unshare(CLONE_NEWNET | CLONE_NEWIPC) == 0
    try:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{NOBODY} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{NOBODY} {group} 1")
    except OSError:
        # The network is cut all the same; the process only has no name for its user.
        return True
    return True


def forbid_new_rights() -> bool:
    """No later program gains rights by being set-uid; Landlock and seccomp need it."""
    return libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0


def restrict_files(readable: Iterable[str], writable: Iterable[str]) -> bool:
    """Landlock: from here on only these paths and those beneath open; missing ones are left out."""
    version = libc.syscall(LANDLOCK_CREATE, None, ctypes.c_size_t(0), LANDLOCK_VERSION_FLAG)
    if version < 1:
        return False
    handled = ALL_RIGHTS_BY_VERSION.get(version, ALL_RIGHTS_NEWEST)
    attributes = _RulesetAttributes(handled)
    ruleset = libc.syscall(
        LANDLOCK_CREATE, ctypes.byref(attributes), ctypes.c_size_t(ctypes.sizeof(attributes)), 0
    )
    if ruleset < 0:
        return False
    read = EXECUTE | READ_FILE | READ_DIR
    write = READ_FILE | READ_DIR | WRITE_FILE | REMOVE_FILE | MAKE_REG | TRUNCATE
    for paths, rights in ((readable, read), (writable, write)):
        for path in paths:
            _allow(ruleset, path, rights & handled)
    done = libc.syscall(LANDLOCK_RESTRICT, ruleset, 0) == 0
    os.close(ruleset)
    return done


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    if not os.path.isdir(path):
        rights &= EXECUTE | READ_FILE | WRITE_FILE | TRUNCATE
    rule = _PathRule(rights, handle)
    libc.syscall(LANDLOCK_ADD, ruleset, LANDLOCK_PATH_BENEATH, ctypes.byref(rule), 0)
    os.close(handle)
