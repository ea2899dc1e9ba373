"""Hadamard layers on a batch of states: a Walsh-Hadamard transform by small real matrix products."""

from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

RADIX_QUBITS = 4
"""Qubits transformed by one matrix product: 16 x 16 stays in registers and first-level cache."""


def apply_hadamards(states: NDArray, mask: int, qubits: int, xp: Any = np) -> NDArray:
    """A new (n, 2**qubits) array, real or complex, with a Hadamard gate on every qubit of `mask`."""
    real = real_parts(states).dtype
    groups = [
        (lowest, count, xp.asarray(_hadamard(count).astype(real)))
        for lowest, count in wire_groups(mask, qubits)
    ]
    return apply_groups(states, groups, xp)


def wire_groups(mask: int, qubits: int) -> list[tuple[int, int]]:
    """Runs of neighbouring qubits of the mask, each at most RADIX_QUBITS long, as (lowest, count)."""
    groups: list[tuple[int, int]] = []
    for qubit in range(qubits):
        if not mask >> qubit & 1:
            continue
        if groups and sum(groups[-1]) == qubit and groups[-1][1] < RADIX_QUBITS:
            groups[-1] = (groups[-1][0], groups[-1][1] + 1)
        else:
            groups.append((qubit, 1))
    return groups


def real_parts(states: NDArray) -> NDArray:
    """The states as real numbers, (real, imaginary) pairs innermost; real states as they are."""
    return states.view(states.real.dtype) if states.dtype.kind == "c" else states


def apply_groups(states: NDArray, groups: Iterable[tuple[int, int, NDArray]], xp: Any = np) -> NDArray:
    """The states with a real matrix on each group of neighbouring wires, given as (lowest, count, matrix).

    A matrix is (2**count, 2**count) for all rows or (n, 2**count, 2**count), one a row. Real products on
    the real and imaginary parts side by side: half the work of a complex product.
    """
    parts = real_parts(states)
    pair = 2 if states.dtype.kind == "c" else 1
    shape, rows = parts.shape, len(parts)
    for lowest, count, matrix in groups:
        width = 1 << count
        if matrix.ndim == 2 and lowest == 0:
            parts = parts.reshape(-1, pair * width) @ _for_pairs(matrix, pair, xp).T
        elif matrix.ndim == 2:
            parts = matrix @ parts.reshape(-1, width, pair << lowest)
        elif lowest == 0:
            parts = parts.reshape(rows, -1, pair * width) @ xp.swapaxes(_for_pairs(matrix, pair, xp), 1, 2)
        else:
            parts = matrix[:, None] @ parts.reshape(rows, -1, width, pair << lowest)
        parts = parts.reshape(shape)
    return parts.view(states.dtype) if pair == 2 else parts


def _for_pairs(matrix: NDArray, pair: int, xp: Any) -> NDArray:
    """The matrix beside the identity on (real, imaginary) pairs."""
    if pair == 1:
        return matrix
    size = matrix.shape[-1]
    spread = xp.zeros((*matrix.shape[:-2], size, 2, size, 2), dtype=matrix.dtype)
    spread[..., 0, :, 0] = matrix
    spread[..., 1, :, 1] = matrix
    return spread.reshape(*matrix.shape[:-2], 2 * size, 2 * size)


@cache
def _hadamard(count: int) -> NDArray:
    matrix = np.ones((1, 1))
    for _ in range(count):
        matrix = np.kron(matrix, np.array([[1.0, 1.0], [1.0, -1.0]]))
    return matrix / 2 ** (count / 2)
