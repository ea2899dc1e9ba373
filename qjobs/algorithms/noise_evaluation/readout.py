"""Taking errors out: readout flips by the flips that were measured, the gates' by making more of them."""

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit

FOLD = 3
LEAST_CONTRAST = 0.05
"""Of a readout, 1 minus both flips: below it the outcome says next to nothing, and dividing by it less."""


def folded(circuit: QuantumCircuit) -> QuantumCircuit:
    """The circuit, its inverse and the circuit again: about three times the errors, the same unitary
    (Giurgica-Tiron et al. 2020, arXiv:2005.10921). Barriers keep a compiler from undoing it."""
    whole = circuit.copy()
    whole.barrier()
    whole.compose(circuit.inverse(), inplace=True)
    whole.barrier()
    return whole.compose(circuit)


def flips(ends: NDArray) -> NDArray:
    """The share of wrong readings, (circuits, qubits, 2): of 0 and of 1, from counts (2 circuits, 2**qubits)
    where all qubits were 0, and where all were 1."""
    qubits = ends.shape[1].bit_length() - 1
    bits = np.arange(ends.shape[1])[:, None] >> np.arange(qubits) & 1
    ones = ends @ bits / ends.sum(axis=1, keepdims=True)
    return np.stack([ones[0::2], 1 - ones[1::2]], axis=2)


def read_right(chances: NDArray, wrong: NDArray) -> NDArray:
    """Chances (circuits, n, 2**qubits) with the flips of each qubit divided out, (circuits, qubits, 2)
    (Bravyi et al. 2021, arXiv:2006.14044): they sum to 1, and some may be below 0."""
    circuits, rows, _ = chances.shape
    for wire in range(wrong.shape[1]):
        zero, one = (wrong[:, wire, end][:, None, None, None] for end in (0, 1))
        contrast = np.maximum(1 - zero - one, LEAST_CONTRAST)
        bits = chances.reshape(circuits, rows, -1, 2, 2**wire)
        low, high = bits[:, :, :, 0], bits[:, :, :, 1]
        right = [(1 - one) * low - one * high, (1 - zero) * high - zero * low]
        chances = (np.stack(right, axis=3) / contrast[..., None]).reshape(circuits, rows, -1)
    return chances


def without_noise(once: NDArray, thrice: NDArray) -> NDArray:
    """By a line through one and three times the noise (Temme, Bravyi and Gambetta 2017, arXiv:1612.02058)."""
    return once + (once - thrice) / (FOLD - 1)
