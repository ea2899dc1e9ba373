"""Runs whose tiles are whole trainings: each from a start of its own, none waiting for another."""

from collections.abc import Callable, Iterator, Mapping, Sequence, Sized
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from qjobs.algorithms.checkpoints import made_by
from qjobs.algorithms.errors import TileRefused
from qjobs.algorithms.progress import OnProgress, ShouldCancel, Watch, ignore_progress, never_cancel
from qjobs.algorithms.result import AlgorithmResult
from qjobs.algorithms.tiling.cutting import cut
from qjobs.algorithms.tiling.rules import MOST_TILES, TileRules
from qjobs.algorithms.tiling.splitting import Tiles
from qjobs.spec import JobSpec

SpecT = TypeVar("SpecT", bound=JobSpec)
DataT = TypeVar("DataT", bound=Sized)
Trained = Mapping[int, NDArray]
"""What trainings end with, by their numbers: what a checkpoint keeps of each."""


@dataclass(frozen=True)
class TiledTrainings(Generic[SpecT, DataT]):
    """`seconds`: of each training, by the spec and a number of rows. `train` gives what some of them end
    with. `keep` writes that into a checkpoint, which `resume` goes on from."""

    seconds: Callable[[SpecT, int], Sequence[float]]
    train: Callable[[SpecT, DataT, Sequence[int], Watch], Trained]
    keep: Callable[[SpecT, DataT, Path, Trained], None]
    resume: Callable[[SpecT, DataT, OnProgress, ShouldCancel, Path], AlgorithmResult]

    def tiles_wanted(self, spec: SpecT, data: DataT, rules: TileRules) -> int:
        """A tile is one training at least, however long that takes."""
        seconds = self.seconds(spec, len(data))
        return min(len(seconds), MOST_TILES, int(-(-sum(seconds) // rules.tile_seconds)))

    def tile(self, spec: SpecT, data: DataT, number: int, count: int) -> bytes:
        own = self._cut(spec, data, count)[number]
        trained = self.train(spec, data, own, Watch(len(own), ignore_progress, never_cancel))
        return save({_name(spec, each): np.ascontiguousarray(end) for each, end in trained.items()})

    def joined(
        self, spec: SpecT, data: DataT, tiles: Tiles, on_progress: OnProgress, checkpoint: Path
    ) -> AlgorithmResult:
        self.keep(spec, data, checkpoint, dict(self._held(spec, data, tiles)))
        return self.resume(spec, data, on_progress, never_cancel, checkpoint)

    def _held(self, spec: SpecT, data: DataT, tiles: Tiles) -> Iterator[tuple[int, NDArray]]:
        """What the tiles hold of this spec's trainings; one that cannot be read holds nothing."""
        for number, own in enumerate(self._cut(spec, data, tiles.count)):
            with suppress(TileRefused):
                arrays = tiles.read(number)
                yield from ((each, arrays[_name(spec, each)]) for each in own if _name(spec, each) in arrays)

    def _cut(self, spec: SpecT, data: DataT, count: int) -> tuple[tuple[int, ...], ...]:
        """The numbers of the trainings in each tile."""
        seconds = self.seconds(spec, len(data))
        return cut(range(len(seconds)), seconds, count)


def _name(spec: JobSpec, number: int) -> str:
    """Names the spec too, and how the release that made it pre-processes: what is of another is not read."""
    return f"{made_by(spec)} {number}"
