"""One follower a database: a PostgreSQL advisory lock that ends with its connection."""

from typing import Any

from django.db import connection

_FOLLOWER = 0x716F_6D6D  # any fixed number; the lock is named by it


class FollowerLock:
    """Held from the first success until the connection ends; asked again after a reconnection."""

    def __init__(self) -> None:
        self._held_on: Any = None

    def acquire(self) -> bool:
        """Whether this process is the follower. Never waits."""
        connection.ensure_connection()
        if self._held_on is not None and self._held_on is connection.connection:
            return True
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [_FOLLOWER])
            held = bool(cursor.fetchone()[0])
        self._held_on = connection.connection if held else None
        return held

    def release(self) -> None:
        """Lets another follower begin."""
        if self._held_on is not None and self._held_on is connection.connection:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_FOLLOWER])
        self._held_on = None
