"""dag-pb nodes and the UnixFS message inside them: written one way only, read strictly."""

from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from storage.cid import Cid
from storage.errors import InvalidCid, MalformedBlock, NotAFile, TreeTooDeep
from storage.varint import decode_varint, encode_varint

MAX_LINKS = 16_384
NODES_KEPT = 8
"""Parsed nodes that are remembered: one of a thousand links takes longer to parse than a chunk to hash, and
every range of a file begins with the same ones. The largest take 5 MB each."""

VARINT, BYTES = 0, 2

# The link of a file as everyone writes it: a CIDv1 of 36 bytes, an empty name, the size of the tree.
USUAL_LINK_START = b"\x0a\x24\x01"
USUAL_NAME_AT = 38


class UnixFsKind(IntEnum):
    RAW = 0
    DIRECTORY = 1
    FILE = 2
    METADATA = 3
    SYMLINK = 4
    HAMT_SHARD = 5


@dataclass(frozen=True, slots=True)
class Link:
    """A child: its CID, the bytes of its whole subtree (with nodes), the bytes of file that it carries."""

    cid: Cid
    tree_size: int
    file_size: int


@dataclass(frozen=True, slots=True)
class FileNode:
    """A node of a file: bytes of its own first, then those of its children in order."""

    inline: bytes
    links: tuple[Link, ...]
    file_size: int


def encode_file_node(links: list[Link]) -> bytes:
    """The dag-pb block of an interior node of a file, byte for byte as Kubo writes it (links before data)."""
    block = bytearray()
    for link in links:
        cid = bytes(link.cid)
        body = b"\x0a" + encode_varint(len(cid)) + cid + b"\x12\x00\x18" + encode_varint(link.tree_size)
        block += b"\x12" + encode_varint(len(body)) + body
    unixfs = bytearray(b"\x08\x02\x18")
    unixfs += encode_varint(sum(link.file_size for link in links))
    for link in links:
        unixfs += b"\x20" + encode_varint(link.file_size)
    return bytes(block + b"\x0a" + encode_varint(len(unixfs)) + unixfs)


def encode_file_leaf(content: bytes | memoryview) -> bytes:
    """The dag-pb block of a leaf in the old layout, with the bytes inside."""
    inline = b"\x12" + encode_varint(len(content)) + content if content else b""
    unixfs = b"\x08\x02" + inline + b"\x18" + encode_varint(len(content))
    return b"\x0a" + encode_varint(len(unixfs)) + unixfs


def links_of(block: bytes) -> list[Cid]:
    """The CIDs that a dag-pb block links to, in order; for any kind of node."""
    return [cid for cid, _ in _read_node(block)[0]]


def kind_of(block: bytes) -> UnixFsKind | None:
    """What the node is, or None where it holds no UnixFS message."""
    _, payload = _read_node(block)
    if payload is None:
        return None
    for number, value in _fields(payload):
        if number == 1 and isinstance(value, int):
            return _known_kind(value)
    raise MalformedBlock("the UnixFS message does not say what it is")


@lru_cache(maxsize=NODES_KEPT)
def read_file_node(block: bytes) -> FileNode:
    """The node of a file, its stated sizes checked against each other."""
    raw_links, payload = _read_node(block)
    if payload is None:
        raise NotAFile("the block links to others, but is no file")
    kind, inline, file_size, block_sizes = _read_unixfs(payload)
    if kind not in {UnixFsKind.FILE, UnixFsKind.RAW}:
        raise NotAFile(f"the CID names a {kind.name.lower()}, not a file")
    if len(block_sizes) != len(raw_links):
        raise MalformedBlock("a file node must state one size for each of its links")
    if any(size == 0 for size in block_sizes):
        raise MalformedBlock("a file node links to an empty part")
    if file_size is None:
        file_size = len(inline) + sum(block_sizes)
    if file_size != len(inline) + sum(block_sizes):
        raise MalformedBlock("the sizes in a file node do not add up")
    links = tuple(
        Link(cid, tree_size, size) for (cid, tree_size), size in zip(raw_links, block_sizes, strict=True)
    )
    return FileNode(inline, links, file_size)


@lru_cache(maxsize=NODES_KEPT)
def _read_node(block: bytes) -> tuple[tuple[tuple[Cid, int], ...], bytes | None]:
    links: list[tuple[Cid, int]] = []
    payload: bytes | None = None
    for number, value in _fields(block):
        if number == 2 and isinstance(value, bytes):
            links.append(_read_link(value))
            if len(links) > MAX_LINKS:
                raise TreeTooDeep(f"a node has more than {MAX_LINKS} links")
        elif number == 1 and isinstance(value, bytes) and payload is None:
            payload = value
        else:
            raise MalformedBlock(f"field {number} does not belong into a dag-pb node")
    return tuple(links), payload


def _read_link(body: bytes) -> tuple[Cid, int]:
    if body.startswith(USUAL_LINK_START) and body[USUAL_NAME_AT : USUAL_NAME_AT + 3] == b"\x12\x00\x18":
        tree_size, end = decode_varint(body, USUAL_NAME_AT + 3)
        if end == len(body):
            return Cid.read_from(body, 2)[0], tree_size
    return _read_unusual_link(body)


def _read_unusual_link(body: bytes) -> tuple[Cid, int]:
    cid: Cid | None = None
    tree_size = 0
    for number, value in _fields(body):
        if number == 1 and isinstance(value, bytes):
            try:
                cid = Cid.from_bytes(value)
            except InvalidCid as error:
                raise MalformedBlock("a link does not hold a CID") from error
        elif number == 3 and isinstance(value, int):
            tree_size = value
        elif number != 2:
            raise MalformedBlock(f"field {number} does not belong into a link")
    if cid is None:
        raise MalformedBlock("a link without a CID")
    return cid, tree_size


def _read_unixfs(payload: bytes) -> tuple[UnixFsKind, bytes, int | None, list[int]]:
    kind: UnixFsKind | None = None
    inline = b""
    file_size: int | None = None
    block_sizes: list[int] = []
    for number, value in _fields(payload):
        if number == 1 and isinstance(value, int):
            kind = _known_kind(value)
        elif number == 2 and isinstance(value, bytes):
            inline = value
        elif number == 3 and isinstance(value, int):
            file_size = value
        elif number == 4 and isinstance(value, int):
            block_sizes.append(value)
        elif number == 4 and isinstance(value, bytes):
            block_sizes += _packed(value)
    if kind is None:
        raise MalformedBlock("the UnixFS message does not say what it is")
    return kind, inline, file_size, block_sizes


def _known_kind(value: int) -> UnixFsKind:
    try:
        return UnixFsKind(value)
    except ValueError as error:
        raise MalformedBlock(f"UnixFS kind {value} is unknown") from error


def _packed(body: bytes) -> list[int]:
    values, at = [], 0
    while at < len(body):
        value, at = decode_varint(body, at)
        values.append(value)
    return values


def _fields(message: bytes) -> list[tuple[int, int | bytes]]:
    """The fields of a protobuf message that uses varints and byte strings alone."""
    found: list[tuple[int, int | bytes]] = []
    at = 0
    while at < len(message):
        tag, at = decode_varint(message, at)
        number, wire = tag >> 3, tag & 7
        value, at = decode_varint(message, at)
        if wire == VARINT:
            found.append((number, value))
        elif wire == BYTES:
            if at + value > len(message):
                raise MalformedBlock("a field is longer than its message")
            found.append((number, message[at : at + value]))
            at += value
        else:
            raise MalformedBlock(f"wire type {wire} is not used in dag-pb")
    return found
