"""Kernels computed in tiles: the run that takes them gives the bytes of the run that computes all itself."""

import json
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load, save
from threadpoolctl import threadpool_limits

from qjobs.algorithms.circuits import feature_map_circuit
from qjobs.algorithms.errors import TileRefused
from qjobs.algorithms.progress import ignore_progress, never_cancel
from qjobs.algorithms.registry import algorithm_of
from qjobs.algorithms.rows import TableBytes
from qjobs.algorithms.tiling.computing import JoiningEngine, read_tile, tile_bytes
from qjobs.algorithms.tiling.cutting import Tiling, cut, strips_of, tiles_wanted
from qjobs.algorithms.tiling.requests import AskedEngine, KernelRequest
from qjobs.algorithms.tiling.rules import FORM, MOST_TILE_BYTES, TileRules
from qjobs.engines.gram import split_states, square_gram, square_strip, strips
from qjobs.engines.statevector import StatevectorEngine
from qjobs.spec import JobSpec
from qjobs.spec.feature_maps import ZzFeatureMap
from tests.vectors.qjobs.machines import machine_spec, marks_csv, numbers_csv, three_classes_csv
from tests.vectors.qjobs.reductions import NAMES, reduction_spec
from tests.vectors.qjobs.specs import small_spec


def many_rows(count: int, *, has_label: bool) -> bytes:
    """Rows of four measures; those of the second kind lie further out."""
    dice = np.random.default_rng(11)
    lines = [",".join([*NAMES, *(["target"] if has_label else [])])]
    for number in range(count):
        row = [repr(float(each)) for each in dice.normal(number % 2, 0.9, len(NAMES))]
        lines.append(",".join([*row, *([str(number % 2)] if has_label else [])]))
    return "\n".join([*lines, ""]).encode()


LABELLED, BARE = many_rows(330, has_label=True), many_rows(330, has_label=False)
FLOWERS, MARKS, NUMBERS = three_classes_csv(), marks_csv(), numbers_csv(60)
CASES = {
    "three classes": (machine_spec(FLOWERS, "classify"), FLOWERS),
    "numbers": (machine_spec(NUMBERS, "regress"), NUMBERS),
    "unusual rows": (machine_spec(MARKS, "detect"), MARKS),
    "qsvm": (small_spec(LABELLED, qubits=3), LABELLED),
    "qpca": (reduction_spec(BARE, qubits=3, splits={"count": 2}), BARE),
    "one width": (
        reduction_spec(
            BARE, qubits=3, splits={"count": 2}, algorithm={"name": "qpca", "bandwidth_grid": [0.3]}
        ),
        BARE,
    ),
}


def test_where_tiles_are_cut_is_told_by_their_form():
    """Where this fails, give FORM another number: tiles of the release before are then computed anew."""
    edges = [(each.start, each.stop) for each in strips(900)]
    tiles = [len(each) for each in cut(range(20), range(1, 21), 6)]

    assert (FORM, edges) == (2, [(0, 180), (180, 360), (360, 540), (540, 720), (720, 900)])
    assert tiles == [8, 3, 3, 2, 2, 2]


class CountingEngine(StatevectorEngine):
    """Counts the kernels that it computes."""

    def __init__(self) -> None:
        super().__init__()
        self.kernels = 0

    def gram(self, *words: Any) -> Any:
        self.kernels += 1
        return super().gram(*words)

    def cross_gram(self, *words: Any) -> Any:
        self.kernels += 1
        return super().cross_gram(*words)


def loaded(spec: JobSpec, content: bytes) -> Any:
    return algorithm_of(spec).load(spec, {1: TableBytes(content)})


def requests_of(spec: JobSpec, data: Any) -> list[KernelRequest]:
    asked = AskedEngine(StatevectorEngine())
    algorithm_of(spec).tiled.ask(spec, data, asked)
    return list(asked.requests.values())


def joined(spec: JobSpec, data: Any, read: Callable[[int], Any], count: int) -> tuple[dict[str, bytes], int]:
    """The files of the run on these tiles, and how many kernels it computed itself."""
    engine = CountingEngine()
    joining = JoiningEngine(engine, Tiling.of(requests_of(spec, data), count), read)
    tiled = algorithm_of(spec).tiled
    return dict(tiled.run(spec, data, ignore_progress, never_cancel, engine=joining).files), engine.kernels


@pytest.fixture(autouse=True)
def one_thread():
    with threadpool_limits(limits=1):
        yield


@pytest.mark.parametrize("name", CASES)
def test_run_on_tiles_gives_the_bytes_of_the_whole_run_and_computes_the_rest(name):
    spec, content = CASES[name]
    data, count = loaded(spec, content), 5
    tiling = Tiling.of(requests_of(spec, data), count)
    tiles = [tile_bytes(tiling, number) for number in range(len(tiling.tiles))]

    found, kernels = joined(spec, data, lambda number: read_tile(tiles[number]), count)

    whole = CountingEngine()
    run = algorithm_of(spec).tiled.run
    expected = run(spec, data, ignore_progress, never_cancel, engine=whole).files
    assert {each: found[each] for each in found if each != "circuit.qpy"} == {
        each: expected[each] for each in expected if each != "circuit.qpy"
    }
    assert len(tiling.tiles) == count
    assert whole.kernels - kernels == len(tiling.requests), "each kernel that was asked for is taken"


