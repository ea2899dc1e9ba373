"""Adds to the log of releases and reads it from its beginning."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from marketplace.models import ReleaseEntry
from marketplace.rules.release_log import FIRST_HASH, LogEntry

# Any number that no other part of the site locks by.
LOCK_NUMBER = 0x72656C6561736564
PIECE_ROWS = 1000


def note(event: str, **facts: Any) -> ReleaseEntry:
    """Adds an entry; it is there for good when the caller's transaction is."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Entries follow one another, so writers wait for one another.
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK_NUMBER])
        last = ReleaseEntry.objects.first()
        entry = LogEntry(
            number=last.number + 1 if last else 1,
            previous_hash=last.hash if last else FIRST_HASH,
            at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            event=event,
            facts=facts,
        )
        return ReleaseEntry.objects.create(
            number=entry.number,
            previous_hash=entry.previous_hash,
            hash=entry.hash,
            at=entry.at,
            event=event,
            facts=facts,
        )


def entries() -> Iterator[tuple[LogEntry, str]]:
    """Every entry in order, with the hash that was stored for it."""
    for row in ReleaseEntry.objects.order_by("number").iterator(chunk_size=PIECE_ROWS):
        yield LogEntry(row.number, row.previous_hash, row.at, row.event, row.facts), row.hash
