"""The journal of projected tables: who may write them, how a reorganisation undoes them."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

_UNRECORDED = "unrecorded"


@contextmanager
def block_scope(number: int) -> Iterator[None]:
    """Projected rows written inside count as effects of this block. Needs an open transaction."""
    with _scope(str(number)):
        yield


@contextmanager
def unrecorded_scope() -> Iterator[None]:
    """Projected rows may be written and are not journalled: for blocks too deep ever to be undone."""
    with _scope(_UNRECORDED):
        yield


def journalled_tables() -> list[str]:
    """The tables under the journal, by the triggers that are truly installed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE t.tgname = 'chain_journal' AND pg_table_is_visible(c.oid) ORDER BY c.relname"
        )
        return [row[0] for row in cursor.fetchall()]


def undo_above(fork_number: int) -> int:
    """Takes back every projected change made on behalf of later blocks; gives their number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT chain_journal_undo(%s)", [fork_number])
        return int(cursor.fetchone()[0])


def prune_up_to(number: int) -> None:
    """Forgets how to undo this block and earlier ones."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM chain_journal WHERE block_number <= %s", [number])


def empty_projected_tables() -> None:
    """Removes every projected row and the journal with them, all at once."""
    tables = ", ".join(connection.ops.quote_name(table) for table in [*journalled_tables(), "chain_journal"])
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables}")


@contextmanager
def _scope(setting: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('chain.block', true)")
        before = cursor.fetchone()[0] or ""
        cursor.execute("SELECT set_config('chain.block', %s, true)", [setting])
    # An exception rolls the surrounding transaction or savepoint back, and the setting with it.
    yield
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('chain.block', %s, true)", [before])
