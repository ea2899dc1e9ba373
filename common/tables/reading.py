"""Opens a table of any format that we take; the bytes say which it is, never a name or a content type."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from common.tables.csv_table import read_header, read_rows
from common.tables.json_lines import read_json_names, read_json_rows
from common.tables.limits import TABLE_LIMITS, TableLimits
from common.tables.npz_table import NpzTable
from common.tables.parquet_table import ParquetTable
from common.tables.rules import checked_rows
from common.tables.text import check_text

CSV, JSON_LINES, PARQUET, NPZ = "csv", "jsonl", "parquet", "npz"
BEGINNING_BYTES = 256


@dataclass(frozen=True)
class OpenTable:
    """`rows` may be read as often as one likes, always from the first row; a missing cell is ""."""

    format: str
    names: list[str]
    rows: Callable[[], Iterator[list[str]]]


def open_table(stream: BinaryIO, limits: TableLimits = TABLE_LIMITS) -> OpenTable:
    """The table in a seekable stream; raises TableRefused, as reading its rows does."""
    found = format_of(stream)
    if found == PARQUET:
        parquet = ParquetTable(stream, limits)
        return _checked(found, parquet.names, parquet.rows, limits)
    if found == NPZ:
        npz = NpzTable(stream, limits)
        return _checked(found, npz.names, npz.rows, limits)
    check_text(stream)
    if found == JSON_LINES:
        names = read_json_names(stream, limits)
        return _checked(found, names, lambda: read_json_rows(stream, names, limits), limits)
    header = read_header(stream, limits)
    return OpenTable(found, header, lambda: read_rows(stream, width=len(header), limits=limits))


def format_of(stream: BinaryIO) -> str:
    """What the first bytes are; CSV has no mark of its own. The stream is left at its beginning."""
    stream.seek(0)
    first = stream.read(BEGINNING_BYTES)
    stream.seek(0)
    if first.startswith(b"PAR1"):
        return PARQUET
    if first.startswith(b"PK\x03\x04"):
        return NPZ
    return JSON_LINES if first.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{") else CSV


def _checked(
    found: str, names: list[str], rows: Callable[[], Iterator[list[str]]], limits: TableLimits
) -> OpenTable:
    return OpenTable(found, names, lambda: checked_rows(rows(), width=len(names), limits=limits))
