"""Pages by cursor: the newest first, stable while rows are added."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet

from common.errors import InvalidInput

DEFAULT_LIMIT = 20
MAX_LIMIT = 100
BIGINT_MAX = 2**63 - 1
Row = TypeVar("Row")


@dataclass(frozen=True)
class Cursor:
    """Where a page starts (below this key; None at the newest) and how many rows it has."""

    before: int | str | None = None
    limit: int = DEFAULT_LIMIT


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows, and the cursor of the next page where there are more."""

    items: Sequence[Row]
    next_cursor: str | None


def read_key(text: str, field: str) -> int:
    """A row's number in decimal digits; raises InvalidInput."""
    if not text.isascii() or not text.isdigit() or len(text) > 19 or int(text) > BIGINT_MAX:
        raise InvalidInput(f"{field} must be a number", field=field)
    return int(text)


def read_cursor(
    cursor: str | None, limit: str | None, read: Callable[[str, str], int | str] = read_key
) -> Cursor:
    """The cursor in a query string, its key read by `read(text, field)`; raises InvalidInput."""
    return Cursor(
        before=None if not cursor else read(cursor, "cursor"),
        limit=DEFAULT_LIMIT if not limit else _read_limit(limit),
    )


def take_page(rows: QuerySet[Any], key: str, cursor: Cursor) -> Page[Any]:
    """The page of rows by descending key."""
    if cursor.before is not None:
        rows = rows.filter(**{f"{key}__lt": cursor.before})
    taken = list(rows.order_by(f"-{key}")[: cursor.limit + 1])
    items = taken[: cursor.limit]
    has_more = len(taken) > cursor.limit
    return Page(items, str(getattr(items[-1], key)) if has_more else None)


def _read_limit(text: str) -> int:
    limit = read_key(text, "limit")
    if not 1 <= limit <= MAX_LIMIT:
        raise InvalidInput(f"limit must lie between 1 and {MAX_LIMIT}", field="limit")
    return limit
