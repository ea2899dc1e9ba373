"""The rows that a circuit is trained on, with a class or a number as their target."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qjobs.algorithms.errors import DatasetRefused
from qjobs.algorithms.rows import TableFile, number_in
from qjobs.algorithms.table import read_cells, read_table, require_finite, require_varying
from qjobs.spec import QnnSpec

MIN_ROWS = 20


@dataclass(frozen=True)
class Sample:
    """features: (n, d) float64, finite; target: (n,) float64, +1 and -1 or numbers; upper: (n,) bool, by
    which splits are stratified: the positive rows, or those above the median; groups: column -> n texts;
    parent: the weights that training begins with, None for small random angles."""

    feature_names: tuple[str, ...]
    features: NDArray
    target: NDArray
    upper: NDArray
    groups: Mapping[str, tuple[str, ...]]
    parent: NDArray | None = None

    def __len__(self) -> int:
        return len(self.features)


def read_sample(spec: QnnSpec, inputs: Mapping[int, TableFile]) -> Sample:
    """The rows of all the spec's datasets, in its order; raises `DatasetRefused` naming row and column."""
    if spec.algorithm.task == "classify":
        table = read_table(spec, inputs)
        target = np.where(table.positive, 1.0, -1.0)
        return Sample(table.feature_names, table.features, target, table.positive, table.groups)
    cells, columns = read_cells(spec, inputs), spec.datasets[0].columns
    target = np.array([number_in(cell, row, columns.label) for row, cell in enumerate(cells.labels, start=1)])
    if len(target) < MIN_ROWS:
        raise DatasetRefused(f"at least {MIN_ROWS} rows are needed; there are {len(target)}")
    names = (*columns.features, columns.label)
    numbers = np.column_stack([cells.features, target])
    require_finite(names, numbers)
    require_varying(names, numbers)
    return Sample(columns.features, cells.features, target, target > np.median(target), cells.groups)
