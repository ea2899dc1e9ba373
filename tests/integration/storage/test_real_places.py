"""A disk and a real Kubo as two places of one store, and sealed files on them."""

from io import BytesIO
from pathlib import Path

import pytest

from storage.age.files import SealedFile, seal
from storage.age.keys import Identity
from storage.kubo_store import KuboStore
from storage.local.scrub import scrub
from storage.local.store import LocalStore
from storage.places import Place, SeveralPlaces
from storage.sources import HttpBlockSource
from tests.fakes.ipfs_kubo import KuboNode
from tests.fakes.ipfs_store_contract import MIB, ContentStoreContract, content_of


@pytest.fixture
def disk(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "disk")


@pytest.fixture
def places(disk: LocalStore, kubo_store: KuboStore) -> SeveralPlaces:
    return SeveralPlaces([Place("disk", disk), Place("node", kubo_store)], copies=2)


class TestDiskAndRealNode(ContentStoreContract):
    @pytest.fixture
    def store(self, places: SeveralPlaces) -> SeveralPlaces:
        return places


def test_both_places_give_a_receipt_and_the_same_car(
    places: SeveralPlaces, disk: LocalStore, kubo_store: KuboStore
) -> None:
    stored, receipts = places.add_file_with_receipts(BytesIO(content_of(2 * MIB, seed=51)))

    assert [(receipt.place, receipt.is_kept) for receipt in receipts] == [("disk", True), ("node", True)]
    assert b"".join(disk.export_car(stored.cid)) == b"".join(kubo_store.export_car(stored.cid))


def test_what_the_disk_lost_is_read_from_the_node_and_repaired_from_its_gateway(
    places: SeveralPlaces, disk: LocalStore, kubo: KuboNode
) -> None:
    content = content_of(3 * MIB, seed=52)
    cid = places.add_file(BytesIO(content)).cid
    (disk.layout.tree(cid) / "content").write_bytes(content[: MIB + 7] + bytes(MIB))

    assert b"".join(places.open(cid)) == content
    [damage] = scrub(disk, share=1.0, now=0, source=HttpBlockSource(kubo.gateway_url)).damage

    assert damage.is_repaired
    assert b"".join(disk.open(cid)) == content


def test_a_range_of_a_sealed_file_is_read_from_the_node(kubo_store: KuboStore) -> None:
    provider, content = Identity.generate(), content_of(3 * MIB, seed=53)
    kept = kubo_store.add_file(BytesIO(b"".join(seal(BytesIO(content), [provider.recipient]))))

    sealed = SealedFile(
        lambda at, size: kubo_store.open(kept.cid, offset=at, length=size), kept.size, [provider]
    )

    assert b"".join(sealed.read(offset=2 * MIB - 9, length=100)) == content[2 * MIB - 9 : 2 * MIB + 91]
