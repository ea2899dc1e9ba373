"""Parquet: its own account of itself is read first, then rows in small batches, page by page."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import pyarrow as pa
from pyarrow import parquet

from common.tables.errors import TableRefused
from common.tables.limits import TableLimits
from common.tables.rules import check_column_names, check_expansion, check_row_number

BATCH_ROWS = 1024
READ_AHEAD_BYTES = 1 << 16
FOOTER_ITEMS = 1_000_000
FOOTER_TEXT_BYTES = 16 << 20


class ParquetTable:
    """The names and rows of a Parquet file of flat columns; raises TableRefused."""

    def __init__(self, stream: BinaryIO, limits: TableLimits) -> None:
        with _refusing():
            self._file = parquet.ParquetFile(
                pa.PythonFile(stream, mode="r"),
                buffer_size=READ_AHEAD_BYTES,
                thrift_string_size_limit=FOOTER_TEXT_BYTES,
                thrift_container_size_limit=FOOTER_ITEMS,
            )
            schema = self._file.schema_arrow
        self.names: list[str] = schema.names
        check_column_names(self.names, limits)
        for field in schema:
            if not _is_flat(field.type):
                raise TableRefused(
                    "nested_value",
                    f'column "{field.name[:60]}" is {str(field.type)[:60]}: one value a cell is taken',
                )
        self._check_claims(stream, limits)

    def rows(self) -> Iterator[list[str]]:
        """The rows as text, in the file's order."""
        with _refusing():
            for batch in self._file.iter_batches(batch_size=BATCH_ROWS, use_threads=False):
                yield from map(list, zip(*(_texts(column) for column in batch.columns), strict=True))

    def _check_claims(self, stream: BinaryIO, limits: TableLimits) -> None:
        """What the footer says may be a lie, but what it admits is enough to refuse the file."""
        footer = self._file.metadata
        check_row_number(footer.num_rows, width=len(self.names), limits=limits)
        groups = (footer.row_group(index) for index in range(footer.num_row_groups))
        expanded = sum(group.total_byte_size for group in groups)
        check_expansion(expanded, file_bytes=stream.seek(0, 2), limits=limits)


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except MemoryError:
        raise
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise TableRefused(
            "malformed_parquet", "this Parquet file is damaged, or of a kind we do not read"
        ) from error


def _is_flat(kind: pa.DataType) -> bool:
    types = pa.types
    if types.is_dictionary(kind):
        return _is_flat(kind.value_type)
    return (
        types.is_boolean(kind)
        or types.is_integer(kind)
        or types.is_floating(kind)
        or types.is_decimal(kind)
        or types.is_string(kind)
        or types.is_large_string(kind)
        or types.is_date(kind)
        or types.is_time(kind)
        or types.is_timestamp(kind)
        or types.is_null(kind)
    )


def _texts(column: pa.Array) -> list[str]:
    """The cells as CSV would hold them: numbers that read back as the same, times in ISO 8601 and UTC."""
    kind, zone = column.type, ""
    if pa.types.is_dictionary(kind):
        return _texts(column.dictionary_decode())
    if pa.types.is_boolean(kind):
        return ["" if cell is None else str(cell).lower() for cell in column.to_pylist()]
    if pa.types.is_floating(kind):
        return ["" if cell is None else repr(cell) for cell in column.cast(pa.float64()).to_pylist()]
    if pa.types.is_timestamp(kind) and kind.tz:
        column, zone = column.cast(pa.timestamp(kind.unit)), "Z"
    return ["" if cell is None else cell + zone for cell in column.cast(pa.string()).to_pylist()]
