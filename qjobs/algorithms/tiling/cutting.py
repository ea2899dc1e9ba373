"""Cuts the kernels of a run into tiles of about equal work: strips of rows, in the order of their use."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

import numpy as np

from qjobs.algorithms.tiling.requests import KernelRequest
from qjobs.algorithms.tiling.rules import MOST_BYTES, MOST_TILE_BYTES, MOST_TILES, TileRules
from qjobs.engines.gram import strips
from qjobs.spec.costs.figures import AMPLITUDES_PER_SECOND, FLOAT_BYTES, FLOPS_PER_SECOND

T = TypeVar("T")
FLOPS_AN_AMPLITUDE = 8
"""A complex product and sum, for each entry of a kernel."""


@dataclass(frozen=True)
class Strip:
    """Rows of one kernel; of a square one from their own diagonal on."""

    kernel: str
    number: int
    rows: slice
    entries: int
    seconds: float

    @property
    def name(self) -> str:
        return f"{self.kernel}/{self.number}"

    @property
    def size_bytes(self) -> int:
        return FLOAT_BYTES * self.entries


@dataclass(frozen=True)
class Tiling:
    """tiles: the strips of each tile, every strip in one of them."""

    requests: Mapping[str, KernelRequest]
    tiles: tuple[tuple[Strip, ...], ...]

    @classmethod
    def of(cls, requests: Iterable[KernelRequest], count: int) -> "Tiling":
        """Exactly `count` tiles."""
        known = {request.name: request for request in requests}
        found = _affordable(known.values())
        return cls(known, cut(found, [each.seconds for each in found], count))


def tiles_wanted(requests: Iterable[KernelRequest], rules: TileRules) -> int:
    """How many tiles these kernels are worth; 0 or 1 where splitting gains nothing."""
    found = _affordable(each for each in requests if each.program.qubits >= rules.least_qubits)
    seconds = sum(each.seconds for each in found)
    size_bytes = sum(each.size_bytes for each in found)
    wanted = max(-(-seconds // rules.tile_seconds), -(-size_bytes // MOST_TILE_BYTES))
    return min(len(found), MOST_TILES, int(wanted))


def strips_of(request: KernelRequest) -> list[Strip]:
    """All strips of a kernel, top to bottom."""
    rows, columns = request.shape
    dimension = 2**request.program.qubits
    found = []
    for number, strip in enumerate(strips(rows)):
        height = strip.stop - strip.start
        entries = height * (columns - (strip.start if request.right is None else 0))
        seconds = FLOPS_AN_AMPLITUDE * dimension * entries / FLOPS_PER_SECOND
        seconds += height * dimension / AMPLITUDES_PER_SECOND
        found.append(Strip(request.name, number, strip, entries, seconds))
    return found


def _affordable(requests: Iterable[KernelRequest]) -> list[Strip]:
    """The strips of whole kernels, first to last, while their bytes fit."""
    found: list[Strip] = []
    held = 0
    for request in requests:
        own = strips_of(request)
        held += sum(each.size_bytes for each in own)
        if held > MOST_BYTES:
            break
        found += own
    return found


def cut(parts: Sequence[T], seconds: Sequence[float], count: int) -> tuple[tuple[T, ...], ...]:
    """Exactly `count` runs of parts with about equal seconds; a part is in that which its middle falls into.

    Where one part is much longer than others some runs are empty.
    """
    if not parts:
        return ((),) * count
    ends = np.cumsum(seconds)
    middles = ends - np.asarray(seconds) / 2
    wanted = np.searchsorted(middles, ends[-1] * np.arange(1, count) / count)
    edges = [0, *(int(edge) for edge in wanted), len(parts)]
    return tuple(tuple(parts[start:stop]) for start, stop in pairwise(edges))
