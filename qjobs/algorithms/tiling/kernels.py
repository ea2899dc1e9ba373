"""Runs whose tiles are strips of the kernels that they are sure to need."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from qjobs.algorithms.progress import OnProgress, never_cancel
from qjobs.algorithms.result import AlgorithmResult
from qjobs.algorithms.tiling.computing import JoiningEngine, tile_bytes
from qjobs.algorithms.tiling.cutting import Tiling, tiles_wanted
from qjobs.algorithms.tiling.requests import AskedEngine, KernelRequest
from qjobs.algorithms.tiling.rules import TileRules
from qjobs.algorithms.tiling.splitting import Tiles
from qjobs.engines.protocol import KernelEngine
from qjobs.engines.registry import open_engine
from qjobs.spec import JobSpec

SpecT = TypeVar("SpecT", bound=JobSpec)
DataT = TypeVar("DataT")


@dataclass(frozen=True)
class TiledKernels(Generic[SpecT, DataT]):
    """`ask` asks an engine for the kernels that the run is sure to need; `run` gets one that has them, named
    `engine`."""

    ask: Callable[[SpecT, DataT, KernelEngine], None]
    run: Callable[..., AlgorithmResult]

    def tiles_wanted(self, spec: SpecT, data: DataT, rules: TileRules) -> int:
        return tiles_wanted(self._requests(spec, data), rules)

    def tile(self, spec: SpecT, data: DataT, number: int, count: int) -> bytes:
        return tile_bytes(Tiling.of(self._requests(spec, data), count), number)

    def joined(
        self, spec: SpecT, data: DataT, tiles: Tiles, on_progress: OnProgress, checkpoint: Path
    ) -> AlgorithmResult:
        tiling = Tiling.of(self._requests(spec, data), tiles.count)
        engine = JoiningEngine(_engine(spec), tiling, tiles.read)
        return self.run(spec, data, on_progress, never_cancel, checkpoint, engine=engine)

    def _requests(self, spec: SpecT, data: DataT) -> list[KernelRequest]:
        asked = AskedEngine(_engine(spec))
        self.ask(spec, data, asked)
        return list(asked.requests.values())


def _engine(spec: JobSpec) -> KernelEngine:
    return open_engine(spec.engine, spec.limits.memory_bytes)
