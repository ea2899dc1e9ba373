"""A run split into tiles, each computed in a sandbox of its own, and joined in one more."""

import io
import shutil
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from safetensors.numpy import load
from threadpoolctl import threadpool_limits

from qjobs.algorithms.checkpoints import SEARCH_ORDER, Checkpoints, made_by
from qjobs.algorithms.progress import ignore_progress, never_cancel
from qjobs.algorithms.qnn.parent import ParentFiles
from qjobs.algorithms.qpca.rows import read_features
from qjobs.algorithms.registry import ALGORITHMS, algorithm_of
from qjobs.algorithms.rows import TableBytes
from qjobs.algorithms.tiling.rules import MOST_TILES, TileRules
from qjobs.algorithms.usage import HEADING
from qjobs.runner import RunCancelled, RunLimits, RunRefused, job, run_job
from qjobs.runner.errors import RunSplit
from qjobs.runner.limits import MIB
from qjobs.runner.parent_files import SPEC_NAME, WEIGHTS_NAME
from qjobs.runner.sealing import ChildKeys
from qjobs.runner.tile_order import TileOrder
from qjobs.runner.tiles import compute_tile
from qjobs.runner.tiling import TiledRun
from qjobs.spec import JobSpec, build_spec, canonical_bytes, spec_digest
from storage.age.file_key import FileKey
from storage.age.header import VERSION_LINE
from storage.age.vault import seal_under
from tests.vectors.qjobs.reductions import FLOWERS, reduction_spec
from tests.vectors.qjobs.specs import spec_fields
from tests.vectors.qjobs.trained import IRISES, child_spec, parent_spec

SPEC = reduction_spec(qubits=2, splits={"count": 2})
KEY, OTHER = FileKey(bytes(range(16))), FileKey(bytes(range(1, 17)))
LIMITS = RunLimits(run_seconds=120, memory_bytes=1024 * MIB)
SPLIT = TileOrder(rules=TileRules(threshold_seconds=1, tile_seconds=1e-5, least_qubits=1))
COUNT = 2
PARENT = parent_spec()
CASES = {"components": (SPEC, FLOWERS), "circuit with a parent": (child_spec(PARENT), IRISES)}
QNN = ALGORITHMS["qnn"]


def fresh(folder: Path, name: str = "work") -> Path:
    shutil.rmtree(folder / name, ignore_errors=True)
    (folder / name).mkdir()
    return folder / name


def run(
    folder: Path, inputs: dict[int, Path], *, spec: JobSpec = SPEC, tiles: TileOrder | None = None, **keys
) -> dict[str, bytes]:
    work = fresh(folder)
    output = run_job(
        canonical_bytes(spec), inputs, work, lambda event: None, lambda: False, LIMITS, tiles=tiles, **keys
    )
    files = {name: path.read_bytes() for name, path in output.files.items() if name != "circuit.qpy"}
    # The child says at the end of the card what it was expected to take.
    return files | {"README.md": files["README.md"].partition(HEADING.encode())[0]}


def tile(folder: Path, inputs: dict[int, Path], number: int, *, spec: JobSpec = SPEC, **changes) -> Path:
    return compute_tile(
        canonical_bytes(spec),
        inputs,
        fresh(folder, f"tile-{number}"),
        number=number,
        count=COUNT,
        **{"should_stop": lambda: False, "limits": LIMITS, **changes},
    )


@cache
def parent_files() -> ParentFiles:
    with threadpool_limits(limits=1):
        rows = QNN.load(PARENT, {9: TableBytes(IRISES)})
        trained = QNN.run(PARENT, rows, ignore_progress, never_cancel)
    return ParentFiles(canonical_bytes(PARENT), trained.files["model.safetensors"])


def parent_of(spec: JobSpec, folder: Path) -> Path | None:
    """Where the model lies that the spec begins with."""
    if not spec.parent_models:
        return None
    given = fresh(folder, "parent")
    (given / SPEC_NAME).write_bytes(parent_files().spec)
    (given / WEIGHTS_NAME).write_bytes(parent_files().weights)
    return given


def tiled_run(keys: dict[int, FileKey]) -> TiledRun:
    found = TiledRun.of(SPEC, read_features(SPEC, {1: TableBytes(FLOWERS)}), keys)
    assert found is not None
    return found


@cache
def whole(name: str = "components") -> Mapping[str, bytes]:
    """The files of the run that computes everything itself."""
    spec, content = CASES[name]
    algorithm = algorithm_of(spec)
    with threadpool_limits(limits=1):
        parent = parent_files() if spec.parent_models else None
        rows = algorithm.read(spec, {1: TableBytes(content)}, parent)
        files = algorithm.run(spec, rows, ignore_progress, never_cancel).files
    return {name: block for name, block in files.items() if name != "circuit.qpy"}


def as_private(folder: Path, content: bytes) -> dict[int, Path]:
    path = folder / "rows.age"
    path.write_bytes(b"".join(seal_under(io.BytesIO(content), KEY)))
    return {1: path}


@pytest.fixture
def sealed(tmp_path: Path) -> dict[int, Path]:
    """The flowers as private data."""
    return as_private(tmp_path, FLOWERS)


