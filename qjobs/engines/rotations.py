"""Real rotations on neighbouring wires: the matrix of the group, and the slopes in its angles."""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray


def group_matrix(angles: NDArray) -> NDArray:
    """Kronecker product of RY(angles[:, i]), i = 0 the least significant: (n, 2**k, 2**k) for angles (n, k).

    (2**k, 2**k) where all rows are equal.
    """
    if len(angles) > 1 and (angles == angles[0]).all():
        angles = angles[:1]
    cosine, sine = np.cos(angles / 2), np.sin(angles / 2)
    matrix = np.ones((len(angles), 1, 1))
    for wire in range(angles.shape[1]):
        turn = np.empty((len(angles), 2, 2))
        turn[:, 0, 0] = turn[:, 1, 1] = cosine[:, wire]
        turn[:, 1, 0] = sine[:, wire]
        turn[:, 0, 1] = -sine[:, wire]
        size = 2 * matrix.shape[1]
        matrix = (turn[:, :, None, :, None] * matrix[:, None, :, None, :]).reshape(-1, size, size)
    return matrix[0] if len(matrix) == 1 else matrix


def group_slopes(
    bra: NDArray, ket: NDArray, group: tuple[int, int], *, inner: int, rows: int, xp: Any = np
) -> NDArray:
    """2 Re<bra|d RY...RY|ket> in the angles of a group of wires (lowest, count): (rows, count) real.

    bra, ket: (n, width) real, whose innermost axis holds `inner` numbers for each setting of the wires from
    the lowest on. `rows` is n, or 1 for the sum over all.
    """
    count = group[1]
    shape = (rows, -1, 1 << count, inner)
    left = xp.moveaxis(bra.reshape(shape), 2, 1).reshape(rows, 1 << count, -1)
    right = xp.moveaxis(ket.reshape(shape), 2, 1).reshape(rows, 1 << count, -1)
    density = xp.matmul(left, xp.swapaxes(right, 1, 2))
    return density.reshape(rows, -1) @ xp.asarray(_generators(count).astype(bra.dtype))


@cache
def _generators(count: int) -> NDArray:
    """(4**k, k): column i picks density[1 on wire i, 0 on wire i] - the reverse, traced over other wires."""
    size = 1 << count
    columns = []
    for wire in range(count):
        picked = np.zeros((size, size))
        for zero in range(size):
            if not zero >> wire & 1:
                one = zero | 1 << wire
                picked[one, zero], picked[zero, one] = 1.0, -1.0
        columns.append(picked.ravel())
    return np.stack(columns, axis=1)
