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

folder, remount = sys.argv[1], sys.argv[2]
store = LocalStore(folder + "/store")
small = store.add_file(BytesIO(b"small" * 300_000))
if remount == "read-only":
    subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
try:
    store.add_file(BytesIO(bytes(range(256)) * 32_768))
except StoreNotWritable as error:
    print(error.message.rpartition(": ")[2])
print(b"".join(store.open(small.cid)) == b"small" * 300_000)
print(len(list(store.layout.drafts.glob("draft-*"))), len(list(store.layout.roots())))
if remount != "read-only":
    print(store.add_block(b"there is room again"))
"""


@pytest.mark.fault("F27")
@pytest.mark.parametrize(
    ("state", "said"), [("full", "the disk is full"), ("read-only", "the disk is read-only")]
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
    assert first == said, done.stderr
    assert rest[:2] == ["True", "0 1"]
    assert (state == "read-only") == (rest[2] == "")
