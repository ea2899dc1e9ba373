"""One at a time over all processes, by PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

# The two halves of a key of 64 bits, as PostgreSQL shows it.
HELD = """
SELECT EXISTS (
    SELECT FROM pg_locks, hashtextextended(%s, 0) AS key
    WHERE locktype = 'advisory' AND granted AND objsubid = 1
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND classid::bigint = (key >> 32) & 4294967295 AND objid::bigint = key & 4294967295
)
"""


@contextmanager
def held_alone(name: str) -> Iterator[bool]:
    """Whether this process got the name; never waits. The end of the connection frees it, so a kill too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [name])
        is_held = bool(cursor.fetchone()[0])
    try:
        yield is_held
    finally:
        if is_held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])


def is_held(name: str) -> bool:
    """Whether any process holds the name at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(HELD, [name])
        return bool(cursor.fetchone()[0])
