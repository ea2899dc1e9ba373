"""Which kept trees hold a block: a table that is made from the trees and can be thrown away.

A row may outlive its tree (a kill between the row and the rename); the reader looks for the tree and goes on.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from storage.cid import Cid
from storage.errors import StoreNotWritable
from storage.local.tree import Place

SCHEMA_VERSION = 1
BUSY_SECONDS = 30.0

CREATE = """
CREATE TABLE IF NOT EXISTS blocks (
    cid BLOB NOT NULL, root BLOB NOT NULL, position INTEGER, size INTEGER NOT NULL, PRIMARY KEY (cid, root)
) WITHOUT ROWID
"""


class BlockIndex:
    """One short transaction a call, so that many processes may share the file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def is_complete(self) -> bool:
        """Whether the table was ever filled; a missing or new file was not."""
        if not self._path.exists():
            return False
        with self._transaction() as connection:
            return connection.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION

    def mark_complete(self) -> None:
        with self._transaction() as connection:
            connection.execute(CREATE)
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def add(self, root: Cid, places: Iterable[Place]) -> None:
        """Notes where the tree's blocks lie; of a repeated block the first place counts."""
        rows = ((bytes(place.cid.as_v1), bytes(root.as_v1), place.position, place.size) for place in places)
        with self._transaction() as connection:
            connection.execute(CREATE)
            connection.executemany("INSERT OR IGNORE INTO blocks VALUES (?, ?, ?, ?)", rows)

    def find(self, cid: Cid) -> list[tuple[Cid, Place]]:
        """The trees that hold the block, and where."""
        if not self._path.exists():
            return []
        with self._transaction() as connection:
            connection.execute(CREATE)
            rows = connection.execute(
                "SELECT root, position, size FROM blocks WHERE cid = ?", (bytes(cid.as_v1),)
            ).fetchall()
        return [(Cid.from_bytes(root), Place(cid, position, size)) for root, position, size in rows]

    def remove(self, root: Cid) -> None:
        """Drops the rows of a tree that is gone."""
        if self._path.exists():
            with self._transaction() as connection:
                connection.execute(CREATE)
                connection.execute("DELETE FROM blocks WHERE root = ?", (bytes(root.as_v1),))

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._path, timeout=BUSY_SECONDS)) as connection, connection:
                yield connection
        except sqlite3.DatabaseError as error:
            raise StoreNotWritable(
                f"the store's index cannot be used ({error}); a damaged {self._path.name} may be deleted,"
                " it is made again from the files"
            ) from error
