"""Cells of a job's data files, row by row; nothing is converted in silence."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO, TextIOWrapper
from typing import BinaryIO, Literal, Protocol

from common.tables.errors import TableRefused
from common.tables.reading import open_table
from qjobs.algorithms.errors import DatasetRefused

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


@contextmanager
def open_rows(file: TableFile, table_format: str) -> Iterator[tuple[list[str], Iterator[list[str]]]]:
    """The header and the rows below it, while the file is open."""
    with file.open("rb") as stream:
        rows = _csv_rows(stream) if table_format == "csv" else _other_rows(stream, table_format)
        yield next(rows, []), rows


def numbered_rows(header: list[str], rows: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """The rows with their numbers from 1; raises `DatasetRefused` on one of another length."""
    for number, cells in enumerate(rows, start=1):
        if len(cells) != len(header):
            raise DatasetRefused(f"row {number} has {len(cells)} cells, the header has {len(header)}")
        yield number, cells


def position_of(header: list[str], name: str) -> int:
    places = [index for index, each in enumerate(header) if each == name]
    if len(places) != 1:
        how_often = "no column" if not places else "more than one column"
        raise DatasetRefused(f"the dataset has {how_often} {name!r}", field=name)
    return places[0]


def number_in(cell: str, row: int, column: str) -> float:
    try:
        return float(cell)
    except ValueError as error:
        raise DatasetRefused(f"row {row}, column {column!r} is not a number", field=column) from error


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
