"""How far the follower has come; read by pages and by other apps."""

from dataclasses import dataclass

from chain.models import IndexCursor


@dataclass(frozen=True)
class IndexedHead:
    """The newest block whose events are in the database."""

    number: int
    timestamp: int


def indexed_head() -> IndexedHead | None:
    """The newest indexed block, or None before the follower's first block."""
    cursor = IndexCursor.objects.first()
    return None if cursor is None else IndexedHead(cursor.head_number, cursor.head_timestamp)


def deep_number() -> int | None:
    """The newest final block (indexed and CHAIN_CONFIRMATIONS deep), or None before there is one."""
    cursor = IndexCursor.objects.first()
    return None if cursor is None or cursor.deep_number < 0 else cursor.deep_number
