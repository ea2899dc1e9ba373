"""Rows that somebody wants predicted, held against the names of the model's features."""

import csv
import math
from collections.abc import Mapping, Sequence
from io import StringIO

from common.errors import InvalidInput, TooLarge

MAX_ROWS = 1_000

Rows = tuple[tuple[float, ...], ...]


def rows_by_name(rows: Sequence[Mapping[str, float]], features: Sequence[str]) -> Rows:
    """The numbers in the model's order; each row names every feature and nothing else.

    Raises InvalidInput with row and feature, TooLarge above 1,000 rows.
    """
    _check_count(len(rows))
    return tuple(_row(row, features, f"rows.{number}", number + 1) for number, row in enumerate(rows))


def rows_of_csv(text: str, features: Sequence[str]) -> Rows:
    """The numbers of a table whose first line names its columns; columns that are no feature are left out."""
    reader = csv.reader(StringIO(text.removeprefix("\ufeff")), strict=True)
    try:
        lines = [line for _, line in zip(range(MAX_ROWS + 2), filter(None, reader), strict=False)]
    except csv.Error as error:
        raise InvalidInput(f"Line {reader.line_num} is not CSV.", field="csv") from error
    header = [name.strip() for name in lines[0]] if lines else []
    for name in features:
        if header.count(name) != 1:
            how_often = "no column" if name not in header else "more than one column"
            raise InvalidInput(f"The table has {how_often} {name!r}, which the model reads.", field="csv")
    _check_count(len(lines) - 1)
    places = [header.index(name) for name in features]
    found = []
    for number, cells in enumerate(lines[1:], start=1):
        if len(cells) != len(header):
            raise InvalidInput(
                f"Row {number} has {len(cells)} cells; the first line has {len(header)}.", field="csv"
            )
        found.append(tuple(_number(cells[place], header[place], number) for place in places))
    return tuple(found)


def _check_count(count: int) -> None:
    if count < 1:
        raise InvalidInput("There is no row to predict.", field="rows")
    if count > MAX_ROWS:
        raise TooLarge(f"At most {MAX_ROWS:,} rows are predicted at once; these are more.")


def _row(row: Mapping[str, float], features: Sequence[str], field: str, number: int) -> tuple[float, ...]:
    missing = [name for name in features if name not in row]
    if missing:
        raise InvalidInput(f"Row {number} lacks {missing[0]!r}, which the model reads.", field=field)
    unknown = sorted(set(row) - set(features))
    if unknown:
        raise InvalidInput(f"Row {number} has {unknown[0][:80]!r}, unknown to the model.", field=field)
    for name in features:
        if not math.isfinite(row[name]):
            raise InvalidInput(f"Row {number}, {name!r} is not a finite number.", field=f"{field}.{name}")
    return tuple(float(row[name]) for name in features)


def _number(cell: str, name: str, row: int) -> float:
    try:
        number = float(cell)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise InvalidInput(f"Row {row}, column {name!r} is not a finite number.", field="csv")
    return number
