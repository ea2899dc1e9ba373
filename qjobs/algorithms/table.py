"""The rows of a job: read from the datasets that the spec names, checked, nothing converted in silence."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qjobs.algorithms.errors import DatasetRefused
from qjobs.algorithms.rows import MAX_ROWS, TableFile, number_in, numbered_rows, open_rows, position_of
from qjobs.spec import LearningSpec, QnnSpec, TableSpec
from qjobs.spec.parts import Columns, TableRef

LARGEST_NUMBER = 1e32
LEAST_RANGE = 1e-32
"""Of a column. The fourth power of one number in units of another is then far from overflow."""


@dataclass(frozen=True)
class Table:
    """features: (n, d) float64, finite; positive: (n,) bool, both values; groups: column -> n texts."""

    feature_names: tuple[str, ...]
    features: NDArray
    positive: NDArray
    groups: Mapping[str, tuple[str, ...]]

    def __len__(self) -> int:
        return len(self.features)


@dataclass(frozen=True)
class Cells:
    """Features as numbers, labels and groups as they stand in the files."""

    features: NDArray
    labels: tuple[str, ...]
    groups: Mapping[str, tuple[str, ...]]


def read_table(spec: LearningSpec | QnnSpec, inputs: Mapping[int, TableFile]) -> Table:
    """The rows of all the spec's datasets, in its order; raises `DatasetRefused` naming row and column."""
    cells, columns = read_cells(spec, inputs), spec.datasets[0].columns
    if not isinstance(columns, Columns):
        raise TypeError("the label of the spec names no class")
    return checked_table(columns.features, cells.features, _is_positive(cells.labels, columns), cells.groups)


def read_cells(spec: TableSpec, inputs: Mapping[int, TableFile]) -> Cells:
    """What the spec's columns hold, of all its datasets in its order; raises `DatasetRefused`."""
    rows: list[list[float]] = []
    labels: list[str] = []
    groups: dict[str, list[str]] = {name: [] for name in spec.group_columns}
    for dataset in spec.datasets:
        for numbers, label, row_groups in _picked_rows(inputs[dataset.token_id], dataset, spec.group_columns):
            rows.append(numbers)
            labels.append(label)
            for name, value in zip(spec.group_columns, row_groups, strict=True):
                groups[name].append(value)
            if len(rows) > MAX_ROWS:
                raise DatasetRefused(f"the datasets have more than {MAX_ROWS} rows")
    features = np.array(rows, dtype=np.float64).reshape(-1, len(spec.datasets[0].columns.features))
    return Cells(features, tuple(labels), {name: tuple(values) for name, values in groups.items()})


def checked_table(
    names: tuple[str, ...], features: NDArray, positive: NDArray, groups: Mapping[str, tuple[str, ...]]
) -> Table:
    """A table on which training makes sense: finite numbers, no constant column, 10 rows a class."""
    require_finite(names, features)
    smallest = min(int(positive.sum()), int((~positive).sum()))
    if smallest < 10:
        raise DatasetRefused(f"each class needs at least 10 rows; one has {smallest}")
    require_varying(names, features)
    return Table(names, features, positive, groups)


def require_finite(names: tuple[str, ...], columns: NDArray) -> None:
    """Raises `DatasetRefused` at the first number of (n, d) that is none, or above the limit."""
    bad_rows, bad_columns = np.nonzero(~(np.abs(columns) <= LARGEST_NUMBER))
    if len(bad_rows):
        row, name, number = bad_rows[0], names[bad_columns[0]], columns[bad_rows[0], bad_columns[0]]
        said = f"is {number:g}; the limit is {LARGEST_NUMBER:g}"
        said = said if np.isfinite(number) else "is not a finite number"
        raise DatasetRefused(f"row {row + 1}, column {name!r} {said}", field=name)


def require_varying(names: tuple[str, ...], columns: NDArray) -> None:
    """Raises `DatasetRefused` at the first column of (n, d) that says nothing."""
    for name, column in zip(names, columns.T, strict=True):
        width = np.ptp(column)
        if width == 0:
            raise DatasetRefused(f"column {name!r} is constant", field=name)
        if width < LEAST_RANGE:
            raise DatasetRefused(
                f"the numbers of column {name!r} differ by {width:g}; the least is {LEAST_RANGE:g}",
                field=name,
            )


def _picked_rows(
    file: TableFile, dataset: TableRef, group_columns: tuple[str, ...]
) -> Iterator[tuple[list[float], str, list[str]]]:
    """Features, label and groups of each row, by the columns of the spec."""
    columns = dataset.columns
    with open_rows(file, dataset.format) as (header, rows):
        feature_at = [position_of(header, name) for name in columns.features]
        label_at = position_of(header, columns.label)
        groups_at = [position_of(header, name) for name in group_columns]
        for number, cells in numbered_rows(header, rows):
            numbers = [number_in(cells[at], number, header[at]) for at in feature_at]
            yield numbers, cells[label_at], [cells[at] for at in groups_at]


def _is_positive(labels: Sequence[str], columns: Columns) -> NDArray:
    values = set(labels)
    if len(values) != 2:
        raise DatasetRefused(f"the label has {len(values)} values; two are needed", field=columns.label)
    if columns.positive_label not in values:
        raise DatasetRefused("no row has the positive label of the spec", field=columns.label)
    return np.array([label == columns.positive_label for label in labels])
