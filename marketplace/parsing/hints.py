"""Hints about a table: cells that look like a person's, and columns or rows that would give a label away.

They are guesses by form over the first rows; that there is none proves nothing.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice, pairwise
from typing import Any

import numpy as np

from common.tables.reading import OpenTable
from marketplace.parsing.personal import LOOKS, is_personal_name
from marketplace.parsing.profile import MISSING, distinct

LOOKED_AT_ROWS = 20_000
LOOKED_AT_CELLS = 500_000
LOOKED_AT_COLUMNS = 200
MOST_HINTS = 50
MOST_LABELS = 8
MOST_CLASSES, MOST_REAL_CLASSES = 50, 10
LEAST_ROWS = 50
"""Fewer rows tell nothing of chance."""
PERSONAL_SHARE = 0.3
TELLING_ACCURACY = 0.98
LARGEST_BASE = 0.9
BINS = 64
ROWS_A_BIN = 5

Hint = dict[str, Any]


def hints_of(table: OpenTable, kinds: list[str]) -> list[Hint]:
    """At most 50 hints, each {kind, column, other, share}; at most 20,000 rows are read once more.

    share, 0 to 1: of the cells that look so, of the rows that are there twice, or how often a column alone is
    right about the other.
    """
    most_rows = min(LOOKED_AT_ROWS, LOOKED_AT_CELLS // len(kinds))
    rows = [[distinct(cell) for cell in row] for row in islice(table.rows(), most_rows)]
    facts = zip(table.names, kinds, zip(*rows, strict=True), strict=True)
    columns = [_Cells(*each) for each in islice(facts, LOOKED_AT_COLUMNS)]
    found = (
        *_repeated_rows(rows),
        *_personal(columns),
        *_telling(columns),
        *_identifiers(columns),
        *_equal(columns),
    )
    return list(islice(found, MOST_HINTS))


class _Cells:
    """One column's cells of the rows that are looked at."""

    def __init__(self, name: str, kind: str, cells: tuple[str, ...]) -> None:
        self.name = name
        self.cells = cells
        self.is_numeric = kind in {"integer", "real"}
        self.is_real = kind == "real"
        self.present = [cell for cell in cells if cell not in MISSING]
        self.different = len(set(self.present))

    def could_be_label(self) -> bool:
        return 2 <= self.different <= (MOST_REAL_CLASSES if self.is_real else MOST_CLASSES)

    def codes(self) -> np.ndarray:
        """(n_rows,) int64: a number from 0 for each different cell, in order of appearance."""
        known: dict[str, int] = {}
        return np.array([known.setdefault(cell, len(known)) for cell in self.cells], dtype=np.int64)

    def bins(self) -> np.ndarray | None:
        """(n_rows,) int64: numbers by quantile, few texts one by one; None where chance alone would tell."""
        rows = len(self.cells)
        if self.is_numeric and self.different > BINS:
            numbers = np.array([math.nan if cell in MISSING else float(cell) for cell in self.cells])
            edges = np.unique(
                np.nanquantile(numbers, np.linspace(0, 1, min(BINS, rows // ROWS_A_BIN) + 1)[1:-1])
            )
            return np.where(np.isnan(numbers), 0, np.searchsorted(edges, numbers, side="left") + 1)
        return self.codes() if self.different * ROWS_A_BIN <= rows else None


def _hint(kind: str, share: float, column: str = "", other: str = "") -> Hint:
    return {"kind": kind, "column": column, "other": other, "share": round(share, 4)}


def _repeated_rows(rows: list[list[str]]) -> Iterator[Hint]:
    counts = Counter("\0".join(row) for row in rows)
    repeated = sum(count for count in counts.values() if count > 1)
    if repeated:
        yield _hint("repeated_rows", repeated / len(rows))


def _personal(columns: Iterable[_Cells]) -> Iterator[Hint]:
    """One hint a column: what most of its cells look like, else what its name says."""
    for column in columns:
        if column.is_real:
            continue
        shares = {kind: _share(column.present, looks_so) for kind, looks_so in LOOKS.items()}
        kind = max(shares, key=lambda each: shares[each])
        if shares[kind] >= PERSONAL_SHARE:
            yield _hint(kind, shares[kind], column.name)
        elif is_personal_name(column.name) and column.present:
            yield _hint("personal_name", 1.0, column.name)


def _share(cells: list[str], looks_so: Callable[[str], bool]) -> float:
    return sum(looks_so(cell.strip()) for cell in cells) / len(cells) if cells else 0.0


def _identifiers(columns: Iterable[_Cells]) -> Iterator[Hint]:
    """Columns that name their row: a model that learns them learns the rows by heart."""
    for column in columns:
        names_rows = column.different == len(column.cells) >= LEAST_ROWS and not column.is_real
        if names_rows and (not column.is_numeric or _counts(column.cells)):
            yield _hint("identifier", 1.0, column.name)


def _counts(cells: tuple[str, ...]) -> bool:
    numbers = [float(cell) for cell in cells]
    return all(after == before + 1 for before, after in pairwise(numbers))


def _equal(columns: Iterable[_Cells]) -> Iterator[Hint]:
    first: dict[tuple[str, ...], str] = {}
    for column in columns:
        other = first.setdefault(column.cells, column.name)
        if other != column.name and column.different > 1:
            yield _hint("same_as", 1.0, column.name, other)


def _telling(columns: list[_Cells]) -> Iterator[Hint]:
    """Columns that alone are right about one that could be a label, nearly always and beyond chance."""
    if not columns or len(columns[0].cells) < LEAST_ROWS:
        return
    candidates = [each for each in reversed(columns) if each.could_be_label()]
    labels = [(each, each.codes()) for each in candidates[:MOST_LABELS]]
    for column in columns:
        bins = column.bins() if column.different > 1 and labels else None
        if bins is None:
            continue
        for label, classes in labels:
            accuracy, base = _accuracy(bins, classes)
            if label is not column and base <= LARGEST_BASE and accuracy >= TELLING_ACCURACY:
                yield _hint("tells", accuracy, column.name, label.name)


def _accuracy(bins: np.ndarray, classes: np.ndarray) -> tuple[float, float]:
    """How often the most frequent class of each bin is right, and how often the most frequent of all is."""
    width = int(classes.max()) + 1
    counts = np.bincount(bins * width + classes, minlength=(int(bins.max()) + 1) * width).reshape(-1, width)
    return float(counts.max(axis=1).sum() / len(classes)), float(counts.sum(axis=0).max() / len(classes))
