"""manage.py migrate: Django's own, one at a time for each database."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

MIGRATIONS_LOCK = 0x71636D6D
"""Which advisory lock of the database; any number that no other lock of ours has."""


class Command(migrate.Command):
    """Of two new processes that start at once the second waits for the first."""

    def handle(self, *args: Any, **options: Any) -> None:
        with connections[options["database"]].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATIONS_LOCK])
            try:
                super().handle(*args, **options)
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATIONS_LOCK])
