"""What every table must keep to, whatever its format: names of columns, width and number of rows, cells."""

from collections.abc import Iterable, Iterator

from common.tables.errors import TableRefused
from common.tables.limits import TableLimits

HARMLESS_BYTES = 1 << 20


def check_column_names(names: list[str], limits: TableLimits) -> None:
    """Raises TableRefused where a name is empty, repeated or too long, or there are too many."""
    if len(names) > limits.columns:
        raise TableRefused(
            "too_many_columns", f"there are {len(names):,} columns; the limit is {limits.columns:,}"
        )
    seen: dict[str, int] = {}
    for number, name in enumerate(names, start=1):
        _check_column_name(name, number, limits)
        if name in seen:
            raise TableRefused(
                "duplicate_column", f'columns {seen[name]} and {number} are both named "{name[:60]}"'
            )
        seen[name] = number


def check_row_number(number: int, *, width: int, limits: TableLimits) -> None:
    """Raises TableRefused where a table of so many rows is over a limit. Row 1 is the first."""
    if number > limits.rows:
        raise TableRefused("too_many_rows", f"there are more than {limits.rows:,} rows, which is the limit")
    if number * width > limits.cells:
        raise TableRefused(
            "too_many_cells",
            f"row {number:,} of {width:,} columns goes over the limit of {limits.cells:,} cells",
        )


def check_expansion(expanded_bytes: int, *, file_bytes: int, limits: TableLimits) -> None:
    """Raises TableRefused where a compressed file would unpack to too much; a megabyte is always fine."""
    if expanded_bytes > limits.expanded_bytes:
        raise TableRefused(
            "expands_too_much",
            f"the file unpacks to {expanded_bytes:,} bytes; the limit is {limits.expanded_bytes:,}",
        )
    if expanded_bytes > max(HARMLESS_BYTES, limits.expansion_ratio * file_bytes):
        raise TableRefused(
            "expands_too_much",
            f"{file_bytes:,} bytes unpack to {expanded_bytes:,}; {limits.expansion_ratio} for 1 is the limit",
        )


def checked_rows(rows: Iterable[list[str]], *, width: int, limits: TableLimits) -> Iterator[list[str]]:
    """The rows as they come; raises TableRefused at the first over a limit, or where there is none."""
    number = 0
    for number, cells in enumerate(rows, start=1):
        check_row_number(number, width=width, limits=limits)
        if any(len(cell) > limits.cell_chars for cell in cells):
            raise TableRefused(
                "cell_too_long", f"a cell of row {number:,} has more than {limits.cell_chars:,} characters"
            )
        if any("\0" in cell for cell in cells):
            raise TableRefused("nul_byte", f"a cell of row {number:,} holds a NUL character")
        yield cells
    if number == 0:
        raise TableRefused("no_rows", "the file has columns and no rows")


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
