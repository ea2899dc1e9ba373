"""Several places at once: the contract, receipts, and what a bad place may not do."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from storage.cid import Cid
from storage.errors import BlockMissing, CidMismatch, SourceUnavailable, StoreNotConfigured, TooFewCopies
from storage.factory import open_places
from storage.importer import ByteStream
from storage.kubo_store import KuboStore
from storage.limits import Patience
from storage.local.store import LocalStore
from storage.places import Place, Receipt, SeveralPlaces
from storage.protocol import StoredFile
from tests.fakes import ipfs_faults as faults
from tests.fakes.ipfs_node import Fault, running_node
from tests.fakes.ipfs_store_contract import ABSENT, MIB, ContentStoreContract, OneWay, content_of

CONTENT = content_of(2 * MIB + 5)
HURRY = Patience(connect_seconds=1.0, idle_seconds=0.5, block_seconds=1.0, stream_seconds=1.5)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Failing(LocalStore):
    """A place that is away while `is_away`, and counts how often it was asked."""

    is_away = False
    asked = 0

    def _meet(self) -> None:
        self.asked += 1
        if self.is_away:
            raise SourceUnavailable("the place is away")

    def add_file(self, stream: ByteStream) -> StoredFile:
        if self.is_away:
            stream.read(1000)
        self._meet()
        return super().add_file(stream)

    def read_block(self, cid: Cid) -> bytes:
        self._meet()
        return super().read_block(cid)

    def open(self, cid: Cid, *, offset: int = 0, length: int | None = None) -> Iterator[bytes]:
        self._meet()
        return super().open(cid, offset=offset, length=length)

    def export_car(self, cid: Cid) -> Iterator[bytes]:
        self._meet()
        return super().export_car(cid)

    def has(self, cid: Cid) -> bool:
        self._meet()
        return super().has(cid)


@pytest.fixture
def stores(tmp_path: Path) -> list[Failing]:
    stores = [Failing(tmp_path / name) for name in ("first", "second", "third")]
    for store in stores:
        store.asked = 0
    return stores


@pytest.fixture
def clock() -> Clock:
    return Clock()


def over(stores: list[Failing], *, copies: int = 2, clock: Clock | None = None) -> SeveralPlaces:
    places = [Place(name, store) for name, store in zip(("first", "second", "third"), stores, strict=True)]
    return SeveralPlaces(places, copies=copies, aside_seconds=60, clock=clock or Clock())


class TestSeveralPlaces(ContentStoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> SeveralPlaces:
        places = [Place(name, LocalStore(tmp_path / name)) for name in ("first", "second")]
        return SeveralPlaces(places, copies=2)


def test_content_is_kept_on_the_configured_number_and_each_gives_a_receipt(stores: list[Failing]) -> None:
    stored, receipts = over(stores).add_file_with_receipts(OneWay(CONTENT))

    assert [receipt.place for receipt in receipts] == ["first", "second"]
    assert all(receipt.is_kept and (receipt.read_back_bytes or 0) > len(CONTENT) for receipt in receipts)
    assert [store.is_pinned(stored.cid) for store in stores] == [True, True, False]


def test_another_place_steps_in_for_one_that_is_away(stores: list[Failing]) -> None:
    stores[0].is_away = True

    stored, receipts = over(stores).add_file_with_receipts(OneWay(CONTENT))

    assert receipts[0] == Receipt("first", None, "the place is away")
    assert [receipt.place for receipt in receipts if receipt.is_kept] == ["second", "third"]
    assert b"".join(stores[2].open(stored.cid)) == CONTENT


def test_too_few_places_are_named_and_the_next_pin_adds_the_missing_copy(stores: list[Failing]) -> None:
    stores[0].is_away = stores[1].is_away = True
    several = over(stores)

    with pytest.raises(TooFewCopies, match="kept in 1 of 2 places"):
        several.add_file(BytesIO(CONTENT))
    cid = stores[2].add_file(BytesIO(CONTENT)).cid
    assert not several.is_pinned(cid)
    stores[0].is_away = stores[1].is_away = False
    several.pin(cid)

    assert several.is_pinned(cid)
    assert sum(receipt.is_kept for receipt in several.receipts(cid)) == 2


def test_pinning_again_heals_a_place_that_does_not_read_back_whole(stores: list[Failing]) -> None:
    several = over(stores)
    cid = several.add_file(BytesIO(CONTENT)).cid
    (stores[0].layout.tree(cid) / "content").write_bytes(CONTENT[: MIB + 9] + bytes(MIB))

    several.pin(cid)

    assert [receipt.is_kept for receipt in several.receipts(cid)] == [True, True, False]


def test_when_all_places_are_away_that_is_said(stores: list[Failing]) -> None:
    for store in stores:
        store.is_away = True

    with pytest.raises(SourceUnavailable):
        over(stores).add_file(BytesIO(CONTENT))
    with pytest.raises(SourceUnavailable):
        over(stores).open(ABSENT)
    assert not over(stores).has(ABSENT)


def test_a_receipt_is_given_only_for_what_was_read_back(
    stores: list[Failing], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stores[0], "is_pinned", lambda cid: False)

    _, receipts = over(stores).add_file_with_receipts(BytesIO(CONTENT))

    assert [(receipt.place, receipt.is_kept) for receipt in receipts] == [
        ("first", False),
        ("second", True),
        ("third", True),
    ]


@pytest.mark.fault("F20")
def test_damage_in_the_middle_is_passed_over_and_another_place_goes_on(stores: list[Failing]) -> None:
    several = over(stores)
    cid = several.add_file(BytesIO(CONTENT)).cid
    content = next(stores[0].layout.folder.glob("files/*/*/content"))
    content.write_bytes(CONTENT[: MIB + 9] + bytes(MIB))

    assert b"".join(several.open(cid)) == CONTENT
    assert b"".join(several.open(cid, offset=5, length=MIB + 10)) == CONTENT[5 : MIB + 15]
    assert b"".join(several.export_car(cid)) == b"".join(stores[1].export_car(cid))
    assert several.aside() == ["first"]
    assert [receipt.is_kept for receipt in several.receipts(cid)] == [False, True, False]


def test_a_place_that_failed_is_asked_last_until_its_time_is_over(
    stores: list[Failing], clock: Clock
) -> None:
    several = over(stores, clock=clock)
    cid = several.add_block(b"a document")
    stores[0].is_away = True
    several.read_block(cid)
    stores[0].asked = 0

    several.read_block(cid)
    assert (several.aside(), stores[0].asked) == (["first"], 0)

    clock.now = 61
    stores[0].is_away = False
    several.read_block(cid)
    assert (several.aside(), stores[0].asked) == ([], 1)


def test_a_place_without_the_content_is_not_set_aside(stores: list[Failing]) -> None:
    several = over(stores)
    cid = stores[2].add_block(b"a document")

    assert several.read_block(cid) == b"a document"
    assert several.aside() == []
    with pytest.raises(BlockMissing):
        several.read_block(ABSENT)


def test_damage_says_more_than_absence(stores: list[Failing]) -> None:
    cid = stores[1].add_block(b"a document")
    stores[1].layout.block(cid).write_bytes(b"another")

    with pytest.raises(CidMismatch):
        over(stores).read_block(cid)


def test_unpinning_reaches_every_place_and_tells_of_one_that_is_away(
    stores: list[Failing], monkeypatch: pytest.MonkeyPatch
) -> None:
    several = over(stores)
    cid = several.add_block(b"a document")

    def away(cid: Cid) -> None:
        raise SourceUnavailable("the place is away")

    with monkeypatch.context() as patched:
        patched.setattr(stores[0], "unpin", away)
        with pytest.raises(SourceUnavailable):
            several.unpin(cid)

    assert [store.is_pinned(cid) for store in stores] == [True, False, False]


@pytest.mark.parametrize("copies", [0, 4])
def test_a_number_of_copies_that_cannot_be_is_refused(stores: list[Failing], copies: int) -> None:
    with pytest.raises(StoreNotConfigured):
        over(stores, copies=copies)


def test_places_are_named_without_their_addresses(tmp_path: Path) -> None:
    several = open_places([str(tmp_path / "store"), "http://user:secret@127.0.0.1:1"], copies=1)

    cid = several.add_block(b"a document")
    receipts = several.receipts(cid)

    assert [receipt.is_kept for receipt in receipts] == [True, False]
    assert "secret" not in repr(receipts)
    assert "127.0.0.1" not in repr(receipts)


@pytest.mark.fault("F20")
@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("/api/v0/add", faults.add_under_another_name),
        ("/api/v0/add", faults.forget_the_pin),
        ("/api/v0/add", faults.lose_after_add),
        ("/api/v0/add", faults.never_end),
        ("/api/v0/add", faults.drip),
        ("/api/v0/add", faults.say_nothing),
        ("/api/v0/add", faults.have_no_space),
        ("/api/v0/version", faults.never_end),
        ("/api/v0/version", faults.answer_html),
        ("/api/v0/pin/ls", faults.never_end),
        ("/api/v0/dag/export", faults.flip_a_byte_of_the_car),
        ("/api/v0/dag/export", faults.cut_the_stream),
        ("/api/v0/dag/export", faults.never_end),
        ("/api/v0/dag/export", faults.drip),
    ],
)
def test_a_node_that_lies_drips_or_never_ends_costs_its_copy_and_no_upload(
    tmp_path: Path, path: str, fault: Fault
) -> None:
    with running_node() as node:
        node.faults[path] = fault
        bad = Place("bad node", KuboStore(node.url, patience=HURRY))
        several = SeveralPlaces([bad, Place("disk", LocalStore(tmp_path))], copies=1)

        stored, receipts = several.add_file_with_receipts(BytesIO(CONTENT))

    assert [(receipt.place, receipt.is_kept) for receipt in receipts] == [("bad node", False), ("disk", True)]
    assert b"".join(several.open(stored.cid)) == CONTENT
    assert several.aside() == ["bad node"]
