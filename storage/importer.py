"""Bytes -> tree of blocks -> CID, in one pass and constant memory.

The layout is Kubo's balanced one with raw leaves. A profile fixes the chunk size and the links of a node;
what we create is always `unixfs-v1-2025` (IPIP-499). Hashing runs on threads, since hashlib lets go of the
interpreter's lock.
"""

import hashlib
import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from storage.cid import DAG_PB, RAW, Cid
from storage.dagpb import Link, encode_file_node

HASHING_THREADS = min(4, os.cpu_count() or 1)


class ByteStream(Protocol):
    """The one method that we need of a file."""

    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Profile:
    name: str
    chunk_bytes: int
    links_per_node: int


UNIXFS_V1_2025 = Profile("unixfs-v1-2025", chunk_bytes=1 << 20, links_per_node=1024)


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """The root, the bytes of the file, and the number of interior nodes (0 for a file of one chunk)."""

    cid: Cid
    size: int
    nodes: int


def _ignore(*_args: object) -> None:
    return None


def import_stream(
    stream: ByteStream,
    *,
    profile: Profile = UNIXFS_V1_2025,
    on_chunk: Callable[[bytes], object] = _ignore,
    on_node: Callable[[Cid, bytes], object] = _ignore,
) -> ImportedFile:
    """Reads the stream to its end and gives the CID of the file.

    on_chunk sees each chunk as it is read, on_node each interior node, children before parents.
    """
    tree = _Tree(profile.links_per_node, on_node)
    size = 0
    for cid, chunk_size in _hashed_chunks(stream, profile.chunk_bytes, on_chunk):
        size += chunk_size
        tree.add(0, Link(cid, chunk_size, chunk_size))
    root = tree.close()
    return ImportedFile(root.cid, size, tree.nodes)


def read_exactly(stream: ByteStream, size: int) -> bytes:
    """`size` bytes, fewer only at the end: pipes and sockets may give a chunk in pieces."""
    first = stream.read(size)
    if len(first) in {0, size}:
        return first
    pieces, missing = [first], size - len(first)
    while missing:
        piece = stream.read(missing)
        if not piece:
            break
        pieces.append(piece)
        missing -= len(piece)
    return b"".join(pieces)


def _hashed_chunks(
    stream: ByteStream, chunk_bytes: int, on_chunk: Callable[[bytes], object]
) -> Iterator[tuple[Cid, int]]:
    """CID and size of each chunk in order; one empty chunk for an empty stream."""
    chunk = read_exactly(stream, chunk_bytes)
    on_chunk(chunk)
    if len(chunk) < chunk_bytes:
        yield _leaf(chunk)
        return
    pending: deque[Future[tuple[Cid, int]]] = deque()
    with ThreadPoolExecutor(HASHING_THREADS, thread_name_prefix="cid") as pool:
        while chunk:
            pending.append(pool.submit(_leaf, chunk))
            if len(pending) > 2 * HASHING_THREADS:
                yield pending.popleft().result()
            chunk = read_exactly(stream, chunk_bytes)
            if chunk:
                on_chunk(chunk)
        while pending:
            yield pending.popleft().result()


def _leaf(chunk: bytes) -> tuple[Cid, int]:
    return Cid(1, RAW, hashlib.sha256(chunk).digest()), len(chunk)


class _Tree:
    """Balanced tree: a full level moves up as one node only when another link arrives for it."""

    def __init__(self, links_per_node: int, on_node: Callable[[Cid, bytes], object]) -> None:
        self._links_per_node = links_per_node
        self._on_node = on_node
        self._levels: list[list[Link]] = [[]]
        self.nodes = 0

    def add(self, level: int, link: Link) -> None:
        if level == len(self._levels):
            self._levels.append([])
        if len(self._levels[level]) == self._links_per_node:
            self.add(level + 1, self._node(self._levels[level]))
            self._levels[level] = []
        self._levels[level].append(link)

    def close(self) -> Link:
        """The root, once all links are in."""
        level = 0
        while level + 1 < len(self._levels) or len(self._levels[level]) > 1:
            self.add(level + 1, self._node(self._levels[level]))
            level += 1
        return self._levels[level][0]

    def _node(self, links: list[Link]) -> Link:
        block = encode_file_node(links)
        cid = Cid.of_block(block, DAG_PB)
        self._on_node(cid, block)
        self.nodes += 1
        return Link(
            cid,
            tree_size=len(block) + sum(link.tree_size for link in links),
            file_size=sum(link.file_size for link in links),
        )
