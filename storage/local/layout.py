"""Where the things of a local store lie.

blocks/ab/<cid>                 one raw block
files/ab/<cid>/content          a file of more than one chunk
files/ab/<cid>/nodes.car        its interior nodes
pins/<cid>                      kept until unpinned
drafts/                         half-written things, removed when their writer is gone
index.sqlite3                   block -> tree; made from the trees
upkeep.sqlite3                  who holds what, what is unwanted since when, what was found damaged
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from storage.cid import RAW, Cid


@dataclass(frozen=True, slots=True)
class Layout:
    folder: Path

    @property
    def drafts(self) -> Path:
        return self.folder / "drafts"

    @property
    def index(self) -> Path:
        return self.folder / "index.sqlite3"

    @property
    def upkeep(self) -> Path:
        return self.folder / "upkeep.sqlite3"

    def block(self, cid: Cid) -> Path:
        return self.folder / "blocks" / cid.digest.hex()[:2] / str(cid.as_v1)

    def tree(self, cid: Cid) -> Path:
        return self.folder / "files" / cid.digest.hex()[:2] / str(cid.as_v1)

    def pin(self, cid: Cid) -> Path:
        return self.folder / "pins" / str(cid.as_v1)

    def of_root(self, root: Cid) -> Path:
        """The file or folder that a thing of this root has."""
        return self.block(root) if root.codec == RAW else self.tree(root)

    def trees(self) -> Iterator[Cid]:
        return (Cid.parse(folder.name) for folder in (self.folder / "files").glob("*/*"))

    def roots(self) -> Iterator[Cid]:
        """Everything that is kept under a name of its own."""
        yield from (Cid.parse(block.name) for block in (self.folder / "blocks").glob("*/*"))
        yield from self.trees()

    def pins(self) -> Iterator[Cid]:
        return (Cid.parse(pin.name) for pin in (self.folder / "pins").glob("*"))

    def size_bytes(self, root: Cid) -> int:
        """What the thing takes of the disk; 0 where it is gone."""
        path = self.of_root(root)
        try:
            if root.codec == RAW:
                return path.stat().st_size
            return sum(part.stat().st_size for part in path.iterdir())
        except FileNotFoundError:
            return 0
