"""What the reader of a table may use of the machine."""

from dataclasses import dataclass, replace

LARGE_BYTES = 256 << 20
"""A table above this size takes the one place for large ones, and more time."""
READ_BYTES_A_SECOND = 8 << 20
"""A slow machine's; the one that this was written on reads 36 MB of text and numbers a second."""


@dataclass(frozen=True)
class ChildLimits:
    """What the child process may use. It is killed when the wall time is over."""

    memory_bytes: int = 1 << 30
    cpu_seconds: int = 60
    wall_seconds: int = 90
    answer_bytes: int = 16 << 20


CHILD_LIMITS = ChildLimits()


def limits_for(size_bytes: int) -> ChildLimits:
    """The time grows with the file, the memory does not.

    >>> limits_for(5 << 30).cpu_seconds
    700
    """
    if size_bytes <= LARGE_BYTES:
        return CHILD_LIMITS
    more = size_bytes // READ_BYTES_A_SECOND
    return replace(
        CHILD_LIMITS,
        cpu_seconds=CHILD_LIMITS.cpu_seconds + more,
        wall_seconds=CHILD_LIMITS.wall_seconds + 2 * more,
    )
