"""Fidelity matrices from states: one rank-k update instead of n**2 overlaps, one triangle mirrored."""

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.blas import zgemm, zherk

TILE_ROWS = 256
"""Side of a tile: its complex overlaps are 1 MiB, whatever the number of rows."""


def square_gram(states: NDArray) -> NDArray:
    """|<a|b>|**2 of all pairs of (n, d) complex128 states: (n, n) float64, symmetric, diagonal exactly 1."""
    gram = np.empty((len(states), len(states)))
    columns = states.T
    for start in range(0, len(states), TILE_ROWS):
        tile = slice(start, min(start + TILE_ROWS, len(states)))
        gram[tile, tile] = _mirrored(_squared_modulus(zherk(1.0, columns[:, tile], trans=2)))
        for other_start in range(tile.stop, len(states), TILE_ROWS):
            other = slice(other_start, min(other_start + TILE_ROWS, len(states)))
            block = _squared_modulus(zgemm(1.0, columns[:, tile], columns[:, other], trans_a=2))
            gram[tile, other] = block
            gram[other, tile] = block.T
    np.fill_diagonal(gram, 1.0)
    return gram


def rectangular_gram(left: NDArray, right: NDArray) -> NDArray:
    """|<a|b>|**2 of each of (n, d) with each of (m, d) complex128 states: (n, m) float64."""
    gram = np.empty((len(left), len(right)))
    for start in range(0, len(left), TILE_ROWS):
        tile = slice(start, start + TILE_ROWS)
        gram[tile] = _squared_modulus(zgemm(1.0, left.T[:, tile], right.T, trans_a=2))
    return gram


def _squared_modulus(overlaps: NDArray) -> NDArray:
    return overlaps.real**2 + overlaps.imag**2


def _mirrored(upper: NDArray) -> NDArray:
    triangle = np.triu(upper, 1)
    return triangle + triangle.T
