"""Tiles inside a child: whether a run is split, one tile's file, and the run that takes all of them.

Tiles of private data are sealed under keys that only who has the data's own keys can derive; nobody keeps
them.
"""

import hashlib
import hmac
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.errors import PermanentError
from qjobs.algorithms.errors import TileRefused
from qjobs.algorithms.progress import OnProgress
from qjobs.algorithms.registry import algorithm_of
from qjobs.algorithms.result import AlgorithmResult
from qjobs.algorithms.tiling.computing import Arrays, read_tile
from qjobs.algorithms.tiling.rules import TileRules
from qjobs.algorithms.tiling.splitting import Tiled, Tiles
from qjobs.runner.sealing import read_sealed
from qjobs.spec import JobSpec, canonical_bytes
from qjobs.spec.document import EXACT_ENGINE
from storage.age.file_key import FILE_KEY_BYTES, FileKey
from storage.age.vault import seal_under


@dataclass(frozen=True)
class TiledRun:
    """A run of an algorithm that has tiles. keys: of the private inputs, by token id."""

    tiled: Tiled[Any, Any]
    spec: JobSpec
    data: Any
    keys: Mapping[int, FileKey]

    @classmethod
    def of(cls, spec: JobSpec, data: Any, keys: Mapping[int, FileKey]) -> "TiledRun | None":
        """None where the spec's algorithm has no tiles; kernels that are measured have none."""
        tiled = algorithm_of(spec).tiled
        is_measured = spec.engine != EXACT_ENGINE
        return None if tiled is None or is_measured else cls(tiled, spec, data, keys)

    def tiles_worth(self, rules: TileRules, cpu_seconds: float) -> int:
        """Into how many tiles a run of so many seconds is split; 0 for not at all."""
        if not 0 < rules.threshold_seconds < cpu_seconds:
            return 0
        wanted = self.tiled.tiles_wanted(self.spec, self.data, rules)
        return wanted if wanted > 1 else 0

    def write_tile(self, number: int, count: int, target: Path) -> None:
        """Computes one of `count` tiles."""
        block = self.tiled.tile(self.spec, self.data, number, count)
        key = self._key_of(number)
        target.write_bytes(block if key is None else b"".join(seal_under(io.BytesIO(block), key)))

    def joined(self, files: Sequence[Path], on_progress: OnProgress, checkpoint: Path) -> AlgorithmResult:
        """The run with what the tiles hold; what cannot be read is computed anew. `checkpoint`: as in
        `Tiled.joined`."""

        def read(number: int) -> Arrays:
            key = self._key_of(number)
            try:
                return read_tile(
                    files[number].read_bytes() if key is None else read_sealed(files[number], key)
                )
            except (OSError, PermanentError) as error:
                raise TileRefused(f"tile {number} cannot be read") from error

        tiles = Tiles(len(files), read)
        return self.tiled.joined(self.spec, self.data, tiles, on_progress, checkpoint)

    def _key_of(self, number: int) -> FileKey | None:
        """The key of one tile, from those of all the private inputs; None where all inputs are public."""
        if not self.keys:
            return None
        secret = b"".join(self.keys[token_id].secret for token_id in sorted(self.keys))
        purpose = b"qommons tile %d of " % number + hashlib.sha256(canonical_bytes(self.spec)).digest()
        return FileKey(hmac.digest(secret, purpose, "sha256")[:FILE_KEY_BYTES])