def test_every_strip_is_in_one_tile_and_tiles_have_about_equal_work():
    spec, content = CASES["qsvm"]
    requests = requests_of(spec, loaded(spec, content))

    tiling = Tiling.of(requests, 6)

    cut = [strip.name for tile in tiling.tiles for strip in tile]
    assert cut == [strip.name for request in requests for strip in strips_of(request)]
    assert len(set(cut)) == len(cut)
    work = [sum(strip.seconds for strip in tile) for tile in tiling.tiles]
    assert max(work) < 2 * min(work)


def test_strips_of_a_square_kernel_are_its_rows_bit_by_bit():
    dice = np.random.default_rng(3)
    states = dice.normal(size=(500, 16)) + 1j * dice.normal(size=(500, 16))
    states = split_states(states / np.linalg.norm(states, axis=1)[:, None])

    whole = square_gram(states)

    assert len(strips(500)) == 3
    for strip in strips(500):
        below = states.copy()
        below[: strip.start] = np.nan
        assert np.array_equal(square_strip(below, strip), whole[strip, strip.start :])


@pytest.mark.parametrize("rows", [201, 421])
def test_tiles_of_many_qubits_are_the_kernels_bit_by_bit(rows):
    engine = StatevectorEngine()
    program = engine.compile(feature_map_circuit(11, ZzFeatureMap()))
    left, right = np.split(np.random.default_rng(rows).uniform(0, 3, (rows + 9, 11)), [rows])

    for request, whole in (
        (KernelRequest("one", program, left, None), engine.gram(program, left)),
        (KernelRequest("one", program, left, right), engine.cross_gram(program, left, right)),
    ):
        tiling = Tiling.of([request], len(strips_of(request)))
        for number, tile in enumerate(tiling.tiles):
            blocks = read_tile(tile_bytes(tiling, number))
            for strip in tile:
                columns = slice(strip.rows.start if request.right is None else 0, None)
                assert np.array_equal(blocks[strip.name], whole[strip.rows, columns])


@dataclass(frozen=True)
class PlainProgram:
    """Gives each row a new array of equal amplitudes."""

    qubits: int

    def states(self, rows: np.ndarray, dtype: Any = np.complex128) -> np.ndarray:
        return np.full((len(rows), 2**self.qubits), 2 ** (-self.qubits / 2), dtype=dtype)


def test_tile_of_a_square_kernel_holds_its_states_once():
    request = KernelRequest("one", PlainProgram(10), np.zeros((1000, 1)), None)
    tiling = Tiling.of([request], 4)
    assert tiling.tiles[0]

    tracemalloc.start()
    tile_bytes(tiling, 0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 1.6 * 16 * 1000 * 2**10


@pytest.mark.parametrize(
    "poison",
    [
        lambda block: b"\xff" * len(block),
        lambda block: save({name: array[:-1] for name, array in load(block).items()}),
        lambda block: save({name: array.astype(np.float32) for name, array in load(block).items()}),
        lambda block: save({name[::-1]: array for name, array in load(block).items()}),
    ],
    ids=["no tile", "rows missing", "half precision", "other names"],
)
def test_tile_that_is_not_what_it_should_be_is_computed_anew_and_changes_nothing(poison):
    spec, content = CASES["qpca"]
    data = loaded(spec, content)
    tiling = Tiling.of(requests_of(spec, data), 3)
    tiles = [tile_bytes(tiling, number) for number in range(3)]
    good, few = joined(spec, data, lambda number: read_tile(tiles[number]), 3)
    tiles[1] = poison(tiles[1])

    found, more = joined(spec, data, lambda number: read_tile(tiles[number]), 3)

    assert json.loads(found["metrics.json"]) == json.loads(good["metrics.json"])
    assert found["model.safetensors"] == good["model.safetensors"]
    assert more > few


def test_bytes_that_are_no_tile_are_refused():
    with pytest.raises(TileRefused, match="not safetensors"):
        read_tile(b"cos\nsystem\n(S'true'\ntR.")


def test_small_kernels_are_not_split_and_large_ones_into_tiles_of_the_time_wanted():
    program = StatevectorEngine().compile(feature_map_circuit(4, ZzFeatureMap()))

    def square(rows: int) -> KernelRequest:
        return KernelRequest("one", program, np.zeros((rows, 4)), None)

    def wanted(rows: int, *, tile_seconds: float, least_qubits: int = 1) -> int:
        return tiles_wanted([square(rows)], TileRules(1, tile_seconds, least_qubits))

    assert wanted(400, tile_seconds=1000) == 1
    assert wanted(400, tile_seconds=1e-4, least_qubits=5) == 0, "fewer qubits than pay"
    assert wanted(400, tile_seconds=1e-9) == len(strips(400)), "a tile holds a strip at least"
    seconds = sum(each.seconds for each in strips_of(square(4000)))
    assert wanted(4000, tile_seconds=seconds / 7.5) == 8
    held = sum(each.size_bytes for each in strips_of(square(10_000)))
    assert wanted(10_000, tile_seconds=1e6) == -(-held // MOST_TILE_BYTES), "a process can hold each"
    assert wanted(40_000, tile_seconds=1) == 0, "a kernel of more bytes than all tiles may have"
