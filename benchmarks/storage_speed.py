"""The content store beside raw sha256 and, where it is on PATH, Kubo's `ipfs add`: one run, one disk.

python benchmarks/storage_speed.py [MEGABYTES]. Only figures of one run can be compared.
"""

import hashlib
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from statistics import median, quantiles

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from storage.age.files import seal, unseal
from storage.age.keys import Identity
from storage.importer import import_stream
from storage.local.store import LocalStore
from storage.streams import PieceStream

MB, PIECE_BYTES, RANGE_BYTES, RANGES = 1_000_000, 1 << 20, 1000, 300


def main(megabytes: int) -> None:
    """Prints one line a figure; the memory is the peak of this whole process."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        file = _made(folder / "content", megabytes * MB)
        store, identity = LocalStore(folder / "store"), Identity.generate()
        print(f"{megabytes} MB, load {os.getloadavg()[0]:.1f}")
        _speed("sha256 alone", megabytes, lambda: _drain(file, hashlib.sha256().update))
        _speed("CID alone", megabytes, lambda: _import(file))
        _speed("add, fsynced", megabytes, lambda: _add(store, file))
        if shutil.which("ipfs"):
            _make_repo(folder / "ipfs")
            _speed("ipfs add", megabytes, lambda: _ipfs_add(file, folder / "ipfs"))
        with file.open("rb") as stream:
            cid = store.add_file(stream).cid
        _speed("read, verified", megabytes, lambda: _exhaust(store.open(cid)))
        _ranges(lambda offset: _exhaust(store.open(cid, offset=offset, length=RANGE_BYTES)), megabytes * MB)
        with file.open("rb") as plain:
            sealed = b"".join(seal(plain, [identity.recipient])) if megabytes <= 256 else b""
        _speed("seal (age)", megabytes, lambda: _seal(file, identity))
        if sealed:
            _speed("open (age)", megabytes, lambda: _exhaust(unseal(BytesIO(sealed), [identity])))
            del sealed
        print(f"{'peak memory':16} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:8.0f} MB")


def _speed(what: str, megabytes: int, work: Callable[[], object]) -> None:
    started = time.perf_counter()
    work()
    print(f"{what:16} {megabytes / (time.perf_counter() - started):8.0f} MB/s", flush=True)


def _ranges(read: Callable[[int], object], size: int) -> None:
    dice = random.Random(7)
    times = []
    for _ in range(RANGES):
        started = time.perf_counter()
        read(dice.randrange(size - RANGE_BYTES))
        times.append(1000 * (time.perf_counter() - started))
    print(f"{'1 kB anywhere':16} {median(times):8.2f} ms median, {quantiles(times, n=20)[-1]:.2f} ms p95")


def _made(file: Path, size: int) -> Path:
    with file.open("wb") as out:
        for _ in range(0, size, PIECE_BYTES):
            out.write(os.urandom(PIECE_BYTES))
        out.truncate(size)
    return file


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while piece := stream.read(PIECE_BYTES):
            yield piece


def _drain(file: Path, take: Callable[[bytes], object]) -> None:
    for piece in _pieces(file):
        take(piece)


def _import(file: Path) -> None:
    import_stream(PieceStream(_pieces(file)))


def _add(store: LocalStore, file: Path) -> None:
    store.add_file(PieceStream(_pieces(file)))


def _seal(file: Path, identity: Identity) -> None:
    _exhaust(seal(PieceStream(_pieces(file)), [identity.recipient]))


def _make_repo(repo: Path) -> None:
    words = ["ipfs", "init", "--profile=test"]
    subprocess.run(words, env={**os.environ, "IPFS_PATH": str(repo)}, check=True, capture_output=True)


def _ipfs_add(file: Path, repo: Path) -> None:
    words = [
        "ipfs",
        "add",
        "--quieter",
        "--cid-version=1",
        "--raw-leaves",
        "--chunker=size-1048576",
        str(file),
    ]
    subprocess.run(words, env={**os.environ, "IPFS_PATH": str(repo)}, check=True, capture_output=True)


def _exhaust(pieces: Iterator[bytes]) -> None:
    for _ in pieces:
        pass


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
