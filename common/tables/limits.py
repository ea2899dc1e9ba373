"""How much of a table is read."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TableLimits:
    """What is over a limit is refused with both numbers.

    cells: rows x columns; ten million small cells take the profile about half a minute.
    cell_chars: one cell; the widest true one that we met is a paragraph of text.
    distinct_values: how many different texts of a column are counted one by one; above it the count says
        "more than".
    line_bytes: one line of JSON; a thousand columns of numbers take about 40 kB.
    expanded_bytes, expansion_ratio: a compressed file unpacked, and that by its own size; deflate makes 1,032
        of 1 at most, honest tables seldom 100.
    """

    rows: int = 1_000_000
    columns: int = 1_000
    cells: int = 10_000_000
    cell_chars: int = 10_000
    column_name_chars: int = 200
    distinct_values: int = 100_000
    line_bytes: int = 1 << 20
    expanded_bytes: int = 256 << 20
    expansion_ratio: int = 500


TABLE_LIMITS = TableLimits()
