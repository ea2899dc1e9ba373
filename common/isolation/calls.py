"""A seccomp filter: no sockets, no new processes, no reach into other processes or the kernel.

Threads stay possible. Refused calls fail with EPERM; `clone3` and `io_uring_setup` say that they do not
exist, which makes the C library fall back to `clone`, whose flags a filter can read.
"""

import ctypes
import errno
import platform
import struct
from collections.abc import Mapping
from dataclasses import dataclass

PR_SET_SECCOMP = 22
SECCOMP_MODE_FILTER = 2
ALLOW = 0x7FFF0000
REFUSE = 0x00050000
KILL = 0x80000000
CLONE_THREAD = 0x00010000
X32_BIT = 0x40000000

LOAD_WORD, JUMP_EQUAL, JUMP_AT_LEAST, JUMP_ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
AT_NUMBER, AT_ARCHITECTURE, AT_FIRST_ARGUMENT = 0, 4, 16


@dataclass(frozen=True)
class Architecture:
    """Numbers of the system calls that the filter names; `audit` names the architecture itself."""

    audit: int
    clone: int
    clone3: int
    io_uring_setup: int
    refused: Mapping[str, int]


COMMON_NEW_CALLS = {
    "pidfd_send_signal": 424,
    "pidfd_getfd": 438,
    "open_tree": 428,
    "move_mount": 429,
    "fsopen": 430,
}

ARCHITECTURES = {
    "x86_64": Architecture(
        audit=0xC000003E,
        clone=56,
        clone3=435,
        io_uring_setup=425,
        refused={
            "socket": 41,
            "socketpair": 53,
            "fork": 57,
            "vfork": 58,
            "kill": 62,
            "ptrace": 101,
            "pivot_root": 155,
            "chroot": 161,
            "mount": 165,
            "umount2": 166,
            "init_module": 175,
            "add_key": 248,
            "request_key": 249,
            "keyctl": 250,
            "unshare": 272,
            "perf_event_open": 298,
            "open_by_handle_at": 304,
            "setns": 308,
            "process_vm_readv": 310,
            "process_vm_writev": 311,
            "finit_module": 313,
            "bpf": 321,
            "userfaultfd": 323,
            **COMMON_NEW_CALLS,
        },
    ),
    "aarch64": Architecture(
        audit=0xC00000B7,
        clone=220,
        clone3=435,
        io_uring_setup=425,
        refused={
            "umount2": 39,
            "mount": 40,
            "pivot_root": 41,
            "chroot": 51,
            "unshare": 97,
            "init_module": 105,
            "ptrace": 117,
            "kill": 129,
            "socket": 198,
            "socketpair": 199,
            "add_key": 217,
            "request_key": 218,
            "keyctl": 219,
            "perf_event_open": 241,
            "open_by_handle_at": 265,
            "setns": 268,
            "process_vm_readv": 270,
            "process_vm_writev": 271,
            "finit_module": 273,
            "bpf": 280,
            "userfaultfd": 282,
            **COMMON_NEW_CALLS,
        },
    ),
}


class _FilterProgram(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p)]


def forbid_calls() -> bool:
    """Installs the filter for good; False where this architecture or kernel has none."""
    architecture = ARCHITECTURES.get(platform.machine())
    if architecture is None:
        return False
    program = filter_program(architecture)
    instructions = ctypes.create_string_buffer(program, len(program))
    header = _FilterProgram(len(program) // 8, ctypes.cast(instructions, ctypes.c_void_p))
    libc = ctypes.CDLL(None, use_errno=True)
    return libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(header), 0, 0) == 0


def filter_program(architecture: Architecture) -> bytes:
    """The classic-BPF instructions, 8 bytes each."""
    lines = [
        _line(LOAD_WORD, AT_ARCHITECTURE),
        _line(JUMP_EQUAL, architecture.audit, 1, 0),
        _line(RETURN, KILL),
        _line(LOAD_WORD, AT_NUMBER),
        _line(JUMP_AT_LEAST, X32_BIT, 0, 1),
        _line(RETURN, REFUSE | errno.EPERM),
    ]
    for number in (architecture.clone3, architecture.io_uring_setup):
        lines += [_line(JUMP_EQUAL, number, 0, 1), _line(RETURN, REFUSE | errno.ENOSYS)]
    for number in sorted(architecture.refused.values()):
        lines += [_line(JUMP_EQUAL, number, 0, 1), _line(RETURN, REFUSE | errno.EPERM)]
    lines += [
        _line(JUMP_EQUAL, architecture.clone, 0, 3),
        _line(LOAD_WORD, AT_FIRST_ARGUMENT),
        _line(JUMP_ANY_BIT, CLONE_THREAD, 1, 0),
        _line(RETURN, REFUSE | errno.EPERM),
        _line(RETURN, ALLOW),
    ]
    return b"".join(lines)


def _line(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
