"""CARs as fixtures: whole ones that no store under test has made, and hostile ones from parts."""

from io import BytesIO

import pytest

from storage.car import write_car
from storage.cid import DAG_PB, RAW, Cid, raw_cid
from storage.dagpb import Link, encode_file_node
from storage.importer import import_stream
from storage.varint import encode_varint
from tests.fakes.ipfs_store_contract import MIB, content_of


def field(number: int, body: bytes) -> bytes:
    """A byte string as a protobuf field."""
    return encode_varint(number << 3 | 2) + encode_varint(len(body)) + body


def dag_node(unixfs: bytes, links: list[tuple[str, Cid, int]]) -> bytes:
    """A dag-pb block from its parts: (name, CID, size of the tree) a link."""
    block = b""
    for name, cid, tree_size in links:
        body = field(1, bytes(cid)) + field(2, name.encode()) + b"\x18" + encode_varint(tree_size)
        block += field(2, body)
    return block + field(1, unixfs)


def file_node(links: list[tuple[Cid, int]]) -> tuple[Cid, bytes]:
    """An interior node of a file with any sizes we like to claim."""
    block = encode_file_node([Link(cid, size, size) for cid, size in links])
    return Cid.of_block(block, DAG_PB), block


def car_of(root: Cid, *blocks: tuple[Cid, bytes]) -> BytesIO:
    return BytesIO(b"".join(write_car(root, blocks)))


@pytest.fixture
def foreign_car() -> bytes:
    """4 MiB of file in 3 blocks and a node: the last two chunks are the same."""
    chunks = [content_of(2 * MIB, seed=99)[:MIB], content_of(2 * MIB, seed=99)[MIB:], bytes(MIB)]
    nodes: list[tuple[Cid, bytes]] = []
    stream = BytesIO(b"".join([*chunks, chunks[-1]]))
    imported = import_stream(stream, on_node=lambda cid, block: nodes.append((cid, block)))
    leaves = [(Cid.of_block(chunk, RAW), chunk) for chunk in chunks]
    return b"".join(write_car(imported.cid, [*nodes, *leaves]))


@pytest.fixture
def directory_car() -> bytes:
    """A directory with one file."""
    leaf = raw_cid(b"inside")
    block = dag_node(b"\x08\x01", [("file.txt", leaf, 6)])
    root = Cid.of_block(block, DAG_PB)
    return b"".join(write_car(root, [(root, block), (leaf, b"inside")]))
