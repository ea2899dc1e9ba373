"""What changed between two tables: columns by name, rows as a whole wherever they stand."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from common.tables.reading import OpenTable

ROWS_SHOWN, COLUMNS_SHOWN, CELL_CHARS = 5, 12, 80
DIGEST_BYTES = 16


@dataclass(frozen=True)
class Difference:
    """Rows are compared by the columns that both tables have; the same row twice counts twice.

    The first rows are shown cut to their first columns, and their cells to a line.
    """

    columns_added: list[str]
    columns_removed: list[str]
    columns_compared: list[str]
    rows_added: int
    rows_removed: int
    rows_kept: int
    first_added: list[list[str]]
    first_removed: list[list[str]]


def difference(before: OpenTable, after: OpenTable) -> Difference:
    """Memory holds 16 bytes and a count for each different row of the table before."""
    shared = [name for name in before.names if name in set(after.names)]
    old_rows, new_rows = _by_columns(before, shared), _by_columns(after, shared)
    unmet = Counter(_digest(row) for row in old_rows())
    kept = 0
    added: list[list[str]] = []
    rows_added = 0
    for row in new_rows():
        digest = _digest(row)
        if unmet[digest] > 0:
            unmet[digest] -= 1
            kept += 1
            continue
        rows_added += 1
        if len(added) < ROWS_SHOWN:
            added.append(_shown(row))
    return Difference(
        columns_added=[name for name in after.names if name not in set(before.names)],
        columns_removed=[name for name in before.names if name not in set(after.names)],
        columns_compared=shared,
        rows_added=rows_added,
        rows_removed=unmet.total(),
        rows_kept=kept,
        first_added=added,
        first_removed=_first_unmet(old_rows(), unmet),
    )


def _first_unmet(rows: Iterator[list[str]], unmet: Counter[bytes]) -> list[list[str]]:
    found: list[list[str]] = []
    wanted = min(ROWS_SHOWN, unmet.total())
    for row in rows:
        if len(found) == wanted:
            break
        digest = _digest(row)
        if unmet[digest] > 0:
            unmet[digest] -= 1
            found.append(_shown(row))
    return found


def _shown(row: list[str]) -> list[str]:
    return [cell if len(cell) <= CELL_CHARS else cell[: CELL_CHARS - 1] + "…" for cell in row[:COLUMNS_SHOWN]]


def _by_columns(table: OpenTable, names: list[str]) -> Callable[[], Iterator[list[str]]]:
    places = [table.names.index(name) for name in names]
    return lambda: ([row[place] for place in places] for row in table.rows())


def _digest(row: list[str]) -> bytes:
    """Each cell with its length, so that no two rows run into one."""
    whole = "".join(f"{len(cell)}:{cell}" for cell in row)
    return hashlib.blake2b(whole.encode(), digest_size=DIGEST_BYTES).digest()
