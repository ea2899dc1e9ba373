"""Damage on disk is found by reading again, set aside, and repaired from elsewhere."""

from io import BytesIO
from pathlib import Path

import pytest

from storage.cid import Cid, raw_cid
from storage.errors import BlockMissing, CidMismatch
from storage.local.scrub import Damage, Scrubbed, repair, scrub
from storage.local.store import LocalStore
from tests.fakes.ipfs_cars import directory_car
from tests.fakes.ipfs_store_contract import MIB, content_of

__all__ = ["directory_car"]

CONTENT = content_of(3 * MIB + 5)
SECOND = raw_cid(CONTENT[MIB : 2 * MIB])


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "store")


@pytest.fixture
def file(store: LocalStore) -> Cid:
    return store.add_file(BytesIO(CONTENT)).cid


class Source(LocalStore):
    """Another store, which notes what it is asked for."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.asked: list[Cid] = []

    def read_block(self, cid: Cid) -> bytes:
        self.asked.append(cid)
        return super().read_block(cid)


@pytest.fixture
def replica(tmp_path: Path) -> Source:
    source = Source(tmp_path / "replica")
    source.add_file(BytesIO(CONTENT))
    source.add_block(b"a document")
    return source


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def all_of(store: LocalStore, source: LocalStore | None = None) -> Scrubbed:
    return scrub(store, share=1.0, now=0, source=source)


def test_a_sound_store_is_read_whole_and_nothing_is_reported(
    store: LocalStore, file: Cid, directory_car: bytes
) -> None:
    store.add_block(b"a document")
    store.import_car(BytesIO(directory_car))

    scrubbed = all_of(store)

    assert (scrubbed.checked, scrubbed.damage) == (3, ())
    assert scrubbed.checked_bytes > len(CONTENT)


@pytest.mark.fault("F20")
def test_a_flipped_byte_is_found_and_set_aside_while_the_sound_blocks_are_still_read(
    store: LocalStore, file: Cid
) -> None:
    flip(store.layout.tree(file) / "content", MIB + 3)

    assert all_of(store).damage == (Damage(file, (SECOND,)),)

    assert not store.has(file)
    assert store.book.damaged() == [file]
    assert b"".join(store.open(file, length=MIB)) == CONTENT[:MIB]
    with pytest.raises(CidMismatch):
        b"".join(store.open(file))
    with pytest.raises(BlockMissing):
        store.pin(file)


def test_writing_a_damaged_file_again_ends_its_quarantine(store: LocalStore, file: Cid) -> None:
    flip(store.layout.tree(file) / "content", 0)
    all_of(store)

    store.add_file(BytesIO(CONTENT))

    assert store.has(file)
    assert store.book.damaged() == []
    assert all_of(store).damage == ()


@pytest.mark.parametrize(
    ("part", "at"),
    [("content", MIB + 3), ("content", -1), ("nodes.car", -1), ("nodes.car", 3), ("nodes.car", 62)],
)
def test_a_damaged_file_is_repaired_from_another_source(
    store: LocalStore, file: Cid, replica: Source, part: str, at: int
) -> None:
    flip(store.layout.tree(file) / part, at)

    [damage] = all_of(store, replica).damage

    assert (damage.root, damage.is_repaired) == (file, True)
    assert b"".join(store.open(file)) == CONTENT
    assert store.is_pinned(file)
    assert all_of(store).damage == ()


def test_a_repair_asks_only_for_the_bad_blocks(store: LocalStore, file: Cid, replica: Source) -> None:
    flip(store.layout.tree(file) / "content", MIB + 3)

    all_of(store, replica)

    assert replica.asked == [SECOND]


def test_a_block_that_another_file_of_the_store_has_is_repaired_without_asking(
    store: LocalStore, file: Cid, replica: Source
) -> None:
    store.add_file(BytesIO(CONTENT[MIB : 2 * MIB] + b"another file"))
    flip(store.layout.tree(file) / "content", MIB + 3)

    all_of(store, replica)

    assert replica.asked == []
    assert b"".join(store.open(file)) == CONTENT


@pytest.mark.parametrize("is_gone", [False, True], ids=["flipped", "emptied"])
def test_a_damaged_document_is_repaired(store: LocalStore, replica: Source, is_gone: bool) -> None:
    cid = store.add_block(b"a document")
    if is_gone:
        store.layout.block(cid).write_bytes(b"")
    else:
        flip(store.layout.block(cid), 0)

    assert all_of(store).damage == (Damage(cid, (cid,)),)
    assert not store.has(cid)
    repair(store, cid, replica)

    assert store.read_block(cid) == b"a document"
    assert store.has(cid)


def test_a_repair_pins_nothing_that_was_not_pinned(store: LocalStore, file: Cid, replica: Source) -> None:
    store.unpin(file)
    flip(store.layout.tree(file) / "content", 0)

    all_of(store, replica)

    assert store.has(file)
    assert not store.is_pinned(file)


def test_what_the_source_does_not_have_stays_in_quarantine(
    store: LocalStore, file: Cid, tmp_path: Path
) -> None:
    flip(store.layout.tree(file) / "content", 0)

    [damage] = all_of(store, LocalStore(tmp_path / "empty")).damage

    assert not damage.is_repaired
    assert not store.has(file)


def test_damage_in_the_second_copy_of_an_equal_chunk_is_found(store: LocalStore) -> None:
    twice = store.add_file(BytesIO(CONTENT[:MIB] * 2)).cid
    flip(store.layout.tree(twice) / "content", MIB + 1)

    assert all_of(store).damage == (Damage(twice, (raw_cid(CONTENT[:MIB]),)),)


def test_a_lost_content_and_a_damaged_directory_are_found(
    store: LocalStore, file: Cid, directory_car: bytes
) -> None:
    directory = store.import_car(BytesIO(directory_car))
    (store.layout.tree(file) / "content").unlink()
    flip(store.layout.tree(directory) / "nodes.car", -1)

    assert {damage.root for damage in all_of(store).damage} == {file, directory}


def test_shares_add_up_to_the_whole_store_and_begin_with_what_waited_longest(store: LocalStore) -> None:
    roots = {store.add_file(BytesIO(content_of(MIB + 1, seed=number))).cid for number in range(4)}

    for now in range(1, 5):
        assert scrub(store, share=0.25, now=now).checked == 1

    assert set(store.book.checked_at()) == roots
    assert sorted(store.book.checked_at().values()) == [1, 2, 3, 4]
    scrub(store, share=0.25, now=9)
    assert sorted(store.book.checked_at().values()) == [2, 3, 4, 9]


def test_the_index_is_made_again_although_a_tree_is_damaged(store: LocalStore, file: Cid) -> None:
    sound = store.add_file(BytesIO(content_of(MIB + 7, seed=3))).cid
    flip(store.layout.tree(file) / "nodes.car", -1)
    store.layout.index.unlink()

    again = LocalStore(store.layout.folder)

    assert again.has(raw_cid(content_of(MIB + 7, seed=3)[:MIB]))
    assert again.has(sound)


def test_what_a_clock_that_ran_ahead_has_dated_is_read_again_with_the_rest(
    store: LocalStore, file: Cid
) -> None:
    ahead, now = 9_000.0, 1_000.0
    scrub(store, share=1.0, now=ahead)
    document = store.add_block(b"a document")
    scrub(store, share=1.0, now=now)
    flip(store.layout.tree(file) / "content", MIB + 5)
    store.book.note_checked(file, now=ahead, is_damaged=False)

    scrubbed = scrub(store, share=1e-9, now=now + 1)

    assert [damage.root for damage in scrubbed.damage] == [file]
    assert store.has(document)
