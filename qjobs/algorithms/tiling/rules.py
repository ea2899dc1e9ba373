"""When a run is split into tiles, and how large these may be; read by processes without Qiskit too."""

from dataclasses import dataclass

FORM = 2
"""Of what lies in which tile, and of a tile's bytes; another number with each change of either, so that tiles
which a release before this one left are computed anew."""

MOST_TILE_BYTES = 2**27
MOST_BYTES = 2**32
"""Of all tiles of a run together; kernels beyond are computed where they are used."""

MOST_TILES = 512


@dataclass(frozen=True)
class TileRules:
    """`threshold_seconds`: of CPU time, by the estimate, above which a run is split; 0 never splits.
    `tile_seconds`: what one tile should take. `least_qubits`: a kernel of fewer is computed about as fast as
    it is read."""

    threshold_seconds: float
    tile_seconds: float
    least_qubits: int
