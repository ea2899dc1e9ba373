"""The rows that a machine is trained on, with a class, a number or a mark as their target."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qjobs.algorithms.errors import DatasetRefused
from qjobs.algorithms.preprocessing import are_alike
from qjobs.algorithms.rows import TableFile, number_in
from qjobs.algorithms.table import Cells, read_cells, require_finite, require_varying
from qjobs.spec import MachineSpec
from qjobs.spec.parts import ClassColumns, Columns

MIN_ROWS = 20
MIN_CLASS_ROWS = 10
STRATA = 4
"""Parts of equal size into which numbers are sorted, so that every split holds small and large ones."""


@dataclass(frozen=True)
class Rows:
    """features: (n, d) float64, finite; target: (n,) float64: the class's place in the spec, a number, or 1
    for an unusual row and 0 for another; strata: (n,) whole numbers, by which splits are stratified."""

    features: NDArray
    target: NDArray
    strata: NDArray

    def __len__(self) -> int:
        return len(self.features)

    def part(self, rows: NDArray) -> "Rows":
        return Rows(self.features[rows], self.target[rows], self.strata[rows])


@dataclass(frozen=True)
class MachineTable:
    """`groups`: column -> n texts."""

    feature_names: tuple[str, ...]
    rows: Rows
    groups: Mapping[str, tuple[str, ...]]

    def __len__(self) -> int:
        return len(self.rows)


def read_machine_table(spec: MachineSpec, inputs: Mapping[int, TableFile]) -> MachineTable:
    """The rows of all the spec's datasets, in its order; raises `DatasetRefused` naming row and column."""
    cells, columns = read_cells(spec, inputs), spec.datasets[0].columns
    require_finite(columns.features, cells.features)
    if isinstance(columns, ClassColumns):
        rows = _with_classes(cells, columns.label, columns.classes)
    elif isinstance(columns, Columns):
        rows = _with_marks(cells, columns)
    else:
        rows = _with_numbers(cells, columns.label)
    require_varying(columns.features, cells.features)
    return MachineTable(columns.features, rows, cells.groups)


def _with_classes(cells: Cells, label: str, classes: tuple[str, ...]) -> Rows:
    places = {name: place for place, name in enumerate(classes)}
    unknown = next((row for row, cell in enumerate(cells.labels, start=1) if cell not in places), None)
    if unknown is not None:
        raise DatasetRefused(f"row {unknown} has a label that the spec does not name", field=label)
    target = np.array([places[cell] for cell in cells.labels], dtype=np.float64)
    counts = np.bincount(target.astype(int), minlength=len(classes))
    _require_rows(int(counts.min()))
    return Rows(cells.features, target, target.astype(int))


def _with_marks(cells: Cells, columns: Columns) -> Rows:
    if len(set(cells.labels)) != 2:
        raise DatasetRefused(
            f"the label has {len(set(cells.labels))} values; two are needed", field=columns.label
        )
    target = np.array([float(cell == columns.positive_label) for cell in cells.labels])
    _require_rows(int(min(target.sum(), (1 - target).sum())))
    if are_alike(cells.features[target == 0]).all():
        raise DatasetRefused("all usual rows are alike: nothing can be learnt from them")
    return Rows(cells.features, target, target.astype(int))


def _with_numbers(cells: Cells, label: str) -> Rows:
    target = np.array([number_in(cell, row, label) for row, cell in enumerate(cells.labels, start=1)])
    if len(target) < MIN_ROWS:
        raise DatasetRefused(f"at least {MIN_ROWS} rows are needed; there are {len(target)}")
    require_finite((label,), target[:, None])
    require_varying((label,), target[:, None])
    ranks = np.empty(len(target), dtype=int)
    ranks[np.argsort(target, kind="stable")] = np.arange(len(target))
    return Rows(cells.features, target, ranks * STRATA // len(target))


def _require_rows(smallest: int) -> None:
    if smallest < MIN_CLASS_ROWS:
        raise DatasetRefused(f"each class needs at least {MIN_CLASS_ROWS} rows; one has {smallest}")
