"""Runs in tiles over one worker and two, beside the same runs in one piece; projected for more workers.

A worker does here what a Celery worker does with each tile: a child of its own, from its start to the tile's
bytes. Written into build/bench.json beside the engines' figures.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from qjobs.runner import RunLimits, run_job
from qjobs.runner.tile_order import TileOrder
from qjobs.runner.tiles import compute_tile
from qjobs.spec import build_spec, canonical_bytes
from storage.cid import raw_cid

ROOT = Path(__file__).resolve().parent.parent
TILES = 4
WORKERS = (1, 2)
PROJECTED = (4, 8, 16)
GOAL = 0.9
"""Of the number of workers, until cores run out."""

LIMITS = RunLimits(run_seconds=3600, memory_bytes=4 * 2**30)


@dataclass(frozen=True)
class Case:
    """One job. `kind`: what its tiles are; `key`: of its figures in the document."""

    key: str
    kind: str
    rows: int
    qubits: int
    work: Mapping[str, Any]


CASES = (
    Case(
        "tiles",
        "kernel tiles",
        rows=1400,
        qubits=11,
        work={"algorithm": {"c_grid": [1.0], "bandwidth_grid": [0.2, 0.4], "inner_folds": 3}},
    ),
    Case(
        "training_tiles",
        "trainings of a circuit",
        rows=400,
        qubits=8,
        work={
            "algorithm": {
                "name": "qnn",
                "layers": {"count": 4},
                "optimiser": {"name": "adam", "iterations": 150, "step": 0.05},
                "batch_size": 250,
                "inner_folds": 2,
            },
            "splits": {"count": TILES - 1},
            "boosting": None,
        },
    ),
)


def measured(case: Case) -> dict[str, Any]:
    """Seconds of the whole run, of all tiles over 1 and 2 workers, of the joined run; and what follows."""
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="qommons-bench-") as name:
        bench = _Bench(Path(name), case)
        whole, expected = _timed(lambda: bench.run(None))
        tiles = {}
        for workers in WORKERS:
            tiles[workers], files = _timed(lambda workers=workers: bench.tiles(workers))
        joined, found = _timed(lambda: bench.run(TileOrder(files=files)))
    alone = tiles[1]
    return {
        "rows": case.rows,
        "qubits": case.qubits,
        "tiles": TILES,
        "cores": len(os.sched_getaffinity(0)),
        "load_at_start": load,
        "whole_seconds": round(whole, 2),
        "joined_seconds": round(joined, 2),
        "tile_seconds": {str(workers): round(seconds, 2) for workers, seconds in tiles.items()},
        "speed_up_of_tiles": {str(workers): round(alone / seconds, 2) for workers, seconds in tiles.items()},
        "goal": {str(workers): GOAL * workers for workers in WORKERS},
        "projected_run_seconds": {
            str(workers): round(joined + alone / TILES * -(-TILES // workers), 2)
            for workers in (*WORKERS, *PROJECTED)
        },
        "results_equal": found == expected,
    }


def main() -> None:
    path = ROOT / "build" / "bench.json"
    path.parent.mkdir(exist_ok=True)
    for case in CASES:
        figures = measured(case)
        document = json.loads(path.read_text()) if path.exists() else {}
        path.write_text(json.dumps(document | {case.key: figures}, indent=1) + "\n")
        print("\n".join(_lines(case, figures)))
        if not figures["results_equal"]:
            sys.exit("results differ: a ratio between unequal results says nothing")


def _lines(case: Case, figures: dict[str, Any]) -> Iterator[str]:
    cores, load = figures["cores"], figures["load_at_start"]
    yield f"\n{case.kind} N={case.rows} q={case.qubits}, {TILES} tiles on {cores} cores, load {load:.1f}"
    yield f"  {'in one piece':32} {figures['whole_seconds']:12.1f} s"
    for workers, seconds in figures["tile_seconds"].items():
        speed_up, goal = figures["speed_up_of_tiles"][workers], figures["goal"][workers]
        verdict = "met" if speed_up >= goal else "MISSED"
        yield (
            f"  {'tiles over workers: ' + workers:32} {seconds:12.1f} s {speed_up:10.2f}x"
            f"  goal {goal:.1f}x  {verdict}"
        )
    yield f"  {'the run that joins them':32} {figures['joined_seconds']:12.1f} s"
    for workers, seconds in figures["projected_run_seconds"].items():
        yield f"  {'projected, workers: ' + workers:32} {seconds:12.1f} s"


class _Bench:
    """A spec, its rows, and a fresh folder for each child."""

    def __init__(self, folder: Path, case: Case) -> None:
        self._folder, self._numbers = folder, count()
        content = _rows(case)
        self._rows = folder / "rows.csv"
        self._rows.write_bytes(content)
        self._spec = canonical_bytes(build_spec(_fields(case, content)))

    def run(self, tiles: TileOrder | None) -> dict[str, bytes]:
        output = run_job(
            self._spec, self._inputs, self._fresh(), lambda event: None, lambda: False, LIMITS, tiles=tiles
        )
        return {name: path.read_bytes() for name, path in output.files.items() if name != "circuit.qpy"}

    def tiles(self, workers: int) -> tuple[Path, ...]:
        with ThreadPoolExecutor(workers) as pool:
            return tuple(pool.map(self._tile, range(TILES)))

    def _tile(self, number: int) -> Path:
        return compute_tile(
            self._spec,
            self._inputs,
            self._fresh(),
            number=number,
            count=TILES,
            should_stop=lambda: False,
            limits=LIMITS,
        )

    @property
    def _inputs(self) -> dict[int, Path]:
        return {1: self._rows}

    def _fresh(self) -> Path:
        folder = self._folder / str(next(self._numbers))
        folder.mkdir()
        return folder


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.monotonic()
    found = work()
    return time.monotonic() - started, found


def _rows(case: Case) -> bytes:
    dice = np.random.default_rng(5)
    names = [f"x{number}" for number in range(case.qubits)]
    written = [",".join([*names, "kind"])]
    for number in range(case.rows):
        values = dice.normal(number % 2, 1.0, case.qubits)
        written.append(",".join([*(repr(float(each)) for each in values), str(number % 2)]))
    return "\n".join([*written, ""]).encode()


def _fields(case: Case, content: bytes) -> dict[str, Any]:
    columns = {
        "features": [f"x{number}" for number in range(case.qubits)],
        "label": "kind",
        "positive_label": "1",
    }
    dataset = {"token_id": "1", "version": 1, "content_cid": str(raw_cid(content)), "columns": columns}
    return {
        "title": "Tiles",
        "chain_id": "1",
        "dataset_token": "0x" + "11" * 20,
        "datasets": [dataset],
        "qubits": case.qubits,
        "baselines": {"models": ["linear"], "features": ["reduced"], "c_grid": [1.0], "gamma_grid": [1.0]},
        "splits": {"count": 2},
        "budget": {"payment_token": "0x" + "22" * 20, "pay_per_task": "1"},
        "limits": {"run_seconds": LIMITS.run_seconds, "memory_bytes": LIMITS.memory_bytes},
        **case.work,
    }


if __name__ == "__main__":
    main()
