"""What a table holds, column by column: types, missing values, spread, frequent values, preview."""

import hashlib
import math
import re
from array import array
from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np

from common.tables.limits import TableLimits
from common.tables.reading import OpenTable

MISSING = frozenset({"", "NA", "N/A", "NaN", "nan", "null", "NULL", "None"})
BOOLEANS = frozenset({"true", "false", "True", "False", "TRUE", "FALSE"})
PREVIEW_ROWS = 10
PREVIEW_CHARS = 80
TOP_VALUES = 50
HISTOGRAM_BINS = 20
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_REAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")

Profile = dict[str, Any]


def column_kinds(rows: Iterable[list[str]], width: int) -> list[str]:
    """The narrowest type of all cells of a column: integer, real, boolean or text; empty without cells."""
    kinds = ["empty"] * width
    for cells in rows:
        for index, cell in enumerate(cells):
            kind = kinds[index]
            if kind == "text" or cell in MISSING:
                continue
            if kind == "integer" and _INTEGER.fullmatch(cell):
                continue
            kinds[index] = _wider(kind, _kind_of(cell))
    return kinds


def profile_rows(
    table: OpenTable, kinds: list[str], limits: TableLimits
) -> tuple[Profile, list["array[float]"]]:
    """The profile of the table, and the numeric columns as float64 with NaN for what is missing."""
    columns = [_Column(name, kind, limits) for name, kind in zip(table.names, kinds, strict=True)]
    preview: list[list[str]] = []
    row_count = 0
    for cells in table.rows():
        row_count += 1
        if row_count <= PREVIEW_ROWS:
            preview.append([_shortened(cell) for cell in cells])
        for column, cell in zip(columns, cells, strict=True):
            column.add(cell)
    profile: Profile = {
        "format": table.format,
        "rows": row_count,
        "column_count": len(columns),
        "columns": [column.summary() for column in columns],
        "missing_cells": sum(column.missing for column in columns),
        "preview": preview,
        "label": None,
    }
    return profile, [column.numbers for column in columns if column.is_numeric]


class _Column:
    """One column while its cells go by."""

    def __init__(self, name: str, kind: str, limits: TableLimits) -> None:
        self.name = name
        self.kind = kind
        self.missing = 0
        self.numbers = array("d")
        self._counts: Counter[str] = Counter()
        self._distinct_limit = limits.distinct_values
        self._is_exact = True

    @property
    def is_numeric(self) -> bool:
        return self.kind in {"integer", "real"}

    def add(self, cell: str) -> None:
        is_missing = cell in MISSING
        self.missing += is_missing
        if self.is_numeric:
            self.numbers.append(math.nan if is_missing else float(cell))
        elif not is_missing:
            value = distinct(cell)
            if value in self._counts or len(self._counts) < self._distinct_limit:
                self._counts[value] += 1
            else:
                self._is_exact = False

    def summary(self) -> dict[str, Any]:
        facts: dict[str, Any] = {
            "name": self.name,
            "type": self.kind,
            "missing": self.missing,
            "unique": len(self._counts),
            "unique_is_exact": self._is_exact,
            "minimum": None,
            "maximum": None,
            "mean": None,
            "standard_deviation": None,
            "quantiles": None,
            "histogram": None,
            "top_values": [],
        }
        if self.is_numeric:
            facts.update(_numeric_facts(np.frombuffer(self.numbers, dtype=np.float64), self.kind))
        elif len(self._counts) <= TOP_VALUES:
            facts["top_values"] = _top_values(self._counts)
        return facts


def _numeric_facts(column: np.ndarray, kind: str) -> dict[str, Any]:
    """Facts of (n_rows,) float64; values are finite or NaN for missing."""
    present = column[~np.isnan(column)]
    values, counts = np.unique(present, return_counts=True)
    number = int if kind == "integer" else _finite
    with np.errstate(all="ignore"):
        facts: dict[str, Any] = {
            "unique": len(values),
            "minimum": number(values[0]),
            "maximum": number(values[-1]),
            "mean": _finite(present.mean()),
            "standard_deviation": _finite(present.std()),
            "quantiles": {str(q): _finite(np.quantile(present, q)) for q in QUANTILES},
            "histogram": _histogram(present, len(values)),
        }
    if len(values) <= TOP_VALUES:
        pairs = sorted(zip(values, counts, strict=True), key=lambda pair: (-pair[1], pair[0]))
        facts["top_values"] = [{"value": str(number(value)), "count": int(count)} for value, count in pairs]
    return facts


def _histogram(present: np.ndarray, distinct: int) -> dict[str, Any] | None:
    lowest, highest = present.min(), present.max()
    if not np.isfinite(highest - lowest):
        return None
    bins = max(1, min(HISTOGRAM_BINS, distinct))
    if (highest - lowest) / bins <= np.spacing(max(abs(lowest), abs(highest))):  # no room for edges between
        return {"edges": [float(lowest), float(highest)], "counts": [len(present)]}
    counts, edges = np.histogram(present, bins=bins)
    return {"edges": [float(edge) for edge in edges], "counts": [int(count) for count in counts]}


def _top_values(counts: Counter[str]) -> list[dict[str, Any]]:
    pairs = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [{"value": _shortened(value), "count": count} for value, count in pairs]


def distinct(cell: str) -> str:
    """The cell, or in place of a long one its beginning and what tells it from others: memory stays small."""
    if len(cell) <= PREVIEW_CHARS:
        return cell
    return cell[:PREVIEW_CHARS] + hashlib.blake2b(cell.encode(), digest_size=8).hexdigest()


def _kind_of(cell: str) -> str:
    if _INTEGER.fullmatch(cell):
        return "integer"
    if _REAL.fullmatch(cell) and math.isfinite(float(cell)):
        return "real"
    return "boolean" if cell in BOOLEANS else "text"


def _wider(kind: str, other: str) -> str:
    if kind in {"empty", other}:
        return other
    return "real" if {kind, other} == {"integer", "real"} else "text"


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _shortened(cell: str) -> str:
    return cell if len(cell) <= PREVIEW_CHARS else cell[: PREVIEW_CHARS - 1] + "…"
