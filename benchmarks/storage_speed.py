"""`make bench`: the content store beside raw sha256 and, where it is there, Kubo's `ipfs add`.

`python benchmarks/storage_speed.py [MEGABYTES]`, about a minute for the 1,000 that are the default; prints a
table, writes build/bench-storage.json, and fails where a goal is missed. Only figures of one run and one disk
compare.
"""

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from storage.age.files import seal, unseal
from storage.age.keys import Identity
from storage.importer import import_stream
from storage.local.store import LocalStore

ROOT = Path(__file__).resolve().parent.parent
KUBO_CACHE = Path(os.environ.get("QOMMONS_CACHE", Path.home() / ".cache" / "qommons")) / "kubo"
MB, PIECE_BYTES, RANGE_BYTES, RANGES, ROUNDS = 1_000_000, 1 << 20, 1000, 300, 3
KUBO_GOAL, HASH_GOAL, MEMORY_GOAL_MB = 1.5, 0.5, 300.0
KUBO_ADD = ("--quieter", "--cid-version=1", "--raw-leaves", "--chunker=size-1048576", "--max-file-links=1024")
T = TypeVar("T")
ADDER = """
import sys
from pathlib import Path
from storage.local.store import LocalStore

with open(sys.argv[2], "rb") as file:
    LocalStore(sys.argv[1]).add_file(file)
# Not getrusage: its peak is inherited from the process that forked this one.
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(int(status["VmHWM"].split()[0]) / 1000)
"""


@dataclass(frozen=True)
class Goal:
    """`value` is at least the limit, or below it where `at_least` is false; None: could not be measured."""

    what: str
    value: float | None
    limit: float
    at_least: bool = True

    @property
    def verdict(self) -> str:
        if self.value is None:
            return "not measured"
        return "met" if (self.value >= self.limit) == self.at_least else "MISSED"


