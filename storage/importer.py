"""Bytes -> tree of blocks -> CID, in one pass and constant memory.

The layout is Kubo's balanced one. A profile fixes chunk size, links of a node and the form of the leaves.
What we create is always `unixfs-v1-2025` (IPIP-499); the older one is there to check what others have made.
Hashing runs on threads, since hashlib lets go of the interpreter's lock.
"""

import hashlib
import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from storage.cid import DAG_PB, RAW, Cid
from storage.dagpb import Link, encode_file_leaf, encode_file_node

HASHING_THREADS = min(4, os.cpu_count() or 1)


class ByteStream(Protocol):
    """The one method that we need of a file."""

    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Profile:
    name: str
    chunk_bytes: int
    links_per_node: int
    has_raw_leaves: bool = True
    """False: leaves are dag-pb nodes, and CIDs are written in version 0."""


UNIXFS_V1_2025 = Profile("unixfs-v1-2025", chunk_bytes=1 << 20, links_per_node=1024)
UNIXFS_V0_2015 = Profile("unixfs-v0-2015", chunk_bytes=1 << 18, links_per_node=174, has_raw_leaves=False)
PROFILES = {profile.name: profile for profile in (UNIXFS_V1_2025, UNIXFS_V0_2015)}


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
    on_chunk: Callable[[memoryview], object] = _ignore,
    on_node: Callable[[Cid, bytes], object] = _ignore,
) -> ImportedFile:
    """Reads the stream to its end and gives the CID of the file.

    on_chunk sees each chunk as it is read, in memory that is used again after the call; on_node each interior
    node, children before parents.
    """
    tree = _Tree(profile, on_node)
    size = 0
    for leaf in _hashed_chunks(stream, profile, on_chunk):
        size += leaf.file_size
        tree.add(0, leaf)
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
    stream: ByteStream, profile: Profile, on_chunk: Callable[[memoryview], object]
) -> Iterator[Link]:
    """The leaf of each chunk in order; one empty chunk for an empty stream."""
    chunk_bytes = profile.chunk_bytes
    leaf = _raw_leaf if profile.has_raw_leaves else _wrapped_leaf
    buffer = bytearray(chunk_bytes)
    chunk = _filled(buffer, stream)
    on_chunk(chunk)
    if len(chunk) < chunk_bytes:
        yield leaf(chunk)
        return
    # Memory is used again once it is hashed: fresh memory for every chunk would cost half as much as hashing.
    pending: deque[tuple[bytearray, Future[Link]]] = deque()
    with ThreadPoolExecutor(HASHING_THREADS, thread_name_prefix="cid") as pool:
        while chunk:
            pending.append((buffer, pool.submit(leaf, chunk)))
            if len(pending) > 2 * HASHING_THREADS:
                buffer, hashed = pending.popleft()
                yield hashed.result()
            else:
                buffer = bytearray(chunk_bytes)
            chunk = _filled(buffer, stream)
            if chunk:
                on_chunk(chunk)
        for _, hashed in pending:
            yield hashed.result()


def _filled(buffer: bytearray, stream: ByteStream) -> memoryview:
    """The part of the buffer that the stream has filled; all of it but at the end."""
    target = memoryview(buffer)
    read_into = getattr(stream, "readinto", None)
    size = 0
    while size < len(target):
        if read_into is not None:
            count = read_into(target[size:])
        else:
            piece = stream.read(len(target) - size)
            count = len(piece)
            target[size : size + count] = piece
        if not count:
            break
        size += count
    return target[:size]


def _raw_leaf(chunk: memoryview) -> Link:
    return Link(Cid(1, RAW, hashlib.sha256(chunk).digest()), len(chunk), len(chunk))


def _wrapped_leaf(chunk: memoryview) -> Link:
    block = encode_file_leaf(chunk)
    return Link(Cid(0, DAG_PB, hashlib.sha256(block).digest()), len(block), len(chunk))


class _Tree:
    """Balanced tree: a full level moves up as one node only when another link arrives for it."""

    def __init__(self, profile: Profile, on_node: Callable[[Cid, bytes], object]) -> None:
        self._links_per_node = profile.links_per_node
        self._cid_version = 1 if profile.has_raw_leaves else 0
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
        cid = Cid(self._cid_version, DAG_PB, hashlib.sha256(block).digest())
        self._on_node(cid, block)
        self.nodes += 1
        return Link(
            cid,
            tree_size=len(block) + sum(link.tree_size for link in links),
            file_size=sum(link.file_size for link in links),
        )