@pytest.mark.parametrize("name", CASES)
def test_tiles_of_private_data_are_sealed_and_give_the_bytes_of_the_whole_run(tmp_path, name):
    spec, content = CASES[name]
    rows = as_private(tmp_path, content)
    keys = {"spec": spec, "file_keys": {1: KEY}, "parent": parent_of(spec, tmp_path)}
    with pytest.raises(RunSplit) as asked:
        run(tmp_path, rows, tiles=SPLIT, **keys)

    files = tuple(tile(tmp_path, rows, number, **keys) for number in range(COUNT))

    assert asked.value.tiles > 1
    assert all(file.read_bytes().startswith(VERSION_LINE) for file in files)
    assert run(tmp_path, rows, tiles=TileOrder(files=files), **keys) == dict(whole(name))


def test_run_joins_as_many_tiles_as_there_can_be(tmp_path):
    (tmp_path / "rows.csv").write_bytes(FLOWERS)
    kept = tmp_path / ("tiles-" + "1" * 100)
    kept.mkdir()
    files = tuple(kept / f"bafkrei{number:052}" for number in range(MOST_TILES))
    for number, file in enumerate(files):
        tiled_run({}).write_tile(number, MOST_TILES, file)

    order = TileOrder(files=files)

    assert TileOrder.from_text(order.as_text()) == order
    assert run(tmp_path, {1: tmp_path / "rows.csv"}, tiles=order) == dict(whole())


def test_order_keeps_the_turn_of_tiles_that_lie_in_several_folders(tmp_path):
    order = TileOrder(files=tuple(tmp_path / folder / "tile" for folder in "abba"))

    assert TileOrder.from_text(order.as_text()) == order


def test_tile_without_the_key_is_refused_and_one_that_is_to_stop_stops(tmp_path, sealed):
    with pytest.raises(RunRefused):
        tile(tmp_path, sealed, 0, file_keys={1: OTHER})
    with pytest.raises(RunCancelled):
        tile(tmp_path, sealed, 0, file_keys={1: KEY}, should_stop=lambda: True)


@pytest.mark.parametrize("poison", ["swapped", "of another key", "no tile", "gone"])
def test_tile_that_cannot_be_opened_in_its_place_is_computed_anew(tmp_path, poison):
    files = [tmp_path / f"{number}" for number in range(COUNT)]
    for number, file in enumerate(files):
        tiled_run({1: KEY}).write_tile(number, COUNT, file)
    if poison == "swapped":
        files.reverse()
    elif poison == "of another key":
        tiled_run({1: OTHER}).write_tile(1, COUNT, files[1])
    elif poison == "no tile":
        files[1].write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    else:
        files[1].unlink()

    found = tiled_run({1: KEY}).joined(files, ignore_progress, tmp_path / "checkpoint").files

    assert {name: found[name] for name in whole()} == dict(whole())


def test_tiles_of_public_data_are_in_the_clear(tmp_path):
    tiled_run({}).write_tile(0, COUNT, tmp_path / "tile")

    assert len(load((tmp_path / "tile").read_bytes())) > 1


@pytest.mark.parametrize(
    ("rules", "seconds", "is_split"),
    [
        (TileRules(threshold_seconds=1, tile_seconds=1e-5, least_qubits=2), 2.0, True),
        (TileRules(threshold_seconds=0, tile_seconds=1e-5, least_qubits=2), 2.0, False),
        (TileRules(threshold_seconds=1, tile_seconds=1e-5, least_qubits=2), 1.0, False),
        (TileRules(threshold_seconds=1, tile_seconds=1e6, least_qubits=2), 2.0, False),
        (TileRules(threshold_seconds=1, tile_seconds=1e-5, least_qubits=3), 2.0, False),
    ],
    ids=["worth it", "never", "a short run", "one tile", "few qubits"],
)
def test_run_is_split_where_it_gains_by_it(rules, seconds, is_split):
    assert (tiled_run({}).tiles_worth(rules, seconds) > 1) == is_split


@pytest.mark.parametrize(
    ("left", "ending"),
    [
        (None, "split"),
        ("", "split"),
        (f"{spec_digest(SPEC)} of another release", "split"),
        (made_by(SPEC), "done"),
    ],
    ids=["nothing", "no safetensors", "of another release", "of this"],
)
def test_run_is_split_unless_an_attempt_before_it_left_something_to_go_on_from(tmp_path, left, ending):
    spec, rows, told = fresh(tmp_path) / "spec.json", {1: TableBytes(FLOWERS)}, []
    spec.write_bytes(canonical_bytes(SPEC))
    if left == "":
        (tmp_path / "checkpoint").touch()
    elif left:
        Checkpoints(tmp_path / "checkpoint", left).keep(SEARCH_ORDER, 99, np.zeros(2))
    events = SimpleNamespace(send=lambda event, **_: told.append(event), progress=ignore_progress)
    whole_run = partial(job.run, spec, fresh(tmp_path, "output"), rows, events, keys=ChildKeys())

    whole_run(checkpoint=tmp_path / "checkpoint", tiles=SPLIT, parent=None)

    assert told == [ending]


def test_run_whose_kernels_are_measured_has_no_tiles_and_an_exact_one_has():
    exact, measured = (build_spec(spec_fields(**each)) for each in ({}, {"engine": "aer", "shots": 100}))

    assert TiledRun.of(exact, (), {}) is not None
    assert TiledRun.of(measured, (), {}) is None
