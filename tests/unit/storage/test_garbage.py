"""What is removed from a local store, when, and what never is."""

import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest

from storage.cid import Cid, raw_cid
from storage.errors import BlockMissing
from storage.local.garbage import Collected, collect_garbage
from storage.local.store import LocalStore
from tests.fakes.ipfs_store_contract import ABSENT, MIB, content_of

DAY = 86_400.0
CONTENT = content_of(2 * MIB + 5)


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "store")


def kept(store: LocalStore, content: bytes = CONTENT) -> Cid:
    return store.add_file(BytesIO(content)).cid


def collect(store: LocalStore, *, days: float, grace_days: float = 1) -> Collected:
    return collect_garbage(store, grace_seconds=grace_days * DAY, now=days * DAY)


def test_what_is_pinned_stays_and_what_is_not_goes(store: LocalStore) -> None:
    file, document = kept(store), store.add_block(b"a document")
    staying = kept(store, content_of(MIB + 1, seed=2))
    store.unpin(file)
    store.unpin(document)

    collected = collect(store, days=0, grace_days=0)

    assert set(collected.removed) == {file, document}
    assert 2 * MIB < collected.freed_bytes < 2 * MIB + 1000
    assert not store.has(file)
    assert not store.has(raw_cid(CONTENT[:MIB]))
    assert not store.has(document)
    assert b"".join(store.open(staying)) == content_of(MIB + 1, seed=2)
    assert not any((store.layout.drafts).glob("draft-*"))
    assert kept(store) == file
    assert b"".join(store.open(file)) == CONTENT


def test_the_grace_time_starts_when_a_thing_is_first_found_unwanted(store: LocalStore) -> None:
    cid = kept(store)
    store.unpin(cid)

    assert collect(store, days=10) == Collected(waiting=1)
    assert collect(store, days=10.9) == Collected(waiting=1)
    assert collect(store, days=11).removed == (cid,)
    assert collect(store, days=12) == Collected()


@pytest.mark.parametrize("come_back", ["pin", "add", "hold"])
def test_whoever_comes_back_starts_the_grace_time_anew(store: LocalStore, come_back: str) -> None:
    cid = kept(store)
    store.unpin(cid)
    collect(store, days=0)
    if come_back == "pin":
        store.pin(cid)
    elif come_back == "add":
        kept(store)
    else:
        store.hold(cid, "dataset:1")
        store.release(cid, "dataset:1")
    store.unpin(cid)

    assert collect(store, days=5).removed == ()
    assert collect(store, days=6).removed == (cid,)


def test_content_stays_until_its_last_holder_lets_go(store: LocalStore) -> None:
    cid = kept(store)
    store.hold(cid, "dataset:1")
    store.hold(cid, "dataset:1")
    store.hold(cid, "model:2")

    store.release(cid, "dataset:1")
    store.release(cid, "stranger:3")

    assert store.holders(cid) == ["model:2"]
    assert store.is_pinned(cid)
    assert collect(store, days=0, grace_days=0).removed == ()
    store.release(cid, "model:2")
    assert not store.is_pinned(cid)
    assert collect(store, days=0, grace_days=0).removed == (cid,)


def test_a_hold_alone_keeps_content_and_survives_a_restart(store: LocalStore) -> None:
    cid = kept(store)
    store.hold(cid, "dataset:1")
    store.unpin(cid)

    again = LocalStore(store.layout.folder)

    assert collect(again, days=0, grace_days=0).removed == ()
    assert again.holders(cid) == ["dataset:1"]


def test_what_is_not_there_cannot_be_held_and_releasing_it_changes_nothing(store: LocalStore) -> None:
    with pytest.raises(BlockMissing):
        store.hold(ABSENT, "dataset:1")
    store.release(ABSENT, "dataset:1")

    assert not store.layout.folder.exists()


def test_a_pinned_part_keeps_the_tree_that_contains_it(store: LocalStore) -> None:
    cid = kept(store)
    part = raw_cid(CONTENT[MIB : 2 * MIB])
    store.pin(part)
    store.unpin(cid)

    assert collect(store, days=0, grace_days=0).removed == ()
    assert store.read_block(part) == CONTENT[MIB : 2 * MIB]
    store.unpin(part)
    assert collect(store, days=0, grace_days=0).removed == (cid,)


def test_nothing_is_removed_during_an_open_write(store: LocalStore) -> None:
    cid = kept(store)
    store.unpin(cid)
    started, may_go_on = threading.Event(), threading.Event()

    class Waiting(BytesIO):
        def readinto(self, target: memoryview, /) -> int:
            started.set()
            may_go_on.wait(10)
            return super().readinto(target)

    with ThreadPoolExecutor() as pool:
        writing = pool.submit(store.add_file, Waiting(content_of(MIB + 9)))
        started.wait(10)
        during = collect(LocalStore(store.layout.folder), days=0, grace_days=0)
        may_go_on.set()
        writing.result()

    assert during == Collected(is_postponed=True)
    assert collect(store, days=0, grace_days=0).removed == (cid,)


def collect_and_die(folder: Path, step: int) -> bool:
    """Whether a collection in a process of its own was killed before its step number `step`."""
    child = os.fork()
    if child:
        return os.WIFSIGNALED(os.waitpid(child, 0)[1])
    left = step

    def dying(call: Callable[..., object]) -> Callable[..., object]:
        def stepping(*args: object, **kwargs: object) -> object:
            nonlocal left
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1
            return call(*args, **kwargs)

        return stepping

    os.rename, os.fsync, os.mkdir, os.unlink = map(dying, (os.rename, os.fsync, os.mkdir, os.unlink))
    collect(LocalStore(folder), days=0, grace_days=0)
    os._exit(0)


def test_a_kill_at_any_step_leaves_things_whole_or_gone_and_the_next_collection_goes_on(
    tmp_path: Path,
) -> None:
    deaths = 0
    for step in range(30):
        store = LocalStore(tmp_path / str(step))
        staying, going, document = (
            kept(store, content_of(MIB + 1, seed=5)),
            kept(store),
            store.add_block(b"a document"),
        )
        store.unpin(going)
        store.unpin(document)

        was_killed = collect_and_die(store.layout.folder, step)
        deaths += was_killed

        if store.has(going):
            assert b"".join(store.open(going)) == CONTENT
        collect(store, days=0, grace_days=0)
        store.sweep()
        assert set(store.layout.roots()) == {staying}
        assert b"".join(store.open(staying)) == content_of(MIB + 1, seed=5)
        assert not any(store.layout.drafts.glob("draft-*"))
        if not was_killed:
            break

    assert deaths >= 6


def test_writers_and_collections_at_once_lose_nothing(store: LocalStore) -> None:
    contents = [content_of(MIB + number, seed=number) for number in range(4)]
    done = threading.Event()

    def collect_again_and_again() -> None:
        while not done.is_set():
            collect(store, days=0, grace_days=0)

    with ThreadPoolExecutor() as pool:
        collecting = pool.submit(collect_again_and_again)
        for _ in range(4):
            cids = list(pool.map(lambda content: kept(store, content), contents[:3]))
            assert [b"".join(store.open(cid)) for cid in cids] == contents[:3]
            for cid in cids:
                store.unpin(cid)
        done.set()
        collecting.result()


def test_a_collection_of_nothing_makes_no_folder(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "nowhere")

    assert collect(store, days=0) == Collected()
    assert not (tmp_path / "nowhere").exists()
