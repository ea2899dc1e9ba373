"""A strict CSV reader: UTF-8, commas, one header line, every row as wide as the header."""

import csv
from collections.abc import Generator, Iterator
from contextlib import closing
from io import TextIOWrapper
from typing import BinaryIO

from common.tables.errors import TableRefused
from common.tables.limits import TableLimits
from common.tables.rules import check_column_names, check_row_number


def read_header(stream: BinaryIO, limits: TableLimits) -> list[str]:
    """The column names; raises TableRefused where one is empty, repeated, too long, or there are too many."""
    with closing(_raw_rows(stream, limits)) as records:
        _, names = next(records, (0, []))
    if not names:
        raise TableRefused("empty_file", "the file is empty: it needs a header line and at least one row")
    if len(names) == 1 and any(separator in names[0] for separator in ";\t|"):
        raise TableRefused(
            "wrong_separator", "the header has one column: columns must be separated by commas"
        )
    check_column_names(names, limits)
    return names


def read_rows(stream: BinaryIO, *, width: int, limits: TableLimits) -> Iterator[list[str]]:
    """The rows below the header, each `width` cells; raises TableRefused at the first that is not.

    Row 1 is the first below the header. Empty lines at the end of the file are no rows.
    """
    number, empty_line = 0, 0
    with closing(_raw_rows(stream, limits)) as records:
        next(records, None)
        for line, cells in records:
            if not cells:
                empty_line = empty_line or line
                continue
            number += 1
            if empty_line:
                raise TableRefused("ragged_row", f"line {empty_line} is empty and stands before row {number}")
            _check_row(cells, number, line, width=width, limits=limits)
            yield cells
    if number == 0:
        raise TableRefused("no_rows", "the file has a header and no rows")


def _raw_rows(stream: BinaryIO, limits: TableLimits) -> Generator[tuple[int, list[str]], None, None]:
    """(last line, cells) of each record; the stream is read from its beginning and left open."""
    stream.seek(0)
    csv.field_size_limit(limits.cell_chars)
    text = TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    reader = csv.reader(text, strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise _csv_refusal(error, reader.line_num, limits) from error
    finally:
        text.detach()


def _csv_refusal(error: csv.Error, line: int, limits: TableLimits) -> TableRefused:
    if "field larger than field limit" in str(error):
        return TableRefused(
            "cell_too_long",
            f"a cell that ends near line {line:,} has more than {limits.cell_chars:,} characters",
        )
    return TableRefused("malformed_csv", f"line {line:,} is not well-formed CSV: {error}")


def _check_row(cells: list[str], number: int, line: int, *, width: int, limits: TableLimits) -> None:
    if len(cells) != width:
        raise TableRefused(
            "ragged_row",
            f"row {number:,} (line {line:,}) has {len(cells):,} cells; the header has {width:,} columns",
        )
    check_row_number(number, width=width, limits=limits)
