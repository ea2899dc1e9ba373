"""How much of a table is read, and what its reader may use of the machine."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TableLimits:
    """What is over a limit is refused with both numbers.

    cells: rows x columns; ten million small cells take the profile about half a minute.
    cell_chars: one cell; the widest true one that we met is a paragraph of text.
    distinct_values: how many different texts of a column are counted one by one; above it the count says
        "more than".
    """

    rows: int = 1_000_000
    columns: int = 1_000
    cells: int = 10_000_000
    cell_chars: int = 10_000
    column_name_chars: int = 200
    distinct_values: int = 100_000


@dataclass(frozen=True)
class ChildLimits:
    """What the child process may use. It is killed when the wall time is over."""

    memory_bytes: int = 1 << 30
    cpu_seconds: int = 60
    wall_seconds: int = 90
    answer_bytes: int = 16 << 20


TABLE_LIMITS = TableLimits()
CHILD_LIMITS = ChildLimits()
