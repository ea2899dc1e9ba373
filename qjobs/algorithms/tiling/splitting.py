"""The seam of runs that can be split: parts of their work that do not depend on each other, and the rest."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from qjobs.algorithms.progress import OnProgress
from qjobs.algorithms.result import AlgorithmResult
from qjobs.algorithms.tiling.computing import Arrays
from qjobs.algorithms.tiling.rules import TileRules
from qjobs.spec import JobSpec

SpecT_contra = TypeVar("SpecT_contra", bound=JobSpec, contravariant=True)
DataT_contra = TypeVar("DataT_contra", contravariant=True)


@dataclass(frozen=True)
class Tiles:
    """All tiles of a run. `read` gives what one holds, by its number from 0; it raises `TileRefused`."""

    count: int
    read: Callable[[int], Arrays]


class Tiled(Protocol[SpecT_contra, DataT_contra]):
    """How an algorithm's runs are split."""

    def tiles_wanted(self, spec: SpecT_contra, data: DataT_contra, rules: TileRules) -> int:
        """How many tiles a run is worth; 0 or 1 where splitting gains nothing."""

    def tile(self, spec: SpecT_contra, data: DataT_contra, number: int, count: int) -> bytes:
        """Tile `number` of `count`, as safetensors."""

    def joined(
        self,
        spec: SpecT_contra,
        data: DataT_contra,
        tiles: Tiles,
        on_progress: OnProgress,
        checkpoint: Path,
    ) -> AlgorithmResult:
        """The result of the run in one piece, bit by bit; what no tile gives is computed here.

        `checkpoint`: a file that an attempt before this one may have left, and that this one may leave.
        """
