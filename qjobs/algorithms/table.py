"""The rows of a job: read from the datasets that the spec names, checked, nothing converted in silence."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO, TextIOWrapper
from typing import Protocol, TextIO

import numpy as np
from numpy.typing import NDArray

from qjobs.algorithms.errors import DatasetRefused
from qjobs.spec import LearningSpec
from qjobs.spec.parts import Columns

MAX_ROWS = 1_000_000


class TableFile(Protocol):
    """A file of rows that can be read: a path, or bytes that never were one."""

    def open(self, *, encoding: str, newline: str) -> TextIO: ...


@dataclass(frozen=True)
class TableBytes:
    """Rows that are in memory alone, as those of private data are."""

    content: bytes = field(repr=False)

    def open(self, *, encoding: str, newline: str) -> TextIO:
        return TextIOWrapper(BytesIO(self.content), encoding=encoding, newline=newline)


@dataclass(frozen=True)
class Table:
    """features: (n, d) float64, finite; positive: (n,) bool, both values; groups: column -> n texts."""

    feature_names: tuple[str, ...]
    features: NDArray
    positive: NDArray
    groups: Mapping[str, tuple[str, ...]]

    def __len__(self) -> int:
        return len(self.features)


def read_table(spec: LearningSpec, inputs: Mapping[int, TableFile]) -> Table:
    """The rows of all the spec's datasets, in its order; raises `DatasetRefused` naming row and column."""
    rows: list[list[float]] = []
    labels: list[str] = []
    groups: dict[str, list[str]] = {name: [] for name in spec.group_columns}
    for dataset in spec.datasets:
        for numbers, label, row_groups in _csv_rows(
            inputs[dataset.token_id], dataset.columns, spec.group_columns
        ):
            rows.append(numbers)
            labels.append(label)
            for name, value in zip(spec.group_columns, row_groups, strict=True):
                groups[name].append(value)
            if len(rows) > MAX_ROWS:
                raise DatasetRefused(f"the datasets have more than {MAX_ROWS} rows")
    columns = spec.datasets[0].columns
    return checked_table(
        columns.features,
        np.array(rows, dtype=np.float64).reshape(-1, len(columns.features)),
        _is_positive(labels, columns),
        {name: tuple(values) for name, values in groups.items()},
    )


def checked_table(
    names: tuple[str, ...], features: NDArray, positive: NDArray, groups: Mapping[str, tuple[str, ...]]
) -> Table:
    """A table on which training makes sense: finite numbers, no constant column, 10 rows a class."""
    bad_rows, bad_columns = np.nonzero(~np.isfinite(features))
    if len(bad_rows):
        name = names[bad_columns[0]]
        raise DatasetRefused(f"row {bad_rows[0] + 1}, column {name!r} is not a finite number", field=name)
    smallest = min(int(positive.sum()), int((~positive).sum()))
    if smallest < 10:
        raise DatasetRefused(f"each class needs at least 10 rows; one has {smallest}")
    for name, column in zip(names, features.T, strict=True):
        if column.min() == column.max():
            raise DatasetRefused(f"column {name!r} is constant", field=name)
    return Table(names, features, positive, groups)


def _csv_rows(
    file: TableFile, columns: Columns, group_columns: tuple[str, ...]
) -> Iterator[tuple[list[float], str, list[str]]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.reader(lines, strict=True)
        try:
            header = next(reader, [])
            feature_at = [_position(header, name) for name in columns.features]
            label_at = _position(header, columns.label)
            groups_at = [_position(header, name) for name in group_columns]
            for number, cells in enumerate(reader, start=1):
                if not cells:
                    continue
                if len(cells) != len(header):
                    raise DatasetRefused(f"row {number} has {len(cells)} cells, the header has {len(header)}")
                numbers = [_number(cells[at], number, header[at]) for at in feature_at]
                yield numbers, cells[label_at], [cells[at] for at in groups_at]
        except (csv.Error, UnicodeDecodeError) as error:
            raise DatasetRefused(f"line {reader.line_num} is not CSV in UTF-8") from error


def _position(header: list[str], name: str) -> int:
    places = [index for index, each in enumerate(header) if each == name]
    if len(places) != 1:
        how_often = "no column" if not places else "more than one column"
        raise DatasetRefused(f"the dataset has {how_often} {name!r}", field=name)
    return places[0]


def _number(cell: str, row: int, column: str) -> float:
    try:
        return float(cell)
    except ValueError as error:
        raise DatasetRefused(f"row {row}, column {column!r} is not a number", field=column) from error


def _is_positive(labels: list[str], columns: Columns) -> NDArray:
    values = set(labels)
    if len(values) != 2:
        raise DatasetRefused(f"the label has {len(values)} values; two are needed", field=columns.label)
    if columns.positive_label not in values:
        raise DatasetRefused("no row has the positive label of the spec", field=columns.label)
    return np.array([label == columns.positive_label for label in labels])
