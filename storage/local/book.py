"""The store's book of upkeep: who holds what, what nobody wants since when, what was checked and found bad.

Unlike the index it cannot be made again from the files. It is there from the first hold, collection or scrub.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from storage.cid import Cid
from storage.errors import StoreNotWritable

BUSY_SECONDS = 30.0

CREATE = """
CREATE TABLE IF NOT EXISTS holders (
    cid BLOB NOT NULL, holder TEXT NOT NULL, held_at REAL NOT NULL, PRIMARY KEY (cid, holder)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS unwanted (cid BLOB PRIMARY KEY, since REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS checked (cid BLOB PRIMARY KEY, checked_at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS damaged (cid BLOB PRIMARY KEY, found_at REAL NOT NULL) WITHOUT ROWID;
"""


class UpkeepBook:
    """One short durable transaction a call. Reading a book that is not there gives nothing and makes none."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def hold(self, cid: Cid, holder: str, *, held_at: float) -> None:
        with self._transaction() as connection:
            connection.execute("INSERT OR IGNORE INTO holders VALUES (?, ?, ?)", (_key(cid), holder, held_at))
            connection.execute("DELETE FROM unwanted WHERE cid = ?", (_key(cid),))

    def release(self, cid: Cid, holder: str) -> bool:
        """Whether the holder was the last one; False too for someone who held nothing."""
        if not self._path.exists():
            return False
        with self._transaction() as connection:
            connection.execute("BEGIN IMMEDIATE")
            gone = connection.execute(
                "DELETE FROM holders WHERE cid = ? AND holder = ?", (_key(cid), holder)
            ).rowcount
            left = connection.execute("SELECT count(*) FROM holders WHERE cid = ?", (_key(cid),)).fetchone()
        return bool(gone) and left[0] == 0

    def holders(self, cid: Cid) -> list[str]:
        return [holder for (holder,) in self._rows("SELECT holder FROM holders WHERE cid = ?", _key(cid))]

    def held(self) -> Iterator[Cid]:
        return (Cid.from_bytes(cid) for (cid,) in self._rows("SELECT DISTINCT cid FROM holders"))

    def want(self, cid: Cid) -> None:
        """Starts the grace time of a thing anew."""
        if self._path.exists():
            self._write("DELETE FROM unwanted WHERE cid = ?", [_key(cid)])

    def note_unwanted(self, roots: Iterable[Cid], *, now: float) -> None:
        """These roots, and no others, are unwanted: the new ones since now."""
        keys = {_key(root) for root in roots}
        with self._transaction() as connection:
            known = {cid for (cid,) in connection.execute("SELECT cid FROM unwanted")}
            connection.executemany("DELETE FROM unwanted WHERE cid = ?", [(key,) for key in known - keys])
            connection.executemany("INSERT INTO unwanted VALUES (?, ?)", [(key, now) for key in keys - known])

    def unwanted_since(self, before: float) -> list[Cid]:
        rows = self._rows("SELECT cid FROM unwanted WHERE since <= ? ORDER BY since", before)
        return [Cid.from_bytes(cid) for (cid,) in rows]

    def forget(self, root: Cid) -> None:
        """Drops all rows of a thing that was removed."""
        for table in ("unwanted", "checked", "damaged"):
            self._write(f"DELETE FROM {table} WHERE cid = ?", [_key(root)])  # noqa: S608 - our own names

    def note_checked(self, root: Cid, *, now: float, is_damaged: bool) -> None:
        """Writes down that a thing was read whole, and whether it is in quarantine from now on."""
        with self._transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO checked VALUES (?, ?)", (_key(root), now))
            if is_damaged:
                connection.execute("INSERT OR IGNORE INTO damaged VALUES (?, ?)", (_key(root), now))
            else:
                connection.execute("DELETE FROM damaged WHERE cid = ?", (_key(root),))

    def checked_at(self) -> dict[Cid, float]:
        return {Cid.from_bytes(cid): at for cid, at in self._rows("SELECT cid, checked_at FROM checked")}

    def note_whole(self, root: Cid) -> None:
        """Ends the quarantine of a thing that was written anew."""
        if self.is_damaged(root):
            self._write("DELETE FROM damaged WHERE cid = ?", [_key(root)])

    def damaged(self) -> list[Cid]:
        """What is in quarantine, the longest there first."""
        return [Cid.from_bytes(cid) for (cid,) in self._rows("SELECT cid FROM damaged ORDER BY found_at")]

    def is_damaged(self, root: Cid) -> bool:
        return bool(self._rows("SELECT 1 FROM damaged WHERE cid = ?", _key(root)))

    def _rows(self, query: str, *values: object) -> list[tuple]:
        if not self._path.exists():
            return []
        with self._transaction() as connection:
            return connection.execute(query, values).fetchall()

    def _write(self, statement: str, values: list[object]) -> None:
        with self._transaction() as connection:
            connection.execute(statement, values)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._path, timeout=BUSY_SECONDS)) as connection:
                connection.execute("PRAGMA synchronous = FULL")
                connection.executescript(CREATE)
                with connection:
                    yield connection
        except sqlite3.DatabaseError as error:
            raise StoreNotWritable(f"the store's book {self._path.name} cannot be used ({error})") from error


def _key(cid: Cid) -> bytes:
    return bytes(cid.as_v1)
