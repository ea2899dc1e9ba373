"""CARs and trees made to hurt: whatever they hold, the reader refuses before a wrong byte leaves it."""

from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import QommonsError
from storage.car import CarReader, encode_header, encode_section
from storage.cid import DAG_CBOR, DAG_PB, Cid, raw_cid
from storage.dagpb import encode_file_node, links_of, read_file_node
from storage.errors import (
    BlockTooLarge,
    CidMismatch,
    ContentTooLarge,
    MalformedBlock,
    MalformedCar,
    NotAFile,
    TreeTooDeep,
    TruncatedCar,
    UnsupportedCid,
)
from storage.limits import ReadLimits
from storage.local.store import LocalStore
from storage.reading import Wanted, read_file, tree_blocks
from storage.varint import encode_varint
from tests.fakes.ipfs_cars import car_of, dag_node, field, file_node

LEAF = b"a leaf"
LEAF_CID = raw_cid(LEAF)


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "store")


def is_untouched(store: LocalStore, *cids: Cid) -> bool:
    return not any(store.has(cid) or store.is_pinned(cid) for cid in cids) and store.sweep() == 0


def test_a_car_of_one_leaf_is_taken(store: LocalStore) -> None:
    assert store.import_car(car_of(LEAF_CID, (LEAF_CID, LEAF))) == LEAF_CID


def test_a_block_under_another_name_is_refused(store: LocalStore) -> None:
    with pytest.raises(CidMismatch):
        store.import_car(car_of(LEAF_CID, (LEAF_CID, b"A leaf")))

    assert is_untouched(store, LEAF_CID)


def test_a_car_whose_first_block_is_not_its_root_is_refused(store: LocalStore) -> None:
    root, node = file_node([(LEAF_CID, 6), (LEAF_CID, 6)])

    with pytest.raises(CidMismatch):
        store.import_car(car_of(root, (LEAF_CID, LEAF), (root, node)))

    assert is_untouched(store, root, LEAF_CID)


@pytest.mark.parametrize(
    "claimed", [[(LEAF_CID, 5), (LEAF_CID, 6)], [(LEAF_CID, 600)], [(LEAF_CID, 6), (LEAF_CID, 1 << 60)]]
)
def test_a_node_that_lies_about_the_size_of_a_chunk_is_refused(
    store: LocalStore, claimed: list[tuple[Cid, int]]
) -> None:
    root, node = file_node(claimed)

    with pytest.raises(MalformedBlock):
        store.import_car(car_of(root, (root, node), (LEAF_CID, LEAF)))

    assert is_untouched(store, root, LEAF_CID)


def test_a_tree_deeper_than_any_file_needs_is_refused(store: LocalStore) -> None:
    cid, block, nodes = LEAF_CID, LEAF, []
    nodes.append((cid, block))
    for _ in range(30):
        cid, block = file_node([(cid, 6)])
        nodes.insert(0, (cid, block))

    with pytest.raises(TreeTooDeep):
        store.import_car(car_of(cid, *nodes))

    assert is_untouched(store, cid)


def test_a_bomb_of_repeated_links_meets_the_size_limit() -> None:
    blocks: dict[Cid, bytes] = {LEAF_CID: LEAF}
    cid, size = LEAF_CID, len(LEAF)
    for _ in range(6):
        cid, block = file_node([(cid, size)] * 1000)
        blocks[cid] = block
        size *= 1000
    limits = ReadLimits(content_bytes=1 << 30)

    def get_block(wanted: Wanted) -> bytes:
        return blocks[wanted.cid]

    with pytest.raises(ContentTooLarge):
        read_file(cid, get_block, limits=limits)
    assert len(list(tree_blocks(cid, get_block, limits=limits))) == 7
    assert b"".join(read_file(cid, get_block, offset=6 * 10**17 + 3, length=9)) == b"eaf" + LEAF


def test_a_bomb_of_empty_parts_is_refused() -> None:
    empty = raw_cid(b"")
    root, node = file_node([(empty, 0)] * 1000)

    with pytest.raises(MalformedBlock):
        read_file(root, lambda _wanted: node)


def test_a_node_with_more_links_than_any_file_needs_is_refused() -> None:
    _, node = file_node([(LEAF_CID, 6)] * 16_385)

    with pytest.raises(TreeTooDeep):
        read_file_node(node)


def test_a_block_above_the_limit_is_refused_before_it_is_read() -> None:
    class Endless:
        def __init__(self, start: bytes) -> None:
            self.start, self.given = BytesIO(start), 0

        def read(self, size: int = -1, /) -> bytes:
            self.given += size
            return self.start.read(size) or bytes(size)

    stream = Endless(encode_header(LEAF_CID) + encode_varint(1 << 40))
    reader = CarReader(stream)

    with pytest.raises(BlockTooLarge):
        reader.next_block()
    assert stream.given < 1000


