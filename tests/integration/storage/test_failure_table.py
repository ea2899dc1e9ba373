"""What goes wrong on a real node: a tree without a block, a pin taken away, a collection in between."""

import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest

from common.errors import QommonsError
from storage.car import write_car
from storage.cid import RAW
from storage.errors import StoreFull
from storage.kubo_store import KuboStore
from storage.local.store import LocalStore
from storage.places import Place, SeveralPlaces
from storage.reading import tree_blocks
from tests.fakes.ipfs_kubo import KuboNode
from tests.fakes.ipfs_store_contract import MIB, content_of

pytestmark = pytest.mark.fault("F20")


def test_car_that_lacks_a_block_is_refused_in_time_and_pins_nothing(
    kubo_store: KuboStore, tmp_path: Path
) -> None:
    local = LocalStore(tmp_path)
    cid = local.add_file(BytesIO(content_of(3 * MIB, seed=71))).cid
    blocks = list(tree_blocks(cid, lambda wanted: local.read_block(wanted.cid)))
    leaves = [block for block in blocks if block[0].codec == RAW]
    holed = b"".join(write_car(cid, [block for block in blocks if block != leaves[1]]))
    started = time.monotonic()

    with pytest.raises(QommonsError):
        kubo_store.import_car(BytesIO(holed))

    assert time.monotonic() - started < 30
    assert not kubo_store.is_pinned(cid)
    assert kubo_store.import_car(BytesIO(b"".join(local.export_car(cid)))) == cid


@pytest.mark.fault("F27")
def test_node_at_its_limit_is_full_until_its_owner_gives_it_room(
    kubo: KuboNode, kubo_store: KuboStore
) -> None:
    limit = kubo.run("config", "Datastore.StorageMax").decode().strip()
    kept = kubo_store.add_file(BytesIO(content_of(MIB, seed=74)))
    kubo.run("config", "Datastore.StorageMax", "1MB")
    try:
        with pytest.raises(StoreFull, match=r"free bytes on the IPFS node; there are 0 .*repo gc"):
            kubo_store.add_file(BytesIO(content_of(MIB, seed=75)))
        assert kubo_store.add_file(BytesIO(content_of(MIB, seed=74))) == kept
    finally:
        kubo.run("config", "Datastore.StorageMax", limit)

    assert kubo_store.add_file(BytesIO(content_of(MIB, seed=75))).size == MIB


def test_what_somebody_unpinned_and_the_node_collected_comes_back_from_the_other_place(
    kubo: KuboNode, kubo_store: KuboStore, tmp_path: Path
) -> None:
    places = SeveralPlaces([Place("node", kubo_store), Place("disk", LocalStore(tmp_path))], copies=2)
    content = content_of(2 * MIB + 5, seed=72)
    cid = places.add_file(BytesIO(content)).cid
    kubo.run("pin", "rm", str(cid))
    kubo.run("repo", "gc")
    assert not kubo_store.has(cid)

    assert b"".join(places.open(cid)) == content
    places.pin(cid)

    assert [receipt.is_kept for receipt in places.receipts(cid)] == [True, True]
    assert kubo.run("cat", str(cid)) == content


def test_collections_that_run_while_files_are_added_take_none_of_them(
    kubo: KuboNode, kubo_store: KuboStore
) -> None:
    contents = [content_of(MIB + 10 * seed, seed=seed) for seed in range(80, 88)]

    with ThreadPoolExecutor(2) as threads:
        collections = [threads.submit(kubo.run, "repo", "gc") for _ in range(6)]
        cids = [kubo_store.add_file(BytesIO(content)).cid for content in contents]
        for collection in collections:
            collection.result()

    assert [b"".join(kubo_store.open(cid)) for cid in cids] == contents
    assert all(kubo_store.is_pinned(cid) for cid in cids)
