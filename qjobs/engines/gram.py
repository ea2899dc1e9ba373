"""Fidelity matrices from states: three real products a pair of tiles instead of n**2 overlaps.

Of states X + iY and U + iV, one a row, the overlaps are XU^T + YV^T + i(XU^T - YV^T - P) with
P = (X + Y)(U - V)^T: three quarters of the work of a complex product. Of a tile with itself they are
2S - (P + P^T)/2 + i(P^T - P)/2 with S = XX^T, of which half is mirrored.

complex64 states give float64 matrices whose entries are right to 2e-6 (measured up to 12 qubits).
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

TILE_ROWS, TILE_COLUMNS = 200, 400
"""Longest sides of a tile: a product is 625 KiB, whatever the number of rows. Larger ones are faster, while
shorter strips let the work be divided more evenly between workers."""

TILE_DEPTH = 512
"""Amplitudes of a row that are multiplied at a time: what is multiplied stays in second-level cache."""

SCRATCH_BYTES = 8 * TILE_COLUMNS * (2 * TILE_DEPTH + 4 * TILE_ROWS)

SPLIT_AMPLITUDES = 2**14
"""Amplitudes whose parts are told apart at a time, in cache."""


def split_states(states: NDArray) -> NDArray:
    """(n, 2, d) real and imaginary parts of (n, d) complex states, in their own memory: they are used up."""
    rows, dimension = states.shape
    split = states.view(states.real.dtype).reshape(rows, 2, dimension)
    size = max(1, SPLIT_AMPLITUDES // dimension)
    for start in range(0, rows, size):
        block = states[start : start + size].copy()
        split[start : start + size, 0] = block.real
        split[start : start + size, 1] = block.imag
    return split


def square_gram(states: NDArray) -> NDArray:
    """|<a|b>|**2 of all pairs of (n, 2, d) split states: (n, n) float64, symmetric, diagonal exactly 1."""
    gram = np.empty((len(states), len(states)))
    tiles = _Tiles(states)
    for strip in strips(len(states)):
        for other in _fill_from(states, strip, tiles, gram[strip]):
            gram[other, strip] = gram[strip, other].T
    np.fill_diagonal(gram, 1.0)
    return gram


def square_strip(states: NDArray, strip: slice) -> NDArray:
    """Rows `strip` of `square_gram` from their own diagonal on: (len, n - strip.start), equal bit by bit."""
    rows = np.empty((strip.stop - strip.start, len(states)))
    for _ in _fill_from(states, strip, _Tiles(states), rows):
        pass
    block = rows[:, strip.start :]
    np.fill_diagonal(block, 1.0)
    return block


def rectangular_gram(left: NDArray, right: NDArray) -> NDArray:
    """|<a|b>|**2 of each of (n, 2, d) with each of (m, 2, d) split states: (n, m) float64."""
    gram = np.empty((len(left), len(right)))
    for strip in strips(len(left)):
        gram[strip] = rectangular_strip(left[strip], right)
    return gram


def rectangular_strip(left: NDArray, right: NDArray) -> NDArray:
    """The rows of `rectangular_gram` that are one strip, equal bit by bit."""
    rows = np.empty((len(left), len(right)))
    tiles = _Tiles(left)
    for other in _slices(0, len(right), TILE_COLUMNS):
        tiles.put_pair(left, right[other], rows[:, other])
    return rows


def strips(rows: int) -> list[slice]:
    """The rows that are computed together."""
    return _slices(0, rows, TILE_ROWS)


def _slices(start: int, stop: int, longest: int) -> list[slice]:
    """As few slices as possible, of even length: a short last tile would be a slow product."""
    count = -(-(stop - start) // longest)
    edges = [start + (stop - start) * number // count for number in range(count + 1)] if count else [start]
    return [slice(*edge) for edge in pairwise(edges)]


def overlaps(left: NDArray, right: NDArray) -> NDArray:
    """<a|b> of each of (n, d) with each of (m, d) complex states: (n, m) complex of their precision."""
    return left.conj() @ right.T


def _fill_from(states: NDArray, strip: slice, tiles: "_Tiles", rows: NDArray) -> Iterator[slice]:
    """Fills the rows of one strip from its own diagonal on; gives the columns of each tile beyond it."""
    tiles.put_one(states[strip], rows[:, strip])
    for other in _slices(strip.stop, len(states), TILE_COLUMNS):
        tiles.put_pair(states[strip], states[other], rows[:, other])
        yield other


class _Tiles:
    """Computes one tile after another in one piece of memory: fresh pages would cost as much as products."""

    def __init__(self, states: NDArray) -> None:
        form = TILE_COLUMNS * min(states.shape[2], TILE_DEPTH)
        room: NDArray = np.empty(2 * form + 4 * TILE_ROWS * TILE_COLUMNS, states.dtype)
        self._forms = room[: 2 * form].reshape(2, -1)
        self._products = room[2 * form :].reshape(4, -1)

    def put_one(self, states: NDArray, place: NDArray) -> None:
        """|<a|b>|**2 of all pairs into `place`, exactly symmetric."""
        crossed, plain, free, other = self._matrices(len(states), len(states))
        for start in range(0, states.shape[2], TILE_DEPTH):
            real, imag = _panel(states, start)
            _add_product(start, crossed, self._sum(real, imag), self._difference(real, imag), free)
            _add_product(start, plain, real, real, free)
        plain *= 4.0
        plain -= np.add(crossed, crossed.T, out=free)
        np.subtract(crossed, crossed.T, out=other)
        plain *= plain
        other *= other
        plain += other
        np.multiply(plain, 0.25, out=place)

    def put_pair(self, left: NDArray, right: NDArray, place: NDArray) -> None:
        """|<a|b>|**2 of each left state with each right one into `place`."""
        first, second, third, free = self._matrices(len(left), len(right))
        for start in range(0, left.shape[2], TILE_DEPTH):
            (real, imag), (of_real, of_imag) = _panel(left, start), _panel(right, start)
            _add_product(start, first, real, of_real, free)
            _add_product(start, second, imag, of_imag, free)
            total, difference = self._sum(real, imag), self._difference(of_real, of_imag)
            _add_product(start, third, total, difference, free)
        third -= first
        third += second
        first += second
        first *= first
        third *= third
        np.add(first, third, out=place)

    def _sum(self, real: NDArray, imag: NDArray) -> NDArray:
        return np.add(real, imag, out=self._forms[0, : real.size].reshape(real.shape))

    def _difference(self, real: NDArray, imag: NDArray) -> NDArray:
        return np.subtract(real, imag, out=self._forms[1, : real.size].reshape(real.shape))

    def _matrices(self, rows: int, columns: int) -> NDArray:
        return self._products[:, : rows * columns].reshape(-1, rows, columns)


def _panel(states: NDArray, start: int) -> tuple[NDArray, NDArray]:
    return states[:, 0, start : start + TILE_DEPTH], states[:, 1, start : start + TILE_DEPTH]


def _add_product(start: int, target: NDArray, left: NDArray, right: NDArray, free: NDArray) -> None:
    """target += left @ right.T, or = where the sum over amplitudes starts."""
    if start:
        target += np.matmul(left, right.T, out=free)
    else:
        np.matmul(left, right.T, out=target)
