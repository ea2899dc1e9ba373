"""Hadamard layers on a batch of states: a Walsh-Hadamard transform by small real matrix products."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

RADIX_QUBITS = 4
"""Qubits transformed by one matrix product: 16 x 16 stays in registers and first-level cache."""


def apply_hadamards(states: NDArray, mask: int, qubits: int) -> NDArray:
    """A new (n, 2**qubits) complex128 array with a Hadamard gate on every qubit of `mask`."""
    for lowest, count in _groups(mask, qubits):
        states = _transform(states, lowest, count)
    return states


def _groups(mask: int, qubits: int) -> list[tuple[int, int]]:
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


def _transform(states: NDArray, lowest: int, count: int) -> NDArray:
    """Real products on the real and imaginary parts side by side: half the work of a complex product."""
    parts = states.view(np.float64)
    if lowest == 0:
        folded = parts.reshape(-1, 2 << count) @ _hadamard_for_pairs(count)
    else:
        folded = _hadamard(count) @ parts.reshape(-1, 1 << count, 2 << lowest)
    return folded.reshape(parts.shape).view(np.complex128)


@cache
def _hadamard(count: int) -> NDArray:
    matrix = np.ones((1, 1))
    for _ in range(count):
        matrix = np.kron(matrix, np.array([[1.0, 1.0], [1.0, -1.0]]))
    return matrix / 2 ** (count / 2)


@cache
def _hadamard_for_pairs(count: int) -> NDArray:
    """Acts on (real, imaginary) pairs: the transform beside the identity on the pair."""
    return np.kron(_hadamard(count), np.eye(2))
