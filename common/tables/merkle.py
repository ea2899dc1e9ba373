"""A Merkle tree over the rows of a table, so that one row can be shown to be in it without the others.

Leaf 0 is the names of the columns, leaf i is row i. A leaf is sha256(0x00, length of salt, salt, row), a node
sha256(0x01, left, right), the tree is that of RFC 6962; over it stands sha256(0x02, number of leaves, tree),
so that the number is fixed and need not be shown. A row is its cells as a JSON array without spaces.

Rows of private data could be guessed and tried against a tree, so each of their leaves has a salt of its own:
HMAC-SHA256(sha256 of the whole file, number of the leaf). Whoever has the file can make all salts; whoever is
shown one row learns the salt of that row alone.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from common.tables.reading import OpenTable

LEAF, NODE, ROOT = b"\x00", b"\x01", b"\x02"
HASH_BYTES = 32
READ_BYTES = 1 << 20
Watcher = Callable[[list[str]], list[str]]


@dataclass(frozen=True)
class RowProof:
    """`cells` are leaf `index` of the tree with this root. path: 64 hex digits each, leaf first."""

    root: str
    leaves: int
    index: int
    cells: list[str]
    salt: str
    path: list[str]

    def holds(self) -> bool:
        """Whether the cells lead to the root; that the root is the right one is for the asker to see."""
        if not 0 <= self.index < self.leaves:
            return False
        try:
            path = [_hash_of(text) for text in self.path]
            salt = bytes.fromhex(self.salt)
            if len(salt) not in {0, HASH_BYTES}:
                return False
            top = _climbed(_leaf(self.cells, salt), path, self.index, self.leaves)
        except ValueError:
            return False
        return top is not None and hmac.compare_digest(_root(top, self.leaves), self.root)


def leaf_hashes(names: list[str], rows: Iterable[list[str]], salt_key: bytes | None) -> Iterator[bytes]:
    """The leaves in order. salt_key: sha256 of a private table's file, None for public data."""
    yield _leaf(names, salt_of(salt_key, 0))
    for index, cells in enumerate(rows, start=1):
        yield _leaf(cells, salt_of(salt_key, index))


def salt_of(salt_key: bytes | None, index: int) -> bytes:
    """The salt of one leaf; empty for public data."""
    return b"" if salt_key is None else hmac.digest(salt_key, index.to_bytes(8, "big"), "sha256")


class RowTree:
    """The tree while its leaves go by: memory holds one hash a level."""

    def __init__(self) -> None:
        self.leaves = 0
        self._levels: list[bytes | None] = []

    def add(self, leaf: bytes) -> None:
        """The next leaf."""
        self.leaves += 1
        carried = leaf
        for level, waiting in enumerate(self._levels):
            if waiting is None:
                self._levels[level] = carried
                return
            carried, self._levels[level] = _node(waiting, carried), None
        self._levels.append(carried)

    def root(self) -> str:
        """64 hex digits; there is at least the leaf of the names."""
        top: bytes | None = None
        for waiting in self._levels:
            if waiting is not None:
                top = waiting if top is None else _node(waiting, top)
        assert top is not None
        return _root(top, self.leaves)


def unwatched(cells: list[str]) -> list[str]:
    """The row as it is."""
    return cells


def row_root(table: OpenTable, salt_key: bytes | None, watch: Watcher = unwatched) -> str:
    """The root over all rows of the table; each row goes through `watch` on its way."""
    tree = RowTree()
    for leaf in leaf_hashes(table.names, map(watch, table.rows()), salt_key):
        tree.add(leaf)
    return tree.root()


def salt_key_of(stream: BinaryIO) -> bytes:
    """What the salts of a private table are made of, from its whole file."""
    stream.seek(0)
    digest = hashlib.sha256()
    while piece := stream.read(READ_BYTES):
        digest.update(piece)
    return digest.digest()


def prove_row(table: OpenTable, index: int, salt_key: bytes | None) -> RowProof:
    """The proof of row `index`; 1 is the first. Raises IndexError where there is no such row."""
    shown = [table.names]

    def watched() -> Iterator[list[str]]:
        for number, cells in enumerate(table.rows(), start=1):
            if number == index:
                shown.append(cells)
            yield cells

    hashes = list(leaf_hashes(table.names, watched(), salt_key))
    if not 0 <= index < len(hashes):
        raise IndexError(f"there are {len(hashes) - 1:,} rows, numbered from 1")
    return RowProof(
        root=_root(_subtree(hashes), len(hashes)),
        leaves=len(hashes),
        index=index,
        cells=shown[-1],
        salt=salt_of(salt_key, index).hex(),
        path=[piece.hex() for piece in _path(hashes, index)],
    )


def _leaf(cells: list[str], salt: bytes) -> bytes:
    row = json.dumps(cells, ensure_ascii=False, separators=(",", ":")).encode()
    return hashlib.sha256(LEAF + len(salt).to_bytes() + salt + row).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(NODE + left + right).digest()


def _root(top: bytes, leaves: int) -> str:
    return hashlib.sha256(ROOT + leaves.to_bytes(8, "big") + top).hexdigest()


def _split(count: int) -> int:
    """The largest power of two below the count."""
    return 1 << (count - 1).bit_length() - 1


def _subtree(hashes: list[bytes]) -> bytes:
    if len(hashes) == 1:
        return hashes[0]
    middle = _split(len(hashes))
    return _node(_subtree(hashes[:middle]), _subtree(hashes[middle:]))


def _path(hashes: list[bytes], index: int) -> list[bytes]:
    if len(hashes) == 1:
        return []
    middle = _split(len(hashes))
    if index < middle:
        return [*_path(hashes[:middle], index), _subtree(hashes[middle:])]
    return [*_path(hashes[middle:], index - middle), _subtree(hashes[:middle])]


def _climbed(leaf: bytes, path: list[bytes], index: int, leaves: int) -> bytes | None:
    """The top that the path leads to (RFC 9162, section 2.1.3.2); None where its length is wrong."""
    top, last = leaf, leaves - 1
    for beside in path:
        if last == 0:
            return None
        if index & 1 or index == last:
            top = _node(beside, top)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            top = _node(top, beside)
        index, last = index >> 1, last >> 1
    return top if last == 0 else None


def _hash_of(text: str) -> bytes:
    piece = bytes.fromhex(text)
    if len(piece) != HASH_BYTES:
        raise ValueError("a hash has 32 bytes")
    return piece
