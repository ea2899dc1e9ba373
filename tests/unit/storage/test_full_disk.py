"""A disk that is truly full or read-only: a small tmpfs in a mount namespace of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.tools import missing

ROOT = Path(__file__).parents[3]
SCRIPT = """
import subprocess
import sys
from io import BytesIO
from storage.errors import StoreNotWritable
from storage.local.store import LocalStore
from storage.streams import PieceStream

folder, remount = sys.argv[1], sys.argv[2]
store = LocalStore(folder + "/store")
small = store.add_file(BytesIO(b"small" * 300_000))
if remount == "read-only":
    subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
large = BytesIO(bytes(range(256)) * 32_768)
try:
    store.add_file(large if remount == "known" else PieceStream(iter(large)))
except StoreNotWritable as error:
    print(error.message.rpartition(": ")[2])
print(b"".join(store.open(small.cid)) == b"small" * 300_000)
print(len(list(store.layout.drafts.glob("draft-*"))), len(list(store.layout.roots())))
if remount != "read-only":
    print(store.add_block(b"there is room again"))
"""


@pytest.mark.fault("F27")
@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("full", "the disk is full"),
        ("read-only", "the disk is read-only"),
        ("known", "this needs 9,437,184 free bytes on our disk"),
    ],
)
def test_disk_that_is_full_or_read_only_is_named_and_leaves_no_half_file(
    tmp_path: Path, state: str, said: str
) -> None:
    mount = f'mount -t tmpfs -o size=6m tmpfs "{tmp_path}" && exec "$0" -c "$1" "{tmp_path}" {state}'
    words = ["unshare", "--mount", "--map-root-user", "sh", "-c", mount, sys.executable, SCRIPT]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    if "unshare" in done.stderr or "mount:" in done.stderr:
        missing("this machine gives no mount namespace")

    first, *rest = done.stdout.split("\n")
    assert first.startswith(said), done.stderr
    assert rest[:2] == ["True", "0 1"]
    assert (state == "read-only") == (rest[2] == "")


QUOTA = """
import resource
import sys
from io import BytesIO
from storage.errors import StoreFull
from storage.local.store import LocalStore
from storage.streams import PieceStream

store = LocalStore(sys.argv[1])
kept = store.add_file(BytesIO(b"small" * 300_000))
resource.setrlimit(resource.RLIMIT_FSIZE, (4 << 20, resource.RLIM_INFINITY))
try:
    store.add_file(PieceStream(bytes([number]) * (1 << 20) for number in range(8)))
except StoreFull as error:
    print(error.code, error.message)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print([str(kept.cid)] == list(map(str, store.layout.roots())), len(list(store.layout.drafts.glob("draft-*"))))
print(store.add_file(PieceStream(bytes([number]) * (1 << 20) for number in range(8))).size)
"""


@pytest.mark.fault("F27")
def test_file_that_meets_a_quota_in_the_middle_is_refused_and_kept_when_there_is_room(tmp_path: Path) -> None:
    words = [sys.executable, "-c", QUOTA, str(tmp_path / "store")]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)

    refused, left, kept = done.stdout.splitlines()
    assert refused == "no_room cannot write to the folder store: the file is larger than may be written there"
    assert (left, kept) == ("True 0", str(8 << 20))
