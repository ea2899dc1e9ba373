"""The local store: what kills, full disks, damage and parallel writers may not do to it."""

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest

from storage.cid import Cid, raw_cid
from storage.errors import BlockMissing, CidMismatch, StoreNotWritable
from storage.importer import import_stream
from storage.local.store import LocalStore
from tests.fakes.ipfs_store_contract import MIB, content_of

CONTENT = content_of(2 * MIB + 5)
CID = import_stream(BytesIO(CONTENT)).cid
REPOSITORY = Path(__file__).parents[3]

KILLED_AT_STEP = """
import os, signal, sys, io
from pathlib import Path
from tests.fakes.ipfs_store_contract import MIB, content_of
from storage.local.store import LocalStore

steps_left = int(sys.argv[2])

def dying(step):
    def stepping(*args, **kwargs):
        global steps_left
        if steps_left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        steps_left -= 1
        return step(*args, **kwargs)
    return stepping

os.fsync, os.open, os.rename, os.replace, os.mkdir = map(
    dying, (os.fsync, os.open, os.rename, os.replace, os.mkdir)
)
size = int(sys.argv[3])
LocalStore(sys.argv[1]).add_file(io.BytesIO(content_of(size)))
"""


def names_in(folder: Path) -> set[str]:
    """All files of a store but the index, without what every store has."""
    return {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and path.name not in {"gate", "index.sqlite3"}
    }


def add_and_die(store: Path, step: int, size: int) -> int:
    return subprocess.run(
        [sys.executable, "-c", KILLED_AT_STEP, str(store), str(step), str(size)],
        cwd=REPOSITORY,
        check=False,
        stderr=subprocess.PIPE,
    ).returncode


@pytest.mark.parametrize("size", [2 * MIB + 5, 1000], ids=["file", "block"])
def test_a_kill_at_any_step_leaves_no_orphan_and_the_next_add_gives_the_same_cid(
    tmp_path: Path, size: int
) -> None:
    clean = LocalStore(tmp_path / "clean")
    cid = clean.add_file(BytesIO(content_of(size))).cid
    folder = tmp_path / "store"
    deaths = 0

    for step in range(0, 60, 1 if size == 1000 else 2):
        died = add_and_die(folder / str(step), step, size)
        if died == 0:
            break
        assert died == -signal.SIGKILL
        deaths += 1
        store = LocalStore(folder / str(step))
        if store.has(cid):
            assert b"".join(store.open(cid)) == content_of(size)
        assert store.add_file(BytesIO(content_of(size))).cid == cid
        assert b"".join(store.open(cid)) == content_of(size)
        assert store.is_pinned(cid)
        assert names_in(folder / str(step)) == names_in(tmp_path / "clean")

    assert deaths >= 8


def test_a_kill_in_the_middle_of_a_long_write_leaves_no_orphan(tmp_path: Path) -> None:
    adding = subprocess.Popen(
        [sys.executable, "-m", "storage", "add", "-", "--store", str(tmp_path)],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
    )
    assert adding.stdin is not None
    adding.stdin.write(CONTENT[: MIB + 1])
    adding.stdin.flush()
    wait_for(lambda: any(tmp_path.glob("drafts/draft-*/content")))

    adding.kill()
    adding.wait()

    assert any(tmp_path.glob("drafts/draft-*"))
    store = LocalStore(tmp_path)
    assert not store.has(CID)
    assert store.add_file(BytesIO(CONTENT)).cid == CID
    assert not any(tmp_path.glob("drafts/draft-*"))


def test_sweeping_spares_the_drafts_of_the_living(tmp_path: Path) -> None:
    started, may_go_on = threading.Event(), threading.Event()

    class Waiting(BytesIO):
        def readinto(self, target: memoryview, /) -> int:
            started.set()
            may_go_on.wait(10)
            return super().readinto(target)

    with ThreadPoolExecutor() as pool:
        adding = pool.submit(LocalStore(tmp_path).add_file, Waiting(CONTENT))
        started.wait(10)

        swept = LocalStore(tmp_path).sweep()
        may_go_on.set()

        assert (swept, adding.result().cid) == (0, CID)