@pytest.mark.parametrize(
    "car",
    [
        b"",
        b"\x00",
        b"\xff" * 12,
        encode_varint(5000) + bytes(5000),
        b"\x0a\xa1\x67version\x02",
        b"\x11\xa2\x65roots\x80\x67version\x01",
        b"\x3a" + encode_header(LEAF_CID)[1:-1] + b"\x02",
        encode_header(LEAF_CID) + b"\x00",
        encode_header(LEAF_CID) + b"\x05hello",
        encode_header(LEAF_CID)[:-1],
    ],
    ids=[
        "empty",
        "no header",
        "endless number",
        "huge header",
        "version 2",
        "no root",
        "version 2 with a root",
        "empty section",
        "no CID",
        "cut header",
    ],
)
def test_what_is_no_car_of_one_tree_is_refused(store: LocalStore, car: bytes) -> None:
    with pytest.raises(MalformedCar):
        store.import_car(BytesIO(car))

    assert is_untouched(store, LEAF_CID)


def test_a_car_with_two_roots_is_refused(store: LocalStore) -> None:
    link = b"\xd8\x2a\x58\x25\x00" + bytes(LEAF_CID)
    header = b"\xa2\x65roots\x82" + link + link + b"\x67version\x01"

    with pytest.raises(MalformedCar):
        store.import_car(BytesIO(encode_varint(len(header)) + header + encode_section(LEAF_CID, LEAF)))


def test_a_dag_cbor_tree_is_refused_by_name(store: LocalStore) -> None:
    root = Cid.of_block(b"\xa0", DAG_CBOR)

    with pytest.raises(UnsupportedCid):
        store.import_car(car_of(root, (root, b"\xa0")))

    assert is_untouched(store, root)


@pytest.mark.parametrize(
    "block",
    [
        b"\x0a",
        b"\x0a\xff\x01x",
        b"\x09" + bytes(8),
        field(1, b"\x08\x09"),
        field(1, b"\x18\x05"),
        field(1, b"\x08\x02\x18\x05\x20\x06"),
        field(2, field(2, b"name")),
        field(2, field(1, b"not a cid")) + field(1, b"\x08\x02"),
        dag_node(b"\x08\x02\x18\x06", [("", LEAF_CID, 6)]),
        b"\x12\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01",
        field(1, b"\x08\x02" + b"\x08\x80\x00"),
    ],
)
def test_a_malformed_node_is_refused(block: bytes) -> None:
    cid = Cid.of_block(block, DAG_PB)

    with pytest.raises(MalformedBlock):
        read_file(cid, lambda _wanted: block)


@pytest.mark.parametrize("kind", [1, 3, 4, 5], ids=["directory", "metadata", "symlink", "shard"])
def test_what_is_not_a_file_is_named_so(kind: int) -> None:
    block = field(1, bytes([8, kind]))

    with pytest.raises(NotAFile):
        read_file(Cid.of_block(block, DAG_PB), lambda _wanted: block)


def test_a_file_of_the_old_layout_is_read() -> None:
    blocks: dict[Cid, bytes] = {}
    links = []
    for text in (b"first ", b"second"):
        leaf = field(1, b"\x08\x02" + field(2, text) + b"\x18\x06")
        links.append((Cid(0, DAG_PB, Cid.of_block(leaf, DAG_PB).digest), 6))
        blocks[links[-1][0]] = leaf
    root, node = file_node(links)
    blocks[root] = node

    assert b"".join(read_file(root, lambda wanted: blocks[wanted.cid])) == b"first second"
    assert b"".join(read_file(root, lambda wanted: blocks[wanted.cid], offset=4, length=4)) == b"t se"


def test_every_byte_cut_or_flipped_of_a_car_is_noticed(store: LocalStore) -> None:
    root, node = file_node([(LEAF_CID, 6), (raw_cid(b"other!"), 6)])
    car = car_of(root, (root, node), (LEAF_CID, LEAF), (raw_cid(b"other!"), b"other!")).getvalue()

    for at in range(len(car)):
        with pytest.raises(TruncatedCar):
            store.import_car(BytesIO(car[:at]))
        flipped = bytearray(car)
        flipped[at] ^= 1
        with pytest.raises(QommonsError):
            store.import_car(BytesIO(flipped))
    assert is_untouched(store, root, LEAF_CID)


@given(st.binary(max_size=300))
def test_any_bytes_as_a_node_give_links_or_our_own_error(block: bytes) -> None:
    for read in (links_of, read_file_node):
        try:
            read(block)
        except QommonsError:
            continue


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_as_a_car_give_blocks_or_our_own_error(tail: bytes) -> None:
    for start in (b"", encode_header(LEAF_CID)):
        try:
            reader = CarReader(BytesIO(start + tail))
            while reader.next_block() is not None:
                continue
        except QommonsError:
            continue


def test_a_node_is_written_as_it_is_read() -> None:
    root, block = file_node([(LEAF_CID, 6), (raw_cid(b"x"), 1)])

    node = read_file_node(block)

    assert (node.file_size, links_of(block)) == (7, [LEAF_CID, raw_cid(b"x")])
    assert encode_file_node(list(node.links)) == block
    assert Cid.of_block(block, DAG_PB) == root
