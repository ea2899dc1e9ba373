"""However large a file is, adding it takes the same memory."""

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from storage.age.files import sealed_size
from tests.tools import missing

ROOT = Path(__file__).parents[3]
MOST_MEMORY_KB = 300_000
SPARE_BYTES = 1 << 30
SCRIPT = """
import sys
from pathlib import Path
from storage.age.files import seal
from storage.age.keys import Identity
from storage.local.store import LocalStore
from storage.streams import PieceStream

folder, size, is_sealed = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "sealed"
piece = bytes(range(256)) * 4096
content = PieceStream(piece for _ in range(size // len(piece)))
if is_sealed:
    content = PieceStream(seal(content, [Identity.generate().recipient]))
stored = LocalStore(folder).add_file(content)
# Not getrusage: its peak is inherited from the process that forked this one.
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(stored.size, status["VmHWM"].split()[0])
"""


@pytest.mark.parametrize("kind", ["plain", "sealed"])
@pytest.mark.parametrize("size", [64 << 20, pytest.param(5 << 30, marks=pytest.mark.deep)])
def test_file_of_any_size_is_added_within_300_megabytes_of_memory(
    tmp_path: Path, size: int, kind: str
) -> None:
    if shutil.disk_usage(tmp_path).free < size + SPARE_BYTES:
        missing(f"the disk has less than {size + SPARE_BYTES:,} free bytes")
    with TemporaryDirectory(dir=tmp_path) as folder:
        words = [sys.executable, "-c", SCRIPT, folder, str(size), kind]
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)

    stored, memory_kb = map(int, done.stdout.split())
    assert stored == (size if kind == "plain" else sealed_size(size, 1))
    assert memory_kb < MOST_MEMORY_KB