def test_many_writers_of_the_same_file_leave_one_copy(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        stored = list(pool.map(lambda _: LocalStore(tmp_path).add_file(BytesIO(CONTENT)).cid, range(16)))

    assert set(stored) == {CID}
    assert len(names_in(tmp_path)) == 3
    assert b"".join(LocalStore(tmp_path).open(CID)) == CONTENT


def test_processes_that_write_the_same_file_leave_one_copy(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(CONTENT)
    command = [sys.executable, "-m", "storage", "add", str(path), "--store", str(tmp_path / "store")]

    adding = [subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE) for _ in range(3)]

    assert {process.communicate()[0].decode().strip() for process in adding} == {str(CID)}
    assert len(names_in(tmp_path / "store")) == 3


def test_readers_meet_the_whole_file_or_none_while_it_is_written(tmp_path: Path) -> None:
    store, done = LocalStore(tmp_path), threading.Event()
    seen: set[bytes] = set()

    def read_again_and_again() -> None:
        while not done.is_set():
            try:
                seen.add(b"".join(LocalStore(tmp_path).open(CID)))
            except BlockMissing:
                continue

    with ThreadPoolExecutor() as pool:
        reading = pool.submit(read_again_and_again)
        for _ in range(10):
            store.add_file(BytesIO(CONTENT))
        done.set()
        reading.result()

    assert seen <= {CONTENT}


def test_each_file_is_kept_once_as_plain_bytes(tmp_path: Path) -> None:
    LocalStore(tmp_path).add_file(BytesIO(CONTENT))

    folder = tmp_path / "files" / CID.digest.hex()[:2] / str(CID)
    assert (folder / "content").read_bytes() == CONTENT
    assert (folder / "nodes.car").stat().st_size < 400


@pytest.mark.fault("F20")
def test_a_flipped_byte_on_disk_is_never_given_out_and_adding_again_heals_it(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    store.add_file(BytesIO(CONTENT))
    path = next(tmp_path.glob("files/*/*/content"))
    with path.open("r+b") as file:
        file.seek(MIB + 3)
        file.write(bytes([CONTENT[MIB + 3] ^ 1]))

    pieces = store.open(CID)

    assert next(pieces) == CONTENT[:MIB]
    with pytest.raises(CidMismatch):
        next(pieces)
    assert b"".join(store.open(CID, offset=2 * MIB)) == CONTENT[2 * MIB :]
    with pytest.raises(CidMismatch):
        store.read_block(raw_cid(CONTENT[MIB : 2 * MIB]))
    store.add_file(BytesIO(CONTENT))
    assert b"".join(store.open(CID)) == CONTENT


def test_a_cut_file_or_block_is_noticed(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    store.add_file(BytesIO(CONTENT))
    document = store.add_block(b"a document")
    os.truncate(next(tmp_path.glob("files/*/*/content")), MIB + 10)
    os.truncate(next(tmp_path.glob("blocks/*/*")), 3)

    with pytest.raises(CidMismatch):
        b"".join(store.open(CID))
    with pytest.raises(CidMismatch):
        store.read_block(document)
    assert store.add_block(b"a document") == document
    assert store.read_block(document) == b"a document"


def test_a_block_with_a_damaged_copy_is_read_from_a_sound_one(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    chunk = CONTENT[:MIB]
    for tail in (b"one", b"two"):
        store.add_file(BytesIO(chunk + tail))
    first = sorted(tmp_path.glob("files/*/*/content"))[0]
    first.write_bytes(bytes(MIB) + first.read_bytes()[MIB:])

    assert store.read_block(raw_cid(chunk)) == chunk


@pytest.mark.parametrize("is_emptied", [False, True], ids=["removed", "emptied"])
def test_a_lost_index_is_made_again_from_the_files(tmp_path: Path, is_emptied: bool) -> None:
    LocalStore(tmp_path).add_file(BytesIO(CONTENT))
    index = tmp_path / "index.sqlite3"
    index.unlink()
    if is_emptied:
        index.touch()

    store = LocalStore(tmp_path)

    assert store.read_block(raw_cid(CONTENT[MIB : 2 * MIB])) == CONTENT[MIB : 2 * MIB]


def test_a_damaged_index_is_named_and_whole_files_are_read_without_it(tmp_path: Path) -> None:
    LocalStore(tmp_path).add_file(BytesIO(CONTENT))
    index = tmp_path / "index.sqlite3"
    index.write_bytes(b"this is no database" * 1000)
    store = LocalStore(tmp_path)

    assert b"".join(store.open(CID)) == CONTENT
    with pytest.raises(StoreNotWritable, match="may be deleted"):
        store.read_block(raw_cid(CONTENT[:MIB]))
    index.unlink()
    assert LocalStore(tmp_path).read_block(raw_cid(CONTENT[:MIB])) == CONTENT[:MIB]


@pytest.mark.fault("F27")
@pytest.mark.parametrize("reason", [errno.ENOSPC, errno.EROFS, errno.EDQUOT])
def test_a_disk_that_refuses_is_named_and_leaves_no_half_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reason: int
) -> None:
    store = LocalStore(tmp_path)
    sound_fsync = os.fsync

    def refusing(descriptor: int) -> None:
        raise OSError(reason, os.strerror(reason))

    monkeypatch.setattr(os, "fsync", refusing)
    with pytest.raises(StoreNotWritable, match="disk"):
        store.add_file(BytesIO(CONTENT))
    monkeypatch.setattr(os, "fsync", sound_fsync)

    assert not store.has(CID)
    assert not any(tmp_path.glob("drafts/draft-*"))
    assert store.add_file(BytesIO(CONTENT)).cid == CID


def test_a_stream_that_fails_leaves_no_half_file(tmp_path: Path) -> None:
    class Failing(BytesIO):
        def readinto(self, target: memoryview, /) -> int:
            if self.tell() > MIB:
                raise ConnectionResetError("the browser went away")
            return super().readinto(target)

    store = LocalStore(tmp_path)
    with pytest.raises(ConnectionResetError):
        store.add_file(Failing(CONTENT))

    assert names_in(tmp_path) == set()


def test_looking_into_a_store_that_is_not_there_makes_no_folder(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "nowhere")

    assert not store.has(CID)
    with pytest.raises(BlockMissing):
        store.open(Cid.parse(str(CID)))
    assert not (tmp_path / "nowhere").exists()


def test_many_threads_share_one_store(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    contents = [content_of(MIB + number, seed=number) for number in range(8)]

    with ThreadPoolExecutor(8) as pool:
        stored = list(pool.map(lambda content: store.add_file(BytesIO(content)), contents))
        read = list(pool.map(lambda kept: b"".join(store.open(kept.cid)), stored))

    assert read == contents


def wait_for(is_so: object, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)