def main(megabytes: int) -> None:
    """Measures, prints, writes; exit code 1 where a goal is missed."""
    load = os.getloadavg()[0]
    print(f"{megabytes:,} MB, load {load:.1f}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        file = _made(place / "content", megabytes * MB)
        speeds, cpu_ms = _speeds(place, file, megabytes)
        latencies = _latencies(place, megabytes * MB)
        memory_mb = _memory_mb(place, file)
    for what, speed in speeds.items():
        print(f"  {what:24} {speed:8.0f} MB/s {cpu_ms[what]:8.2f} ms of CPU for a MB")
    print(f"  {'1 kB anywhere, verified':24} {latencies[0]:8.2f} ms p50, {latencies[1]:.2f} ms p95")
    print(f"  {'peak memory of an add':24} {memory_mb:8.0f} MB")
    goals = _goals(speeds, memory_mb)
    for goal in goals:
        value = "-" if goal.value is None else f"{goal.value:,.2f}"
        limit = f"{'>=' if goal.at_least else '<'} {goal.limit}"
        print(f"    {goal.what:34} {value:>8}  goal {limit}  {goal.verdict}")
    document = {
        "megabytes": megabytes,
        "load_at_start": load,
        "megabytes_a_second": speeds,
        "cpu_ms_a_megabyte": cpu_ms,
        "range_ms": dict(zip(("p50", "p95"), latencies, strict=True)),
        "add_memory_mb": memory_mb,
        "goals": [asdict(goal) | {"verdict": goal.verdict} for goal in goals],
    }
    path = ROOT / "build" / "bench-storage.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(document, indent=1) + "\n")
    print(f"{path.relative_to(ROOT)} written")
    if any(goal.verdict == "MISSED" for goal in goals):
        sys.exit(1)


def _goals(speeds: dict[str, float], memory_mb: float) -> list[Goal]:
    ours, kubo = speeds["add, fsynced"], speeds.get("ipfs add")
    return [
        Goal("add beside Kubo's ipfs add", kubo and ours / kubo, KUBO_GOAL),
        Goal("add beside raw sha256", ours / speeds["sha256 alone"], HASH_GOAL),
        Goal("CID beside raw sha256", speeds["CID alone"] / speeds["sha256 alone"], HASH_GOAL),
        Goal("memory of an add, MB", memory_mb, MEMORY_GOAL_MB, at_least=False),
    ]


def _speeds(place: Path, file: Path, megabytes: int) -> tuple[dict[str, float], dict[str, float]]:
    """Medians of rounds in which each contestant has its turn, every one into a fresh place.

    MB/s by the clock on the wall, and milliseconds of CPU for a MB, which others on the machine change less.
    """
    identity = Identity.generate()
    store, sealed = LocalStore(place / "store"), place / "sealed"
    contestants: dict[str, Callable[[], object]] = {
        "sha256 alone": lambda: _hash(file),
        "CID alone": lambda: _with(file, import_stream),
        "plain copy, fsynced": lambda: _copy(file, place / "copy"),
        "add, fsynced": lambda: _with(file, LocalStore(place / "fresh").add_file),
        "read, verified": lambda: _exhaust(store.open(cid)),
        "seal (age)": lambda: _with(file, lambda plain: _write(seal(plain, [identity.recipient]), sealed)),
        "open (age)": lambda: _with(sealed, lambda stream: _exhaust(unseal(stream, [identity]))),
    }
    kubo = shutil.which("ipfs", path=f"{os.environ.get('PATH', '')}:{KUBO_CACHE}")
    if kubo:
        contestants["ipfs add"] = lambda: _ipfs_add(kubo, file, place / "ipfs", str(cid))
    cid = _with(file, store.add_file).cid
    taken: dict[str, list[float]] = {what: [] for what in contestants}
    worked: dict[str, list[float]] = {what: [] for what in contestants}
    for _ in range(ROUNDS):
        for what, work in contestants.items():
            if what == "ipfs add":
                _make_repo(str(kubo), place / "ipfs")
            os.sync()  # nobody pays for the writes of the one before
            started, worked_before = time.perf_counter(), sum(os.times()[:4])
            work()
            taken[what].append(time.perf_counter() - started)
            worked[what].append(sum(os.times()[:4]) - worked_before)
            for used in ("fresh", "ipfs"):
                shutil.rmtree(place / used, ignore_errors=True)
    speeds = {what: megabytes / median(times) for what, times in taken.items()}
    return speeds, {what: 1000 * median(times) / megabytes for what, times in worked.items()}


def _latencies(place: Path, size: int) -> tuple[float, float]:
    """p50 and p95 in milliseconds of small verified reads all over the file that was added."""
    store = LocalStore(place / "store")
    (cid,) = store.layout.trees()
    dice, times = random.Random(7), []
    for _ in range(RANGES):
        offset = dice.randrange(size - RANGE_BYTES)
        started = time.perf_counter()
        _exhaust(store.open(cid, offset=offset, length=RANGE_BYTES))
        times.append(1000 * (time.perf_counter() - started))
    return median(times), quantiles(times, n=20)[-1]


def _memory_mb(place: Path, file: Path) -> float:
    words = [sys.executable, "-c", ADDER, str(place / "memory"), str(file)]
    return float(subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True).stdout)


def _made(file: Path, size: int) -> Path:
    with file.open("wb") as out:
        for _ in range(0, size, PIECE_BYTES):
            out.write(os.urandom(PIECE_BYTES))
        out.truncate(size)
    return file


def _hash(file: Path) -> None:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while piece := stream.read(PIECE_BYTES):
            digest.update(piece)


def _with(file: Path, act: Callable[..., T]) -> T:
    with file.open("rb") as stream:
        return act(stream)


def _copy(file: Path, copy: Path) -> None:
    with file.open("rb") as stream:
        _write(iter(lambda: stream.read(PIECE_BYTES), b""), copy)


def _write(pieces: Iterable[bytes], file: Path) -> None:
    with file.open("wb") as out:
        for piece in pieces:
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())


def _make_repo(kubo: str, repo: Path) -> None:
    _kubo(kubo, repo, "init", "--profile=test")


def _ipfs_add(kubo: str, file: Path, repo: Path, cid: str) -> None:
    if _kubo(kubo, repo, "add", *KUBO_ADD, str(file)) != cid:
        sys.exit("Kubo gives another CID: a ratio between unequal results says nothing")


def _kubo(kubo: str, repo: Path, *words: str) -> str:
    environment = {**os.environ, "IPFS_PATH": str(repo)}
    done = subprocess.run([kubo, *words], env=environment, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def _exhaust(pieces: Iterable[bytes]) -> None:
    for _ in pieces:
        pass


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
