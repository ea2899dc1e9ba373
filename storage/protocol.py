"""What every store of content-addressed bytes can do."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from storage.cid import Cid
from storage.importer import ByteStream

MAX_DOCUMENT_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class StoredFile:
    cid: Cid
    size: int


class BlockSource(Protocol):
    """Gives bytes by CID; whatever it gives was checked against the CID block by block."""

    def read_block(self, cid: Cid) -> bytes:
        """One whole block."""
        ...

    def open(self, cid: Cid, *, offset: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The bytes of a file, or a range of them; length None reads to the end, a longer one stops there.

        Raises at the call where the root is missing or the range lies outside; later where a chunk is bad,
        and then none of that chunk's bytes have been given out.
        """
        ...

    def size(self, cid: Cid) -> int:
        """Bytes of the file."""
        ...

    def export_car(self, cid: Cid) -> Iterator[bytes]:
        """A CAR v1 of the whole tree, depth first, each block once."""
        ...


class ContentStore(BlockSource, Protocol):
    """Keeps bytes. What it was given to keep is pinned, and is there when the call returns: on our disk, or
    pinned by the node and read back. Every writing call may be repeated and gives the same CID."""

    def add_file(self, stream: ByteStream) -> StoredFile:
        """Keeps a file, as profile unixfs-v1-2025."""
        ...

    def add_block(self, document: bytes) -> Cid:
        """Keeps a small document as one raw block, so that its digest is its sha2-256; at most 1 MiB."""
        ...

    def has(self, cid: Cid) -> bool:
        """Whether the block is here, without asking anyone else."""
        ...

    def pin(self, cid: Cid) -> None:
        """Keeps the tree until it is unpinned."""
        ...

    def unpin(self, cid: Cid) -> None:
        """Lets go of the tree; unpinning what is not pinned changes nothing."""
        ...

    def is_pinned(self, cid: Cid) -> bool: ...

    def import_car(self, stream: ByteStream) -> Cid:
        """Keeps the one tree of a CAR v1 and gives its root; of a wrong CAR nothing is kept."""
        ...
