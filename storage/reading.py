"""Walking a tree of blocks in depth-first order: a file's bytes, or all blocks of a tree.

The walkers ask for blocks through a `BlockGetter`, which gives only bytes that match the CID.
"""

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from storage.cid import DAG_PB, RAW, Cid
from storage.dagpb import FileNode, UnixFsKind, kind_of, links_of, read_file_node
from storage.errors import (
    CidMismatch,
    ContentTooLarge,
    MalformedBlock,
    NotAFile,
    RangeOutOfBounds,
    TreeTooDeep,
    UnsupportedCid,
)
from storage.limits import DEFAULT_LIMITS, ReadLimits


class Wanted(NamedTuple):
    """A block to visit, and where its bytes lie in the file (size 0: unknown, or not part of a file)."""

    cid: Cid
    position: int = 0
    size: int = 0
    depth: int = 0


class BlockGetter(Protocol):
    """The verified bytes of a block."""

    def __call__(self, wanted: Wanted, /) -> bytes: ...


def verified(cid: Cid, block: bytes, *, where: str) -> bytes:
    """The block itself, if it is what the CID names."""
    if not cid.is_of(block):
        raise CidMismatch(wanted=str(cid), found=str(Cid.of_block(block, cid.codec)), where=where)
    return block


def read_file(
    cid: Cid,
    get_block: BlockGetter,
    *,
    offset: int = 0,
    length: int | None = None,
    limits: ReadLimits = DEFAULT_LIMITS,
) -> Iterator[bytes]:
    """The bytes [offset, offset + length) of a file; visits only the blocks that hold them.

    The root is read and the range checked at the call, the rest as the bytes are taken.
    """
    if offset < 0 or (length is not None and length < 0):
        raise RangeOutOfBounds("offset and length start at 0")
    root = _node_of(cid, get_block(Wanted(cid)))
    size = root.file_size
    if offset > size:
        raise RangeOutOfBounds(f"offset {offset} is past the end of {cid} ({size} bytes)")
    end = size if length is None else min(size, offset + length)
    if limits.content_bytes is not None and end - offset > limits.content_bytes:
        raise ContentTooLarge(cid=str(cid), size_bytes=end - offset, limit_bytes=limits.content_bytes)
    return _file_bytes(Wanted(cid, 0, size), root, get_block, range(offset, end), limits)


def file_size(cid: Cid, root_block: bytes) -> int:
    """Bytes of the file whose root block this is."""
    return _node_of(cid, root_block).file_size


def tree_blocks(
    root: Cid, get_block: BlockGetter, *, limits: ReadLimits = DEFAULT_LIMITS
) -> Iterator[tuple[Cid, bytes]]:
    """Every block of the tree once, parents before children, in the order of the links."""
    seen: set[Cid] = set()
    total = 0
    waiting = [Wanted(root)]
    while waiting:
        wanted = waiting.pop()
        if wanted.cid in seen:
            continue
        seen.add(wanted.cid)
        block = get_block(wanted)
        total += len(block)
        if limits.content_bytes is not None and total > limits.content_bytes:
            raise ContentTooLarge(cid=str(root), size_bytes=total, limit_bytes=limits.content_bytes)
        waiting += reversed(_children(wanted, block, limits))
        yield wanted.cid, block


def is_file(block: bytes) -> bool:
    """Whether a dag-pb block is a node of a file."""
    return kind_of(block) in {UnixFsKind.FILE, UnixFsKind.RAW}


def file_children(wanted: Wanted, node: FileNode) -> list[Wanted]:
    """The links of a file node with the place of each in the file."""
    position = wanted.position + len(node.inline)
    children = []
    for link in node.links:
        children.append(Wanted(link.cid, position, link.file_size, wanted.depth + 1))
        position += link.file_size
    return children


def _children(wanted: Wanted, block: bytes, limits: ReadLimits) -> list[Wanted]:
    if wanted.cid.codec == RAW:
        return []
    if wanted.cid.codec != DAG_PB:
        raise UnsupportedCid(f"the links of {wanted.cid} are not followed here")
    if is_file(block):
        children = file_children(wanted, read_file_node(block))
    else:
        children = [Wanted(cid, depth=wanted.depth + 1) for cid in links_of(block)]
    if children and wanted.depth >= limits.depth:
        raise TreeTooDeep(f"the tree is deeper than {limits.depth} levels")
    return children


def _file_bytes(
    root: Wanted, root_node: FileNode, get_block: BlockGetter, span: range, limits: ReadLimits
) -> Iterator[bytes]:
    waiting = [root]
    while waiting:
        wanted = waiting.pop()
        node = root_node if wanted is root else _node_of(wanted.cid, get_block(wanted))
        if node.file_size != wanted.size:
            raise MalformedBlock(f"{wanted.cid} does not have the size that its parent states")
        if node.links and wanted.depth >= limits.depth:
            raise TreeTooDeep(f"the file is deeper than {limits.depth} levels")
        waiting += [
            child
            for child in reversed(file_children(wanted, node))
            if child.position < span.stop and child.position + child.size > span.start
        ]
        start = max(0, span.start - wanted.position)
        stop = min(len(node.inline), span.stop - wanted.position)
        if start < stop:
            yield node.inline[start:stop]


def _node_of(cid: Cid, block: bytes) -> FileNode:
    if cid.codec == RAW:
        return FileNode(block, (), len(block))
    if cid.codec == DAG_PB:
        return read_file_node(block)
    raise NotAFile(f"{cid} is not a file")
