"""Two new versions that start at once on one database: one of them migrates, the other waits for it."""

import threading
import time
from io import StringIO

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from config.management.commands.migrate import MIGRATIONS_LOCK

WAIT_SECONDS = 60
WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND NOT granted"


@pytest.mark.fault("F30")
@pytest.mark.django_db(transaction=True)
def test_migration_waits_for_another_and_then_finds_nothing_to_do() -> None:
    told = StringIO()

    def migrate() -> None:
        try:
            call_command("migrate", stdout=told, no_color=True)
        finally:
            connection.close()

    with psycopg.connect(**connection.get_connection_params() | {"autocommit": True}) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [MIGRATIONS_LOCK])
        second = threading.Thread(target=migrate)
        second.start()
        end = time.monotonic() + WAIT_SECONDS
        while not other.execute(WAITING, [MIGRATIONS_LOCK]).fetchone()[0]:
            assert time.monotonic() < end
            time.sleep(0.02)
        said_while_waiting = told.getvalue()
        other.execute("SELECT pg_advisory_unlock(%s)", [MIGRATIONS_LOCK])
        second.join(WAIT_SECONDS)
        left = other.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s", [MIGRATIONS_LOCK]
        )

        assert left.fetchone()[0] == 0

    assert said_while_waiting == ""
    assert "No migrations to apply" in told.getvalue()
