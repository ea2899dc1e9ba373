"""What every ContentStore must do; the same tests run on the local store, a fake node and a real one."""

import random
from io import BytesIO

import pytest

from storage.cid import Cid, raw_cid
from storage.errors import (
    BlockMissing,
    BlockTooLarge,
    CidMismatch,
    MalformedCar,
    NotAFile,
    RangeOutOfBounds,
    TruncatedCar,
)
from storage.importer import import_stream
from storage.protocol import ContentStore

MIB = 1 << 20
ABSENT = raw_cid(b"nobody has this")


def content_of(size: int, seed: int = 7) -> bytes:
    return random.Random(seed).randbytes(size)


class OneWay:
    """A stream that cannot be rewound, and gives its bytes in odd pieces."""

    def __init__(self, content: bytes) -> None:
        self._stream = BytesIO(content)

    def read(self, size: int = -1, /) -> bytes:
        return self._stream.read(min(size, 300_001) if size > 0 else size)


class ContentStoreContract:
    """Subclasses give a `store` fixture."""

    @pytest.mark.parametrize("size", [0, 1, MIB - 1, MIB, MIB + 1, 3 * MIB + 17])
    def test_a_file_comes_back_under_the_cid_that_we_compute(self, store: ContentStore, size: int) -> None:
        content = content_of(size)

        stored = store.add_file(BytesIO(content))

        assert stored.cid == import_stream(BytesIO(content)).cid
        assert (stored.size, store.size(stored.cid)) == (size, size)
        assert b"".join(store.open(stored.cid)) == content

    def test_adding_twice_gives_the_same_cid(self, store: ContentStore) -> None:
        content = content_of(2 * MIB)

        first, second = store.add_file(BytesIO(content)), store.add_file(BytesIO(content))

        assert first == second
        assert b"".join(store.open(first.cid)) == content

    def test_a_stream_that_cannot_be_rewound_is_stored(self, store: ContentStore) -> None:
        content = content_of(2 * MIB + 5)

        stored = store.add_file(OneWay(content))

        assert b"".join(store.open(stored.cid)) == content

    def test_a_file_of_equal_chunks_comes_back(self, store: ContentStore) -> None:
        content = content_of(MIB) + bytes(3 * MIB) + content_of(MIB) + b"end"

        stored = store.add_file(BytesIO(content))

        assert b"".join(store.open(stored.cid)) == content

    @pytest.mark.parametrize(
        ("offset", "length"),
        [(0, 0), (0, 10), (MIB - 3, 6), (MIB, MIB), (5, None), (3 * MIB, 99 * MIB), (3 * MIB + 17, None)],
    )
    def test_a_range_is_the_slice_of_the_file(
        self, store: ContentStore, offset: int, length: int | None
    ) -> None:
        content = content_of(3 * MIB + 17)
        stored = store.add_file(BytesIO(content))

        piece = b"".join(store.open(stored.cid, offset=offset, length=length))

        assert piece == content[offset : None if length is None else offset + length]

    @pytest.mark.parametrize(("offset", "length"), [(-1, None), (0, -1), (11, None)])
    def test_a_range_outside_the_file_is_refused_at_the_call(
        self, store: ContentStore, offset: int, length: int | None
    ) -> None:
        cid = store.add_block(b"ten bytes.")

        with pytest.raises(RangeOutOfBounds):
            store.open(cid, offset=offset, length=length)

    def test_a_document_is_one_raw_block_named_by_its_digest(self, store: ContentStore) -> None:
        cid = store.add_block(b"hello world")

        assert str(cid) == "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"
        assert store.read_block(cid) == b"hello world"

    def test_a_document_of_one_mebibyte_is_kept_and_a_larger_one_refused(self, store: ContentStore) -> None:
        largest = content_of(MIB)

        assert store.read_block(store.add_block(largest)) == largest
        with pytest.raises(BlockTooLarge):
            store.add_block(largest + b"!")

    def test_each_block_of_a_file_is_there_under_its_own_cid(self, store: ContentStore) -> None:
        content = content_of(2 * MIB + 9)
        store.add_file(BytesIO(content))

        second = raw_cid(content[MIB : 2 * MIB])

        assert store.has(second)
        assert store.read_block(second) == content[MIB : 2 * MIB]
        assert b"".join(store.open(second, offset=4, length=4)) == content[MIB + 4 : MIB + 8]

    def test_what_is_not_there_is_named_as_missing(self, store: ContentStore) -> None:
        assert not store.has(ABSENT)
        assert not store.is_pinned(ABSENT)
        for ask in (store.read_block, store.open, store.size, store.pin, store.export_car):
            with pytest.raises(BlockMissing):
                ask(ABSENT)

    def test_a_stored_file_is_pinned_until_it_is_unpinned(self, store: ContentStore) -> None:
        cid = store.add_file(BytesIO(content_of(2 * MIB, seed=11))).cid

        assert store.is_pinned(cid)
        store.unpin(cid)
        store.unpin(cid)
        assert not store.is_pinned(cid)
        store.pin(cid)
        assert store.is_pinned(cid)

    @pytest.mark.parametrize("size", [0, 3, 2 * MIB + 1])
    def test_a_car_moves_a_file_with_its_cid_unchanged(self, store: ContentStore, size: int) -> None:
        stored = store.add_file(BytesIO(content_of(size)))
        car = b"".join(store.export_car(stored.cid))

        root = store.import_car(OneWay(car))

        assert root == stored.cid
        assert store.is_pinned(root)
        assert b"".join(store.open(root)) == content_of(size)

    def test_a_car_of_a_file_that_is_new_here_is_kept(self, store: ContentStore, foreign_car: bytes) -> None:
        root = store.import_car(BytesIO(foreign_car))

        assert b"".join(store.open(root)) == content_of(2 * MIB, seed=99) + bytes(2 * MIB)

    def test_a_car_with_a_wrong_byte_is_refused(self, store: ContentStore, foreign_car: bytes) -> None:
        broken = bytearray(foreign_car)
        broken[-5] ^= 1

        with pytest.raises(CidMismatch):
            store.import_car(BytesIO(broken))

    def test_a_car_that_ends_early_is_refused(self, store: ContentStore, foreign_car: bytes) -> None:
        for end in (0, 30, len(foreign_car) - 1, len(foreign_car) - MIB - 38):
            with pytest.raises(TruncatedCar):
                store.import_car(BytesIO(foreign_car[:end]))

    def test_a_car_with_a_stray_block_is_refused(self, store: ContentStore, foreign_car: bytes) -> None:
        stray = bytes(ABSENT) + b"nobody has this"

        with pytest.raises(MalformedCar):
            store.import_car(BytesIO(foreign_car + bytes([len(stray)]) + stray))

    def test_a_directory_is_not_a_file(self, store: ContentStore, directory_car: bytes) -> None:
        root = store.import_car(BytesIO(directory_car))

        with pytest.raises(NotAFile):
            store.open(root)
        assert b"".join(store.open(raw_cid(b"inside"))) == b"inside"

    def test_a_cid_may_be_written_in_any_way(self, store: ContentStore) -> None:
        cid = store.add_block(b"hello world")
        same = Cid.parse("f01551220" + cid.digest.hex())

        assert store.read_block(same) == b"hello world"
