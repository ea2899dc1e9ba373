"""Reading an observable from a state: each qubit in the X, Y or Z basis, in all 3**q ways.

Together these tell the state. Of one qubit it is the mean of 3 |b><b| - 1 over the bases and what they give,
|b> being the state that outcome b of a basis says; of several it is that of their products (linear inversion,
as with random Pauli bases in Huang, Kueng and Preskill 2020, arXiv:2002.08953). So the expected value of any
observable is a sum of the shares of outcomes.
"""

from itertools import product

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit

from qjobs.algorithms.circuits import parameters

TURNS = np.array([[0.0, -np.pi / 2], [-np.pi / 2, -np.pi / 2], [0.0, 0.0]])
"""Radians about Z, then about Y, after which measuring in Z is measuring in X, Y, Z."""

PAULIS = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])
SIGNS = np.array([1, -1])
FRAME = (np.eye(2) + 3 * SIGNS[None, :, None, None] * PAULIS[:, None]) / 6
"""(basis, outcome, 2, 2): (3 |b><b| - 1) / 3, of which the state is the sum over all outcomes' shares."""


def in_any_basis(circuit: QuantumCircuit) -> QuantumCircuit:
    """The circuit, then two turns of each qubit; its parameters are the circuit's x_00 ... and these."""
    whole, turns = circuit.copy(), parameters("y", 2 * circuit.num_qubits)
    for qubit in range(circuit.num_qubits):
        whole.rz(turns[2 * qubit], qubit)
        whole.ry(turns[2 * qubit + 1], qubit)
    return whole


def basis_turns(qubits: int) -> NDArray:
    """The turns of every way to read, (3**q, 2q); the last qubit's basis changes slowest."""
    return np.array([TURNS[list(reversed(ways))].ravel() for ways in product(range(3), repeat=qubits)])


def outcome_values(observables: NDArray) -> NDArray:
    """(k, 2**q, 2**q) -> (k, 3**q, 2**q): what an outcome of a way to read adds to the expected value."""
    count, qubits = len(observables), observables.shape[1].bit_length() - 1
    left = observables
    for _ in range(qubits):
        half = left.shape[1] // 2
        split = left.reshape(-1, 2, half, 2, half)
        left = np.einsum("naxby,stba->nstxy", split, FRAME).reshape(-1, half, half)
    each_apart = left.real.reshape((count,) + (3, 2) * qubits)
    ways, outcomes = range(1, 2 * qubits + 1, 2), range(2, 2 * qubits + 1, 2)
    values: NDArray = each_apart.transpose(0, *ways, *outcomes).reshape(count, 3**qubits, 2**qubits)
    return values
