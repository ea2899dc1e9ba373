"""One kept tree on disk: a folder with `content` (the plain bytes of a file) and `nodes.car` (other blocks).

A tree that is not a file (a directory from elsewhere) has all its blocks in `nodes.car` and no content.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from storage.car import section_starts
from storage.cid import RAW, Cid
from storage.errors import BlockMissing
from storage.reading import Wanted, tree_blocks, verified

WHERE = "the local store"


class Place(NamedTuple):
    """Where a block of a tree lies: at `position` of the content, or in the nodes (position None)."""

    cid: Cid
    position: int | None
    size: int


class StoredTree:
    """Reads the blocks of one folder, each checked against its CID."""

    def __init__(self, folder: Path, root: Cid) -> None:
        self._content = folder / "content"
        self._nodes = folder / "nodes.car"
        self._root = root
        try:
            with self._nodes.open("rb") as file:
                self._starts = {cid: (start, size) for cid, start, size in section_starts(file, where=WHERE)}
        except FileNotFoundError as error:
            raise BlockMissing(str(root), where=WHERE) from error

    def __call__(self, wanted: Wanted, /) -> bytes:
        """The block, found by its CID among the nodes or by its place in the content."""
        if wanted.cid in self._starts:
            start, size = self._starts[wanted.cid]
            return self._read(self._nodes, wanted.cid, start, size)
        if not wanted.size:
            raise BlockMissing(str(wanted.cid), where=WHERE)
        return self._read(self._content, wanted.cid, wanted.position, wanted.size)

    def places(self) -> Iterator[Place]:
        """Where each block lies, so that it can be found by its own CID."""
        for cid, (_, size) in self._starts.items():
            yield Place(cid, None, size)
        if not self._content.exists():
            return
        leaves: list[Wanted] = []

        def noting_leaves(wanted: Wanted) -> bytes:
            if wanted.cid.codec == RAW:
                leaves.append(wanted)
                return b""
            return self(wanted)

        for _ in tree_blocks(self._root, noting_leaves):
            yield from (Place(leaf.cid, leaf.position, leaf.size) for leaf in leaves)
            leaves.clear()

    def _read(self, path: Path, cid: Cid, start: int, size: int) -> bytes:
        try:
            with path.open("rb", buffering=0) as file:
                block = os.pread(file.fileno(), size, start)
        except FileNotFoundError as error:
            raise BlockMissing(str(cid), where=WHERE) from error
        return verified(cid, block, where=WHERE)
