"""The rows of a job: read from the datasets that the spec names, checked, nothing converted in silence."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO, TextIOWrapper
from typing import BinaryIO, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from common.tables.errors import TableRefused
from common.tables.reading import open_table
from qjobs.algorithms.errors import DatasetRefused
from qjobs.spec import LearningSpec
from qjobs.spec.parts import Columns, DatasetRef

MAX_ROWS = 1_000_000


class TableFile(Protocol):
    """A file of rows that can be read: a path, or bytes that never were one."""

    def open(self, mode: Literal["rb"], /) -> BinaryIO: ...


@dataclass(frozen=True)
class TableBytes:
    """Rows that are in memory alone, as those of private data are."""

    content: bytes = field(repr=False)

    def open(self, mode: Literal["rb"], /) -> BinaryIO:
        return BytesIO(self.content)


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
        for numbers, label, row_groups in _picked_rows(inputs[dataset.token_id], dataset, spec.group_columns):
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


def _picked_rows(
    file: TableFile, dataset: DatasetRef, group_columns: tuple[str, ...]
) -> Iterator[tuple[list[float], str, list[str]]]:
    """Features, label and groups of each row, by the columns of the spec."""
    columns = dataset.columns
    with file.open("rb") as stream:
        rows = _csv_rows(stream) if dataset.format == "csv" else _other_rows(stream, dataset.format)
        header = next(rows, [])
        feature_at = [_position(header, name) for name in columns.features]
        label_at = _position(header, columns.label)
        groups_at = [_position(header, name) for name in group_columns]
        for number, cells in enumerate(rows, start=1):
            if len(cells) != len(header):
                raise DatasetRefused(f"row {number} has {len(cells)} cells, the header has {len(header)}")
            numbers = [_number(cells[at], number, header[at]) for at in feature_at]
            yield numbers, cells[label_at], [cells[at] for at in groups_at]


def _csv_rows(stream: BinaryIO) -> Iterator[list[str]]:
    """The header, then the rows; empty lines are none."""
    reader = csv.reader(TextIOWrapper(stream, encoding="utf-8-sig", newline=""), strict=True)
    try:
        yield from filter(None, reader)
    except (csv.Error, UnicodeDecodeError) as error:
        raise DatasetRefused(f"line {reader.line_num} is not CSV in UTF-8") from error


def _other_rows(stream: BinaryIO, expected: str) -> Iterator[list[str]]:
    """As from CSV, read by the same rules as when the file was uploaded."""
    try:
        table = open_table(stream)
        if table.format != expected:
            raise DatasetRefused(f"the dataset is {table.format}, the spec says {expected}")
        yield table.names
        yield from table.rows()
    except TableRefused as error:
        raise DatasetRefused(f"the dataset cannot be read: {error.message}") from error


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
