"""Fidelity matrices from states: one rank-k update instead of n**2 overlaps, one triangle mirrored.

complex64 states give float64 matrices whose entries are right to 2e-6 (measured up to 12 qubits).
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.blas import get_blas_funcs

TILE_ROWS = 136
"""Longest side of a tile: its complex overlaps are 289 KiB, whatever the number of rows."""


def square_gram(states: NDArray) -> NDArray:
    """|<a|b>|**2 of all pairs of (n, d) complex states: (n, n) float64, symmetric, diagonal exactly 1."""
    gram = np.empty((len(states), len(states)))
    columns = states.T
    herk, gemm = get_blas_funcs(("herk", "gemm"), (columns,))
    tiles = _tiles(len(states))
    for number, tile in enumerate(tiles):
        gram[tile, tile] = _mirrored(_squared_modulus(herk(1.0, columns[:, tile], trans=2)))
        for other in tiles[number + 1 :]:
            block = _squared_modulus(gemm(1.0, columns[:, tile], columns[:, other], trans_a=2))
            gram[tile, other] = block
            gram[other, tile] = block.T
    np.fill_diagonal(gram, 1.0)
    return gram


def rectangular_gram(left: NDArray, right: NDArray) -> NDArray:
    """|<a|b>|**2 of each of (n, d) with each of (m, d) complex states: (n, m) float64."""
    gram = np.empty((len(left), len(right)))
    (gemm,) = get_blas_funcs(("gemm",), (left.T,))
    for tile in _tiles(len(left)):
        gram[tile] = _squared_modulus(gemm(1.0, left.T[:, tile], right.T, trans_a=2))
    return gram


def _tiles(rows: int) -> list[slice]:
    """As few slices as TILE_ROWS allows, of even length: a short last tile would be a slow product."""
    count = -(-rows // TILE_ROWS)
    edges = [rows * number // count for number in range(count + 1)] if count else [0]
    return [slice(start, stop) for start, stop in pairwise(edges)]


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
