"""Trainings in tiles: the run that takes them gives the bytes of the run that trains everything itself."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load

from qjobs.algorithms.checkpoints import made_by
from qjobs.algorithms.errors import TileRefused, TrainingCancelled
from qjobs.algorithms.progress import Watch, ignore_progress
from qjobs.algorithms.qaoa import training as qaoa_training
from qjobs.algorithms.qnn import training as qnn_training
from qjobs.algorithms.tiling.computing import Arrays, read_tile
from qjobs.algorithms.tiling.cutting import cut
from qjobs.algorithms.tiling.rules import TileRules
from qjobs.algorithms.tiling.splitting import Tiles
from qjobs.algorithms.tiling.trainings import TiledTrainings
from qjobs.algorithms.vqe import training as vqe_training
from qjobs.spec import estimate
from tests.vectors.qjobs.kinds import Kind

COUNT = 2
CHANGES: Mapping[str, Mapping[str, Any]] = {
    "trained circuit": {},
    "energy": {"algorithm": {"name": "vqe", "restarts": 3}},
    "cut": {"algorithm": {"name": "qaoa", "restarts": 3}},
    "choice": {"method": {"restarts": 2}},
}
TRAINS = {
    "trained circuit": (qnn_training, "trained_trail"),
    "energy": (vqe_training, "_from_start"),
    "cut": (qaoa_training, "from_start"),
    "choice": (qaoa_training, "from_start"),
}
"""What trains in the run that joins."""

every_kind = pytest.mark.parametrize("name", CHANGES)


@cache
def kind(name: str) -> Kind:
    return Kind.of(name, **CHANGES[name])


def tiled(name: str) -> TiledTrainings[Any, Any]:
    found = kind(name).algorithm.tiled
    assert isinstance(found, TiledTrainings)
    return found


@cache
def whole(name: str) -> Mapping[str, bytes]:
    """The files of the run in one piece."""
    return without_binary(kind(name).run().files)


@cache
def tile(name: str, number: int) -> bytes:
    return tiled(name).tile(kind(name).spec, kind(name).data, number, COUNT)


def without_binary(files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {name: block for name, block in files.items() if name != "circuit.qpy"}


def joined(name: str, read: Callable[[int], Arrays], folder: Path) -> dict[str, bytes]:
    spec, data, tiles = kind(name).spec, kind(name).data, Tiles(COUNT, read)
    result = tiled(name).joined(spec, data, tiles, ignore_progress, folder / "checkpoint")
    return without_binary(result.files)


def numbers_in(name: str, block: bytes) -> list[int]:
    spec = kind(name).spec
    assert all(each.startswith(made_by(spec)) for each in load(block))
    return sorted(int(each.split()[-1]) for each in load(block))


def only_what_is_over(training: Any, watch: Watch, name: str, states: np.ndarray) -> list[np.ndarray]:
    """In place of training a circuit."""
    assert training.is_over(training.held_losses(states)), name
    return []


def not_again(*_: object, **__: object) -> None:
    pytest.fail("trained again")


@every_kind
def test_run_on_tiles_gives_the_bytes_of_the_whole_run_and_trains_nothing_again(name, tmp_path, monkeypatch):
    expected, blocks = whole(name), [tile(name, number) for number in range(COUNT)]
    module, function = TRAINS[name]
    monkeypatch.setattr(module, function, only_what_is_over if module is qnn_training else not_again)

    found = joined(name, lambda number: read_tile(blocks[number]), tmp_path)

    assert found == dict(expected)
    parts = len(tiled(name).seconds(kind(name).spec, len(kind(name).data)))
    first, second = (numbers_in(name, block) for block in blocks)
    assert first
    assert second
    assert [*first, *second] == list(range(parts))


def lose(block: bytes) -> Arrays:
    raise TileRefused("gone")


def narrowed(block: bytes) -> Arrays:
    return {name: array[..., :-1] for name, array in load(block).items()}


@pytest.mark.parametrize("name", ["trained circuit", "choice"])
@pytest.mark.parametrize(
    "read",
    [
        lose,
        lambda block: read_tile(block[:-1]),
        narrowed,
        lambda block: {name: array.astype(np.float32) for name, array in load(block).items()},
        lambda block: {f"another {name}": array for name, array in load(block).items()},
    ],
    ids=["lost", "cut short", "narrow", "half precision", "of another spec"],
)
def test_tile_that_is_lost_or_damaged_is_trained_anew_and_changes_nothing(name, read, tmp_path):
    def read_one(number: int) -> Arrays:
        return read(tile(name, number)) if number else read_tile(tile(name, number))

    assert joined(name, read_one, tmp_path) == dict(whole(name))


def test_join_that_was_killed_goes_on_with_what_it_had_trained_itself(tmp_path, monkeypatch):
    """Of a circuit, the one kind whose checkpoint holds trainings in their order."""
    name = "trained circuit"

    def read(number: int) -> Arrays:
        return lose(b"") if number == 0 else read_tile(tile(name, number))

    joined(name, read, tmp_path)
    monkeypatch.setattr(qnn_training, "trained_trail", only_what_is_over)

    assert joined(name, read, tmp_path) == dict(whole(name))


@every_kind
def test_training_of_a_tile_stops_when_it_is_told_to(name):
    watch = Watch(1, ignore_progress, lambda: True)

    with pytest.raises(TrainingCancelled):
        tiled(name).train(kind(name).spec, kind(name).data, [0], watch)


@every_kind
def test_tile_is_one_training_at_least_and_all_of_them_where_they_are_short(name):
    spec, data = kind(name).spec, kind(name).data
    seconds = tiled(name).seconds(spec, len(data))

    def wanted(tile_seconds: float) -> int:
        return tiled(name).tiles_wanted(spec, data, TileRules(1, tile_seconds, least_qubits=30))

    assert wanted(1e-9) == len(seconds)
    assert wanted(sum(seconds) / 1.9) == 2
    assert wanted(1e6) == 1
    assert 0 < sum(seconds) < estimate(spec, len(data)).cpu_seconds


def test_trainings_that_take_equally_long_are_cut_one_by_one():
    for count in range(1, 50):
        assert cut(range(count), [0.1] * count, count) == tuple((number,) for number in range(count))
