"""What the reader of a table may use of the machine."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ChildLimits:
    """What the child process may use. It is killed when the wall time is over."""

    memory_bytes: int = 1 << 30
    cpu_seconds: int = 60
    wall_seconds: int = 90
    answer_bytes: int = 16 << 20


CHILD_LIMITS = ChildLimits()
