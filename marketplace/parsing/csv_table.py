"""A strict CSV reader: UTF-8, commas, one header line, every row as wide as the header."""

import codecs
import csv
from collections.abc import Generator, Iterator
from contextlib import closing
from io import TextIOWrapper
from typing import BinaryIO

from marketplace.parsing.errors import TableRefused
from marketplace.parsing.limits import TableLimits

CHUNK_BYTES = 1 << 20
# What a file that is no text begins with; a name or a content type of the sender is never believed.
BINARY_BEGINNINGS = {
    b"PAR1": "Parquet",
    b"PK\x03\x04": "ZIP, NPZ or Excel",
    b"\x1f\x8b": "gzip",
    b"\x93NUMPY": "NPY",
    b"\x89HDF": "HDF5",
    b"\x80\x04": "pickle",
    b"\x80\x05": "pickle",
    b"%PDF": "PDF",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
    b"SQLite format 3": "SQLite",
    b"7z\xbc\xaf": "7-Zip",
    b"\x28\xb5\x2f\xfd": "Zstandard",
    b"\xd0\xcf\x11\xe0": "old Excel",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
}
TEXT_BEGINNINGS = {b"{": "JSON", b"[": "JSON", b"<": "HTML, XML or SVG"}


def check_bytes(stream: BinaryIO) -> None:
    """Reads the stream once and raises TableRefused unless it is plain UTF-8 text that may be CSV."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    first = stream.read(CHUNK_BYTES)
    _check_beginning(first)
    chunk, position = first, 0
    while chunk:
        if b"\0" in chunk:
            at = position + chunk.index(b"\0")
            raise TableRefused("nul_byte", f"there is a NUL byte at position {at:,}: this is no text file")
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError as error:
            raise _not_utf8(position) from error
        position += len(chunk)
        chunk = stream.read(CHUNK_BYTES)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise _not_utf8(position) from error


def read_header(stream: BinaryIO, limits: TableLimits) -> list[str]:
    """The column names; raises TableRefused where one is empty, repeated, too long, or there are too many."""
    with closing(_raw_rows(stream, limits)) as records:
        _, names = next(records, (0, []))
    if not names:
        raise TableRefused("empty_file", "the file is empty: it needs a header line and at least one row")
    if len(names) > limits.columns:
        raise TableRefused(
            "too_many_columns", f"there are {len(names):,} columns; the limit is {limits.columns:,}"
        )
    if len(names) == 1 and any(separator in names[0] for separator in ";\t|"):
        raise TableRefused(
            "wrong_separator", "the header has one column: columns must be separated by commas"
        )
    seen: dict[str, int] = {}
    for number, name in enumerate(names, start=1):
        _check_column_name(name, number, limits)
        if name in seen:
            raise TableRefused(
                "duplicate_column", f'columns {seen[name]} and {number} are both named "{name[:60]}"'
            )
        seen[name] = number
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


def _check_beginning(first: bytes) -> None:
    for beginning, kind in BINARY_BEGINNINGS.items():
        if first.startswith(beginning):
            raise TableRefused("unsupported_format", f"this is a {kind} file; only CSV is taken")
    text = first[:256].removeprefix(codecs.BOM_UTF8).lstrip()
    for beginning, kind in TEXT_BEGINNINGS.items():
        if text.startswith(beginning):
            raise TableRefused("unsupported_format", f"this looks like {kind}; only CSV is taken")


def _check_column_name(name: str, number: int, limits: TableLimits) -> None:
    if not name.strip():
        raise TableRefused("empty_column_name", f"column {number} has no name")
    if name != name.strip():
        raise TableRefused(
            "bad_column_name", f'the name of column {number} has spaces around it: "{name[:60]}"'
        )
    name_limit = limits.column_name_chars
    if len(name) > name_limit:
        raise TableRefused(
            "bad_column_name",
            f"the name of column {number} has {len(name):,} characters; the limit is {name_limit}",
        )
    if not name.isprintable():
        raise TableRefused("bad_column_name", f"the name of column {number} holds unprintable characters")


def _check_row(cells: list[str], number: int, line: int, *, width: int, limits: TableLimits) -> None:
    if len(cells) != width:
        raise TableRefused(
            "ragged_row",
            f"row {number:,} (line {line:,}) has {len(cells):,} cells; the header has {width:,} columns",
        )
    if number > limits.rows:
        raise TableRefused("too_many_rows", f"there are more than {limits.rows:,} rows, which is the limit")
    if number * width > limits.cells:
        raise TableRefused(
            "too_many_cells",
            f"row {number:,} of {width:,} columns goes over the limit of {limits.cells:,} cells",
        )


def _not_utf8(position: int) -> TableRefused:
    return TableRefused("not_utf8", f"the text is not UTF-8 (near byte {position:,}): save it as UTF-8 CSV")
