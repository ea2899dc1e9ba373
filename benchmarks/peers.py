"""The libraries beside us, each with the circuits in its own best form; a missing one is None."""

import importlib
import math
from itertools import combinations
from types import ModuleType

import numpy as np
from numpy.typing import NDArray
from qiskit.primitives import StatevectorEstimator
from qiskit.quantum_info import SparsePauliOp


def optional(name: str) -> ModuleType | None:
    """The module, or None where it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


qulacs = optional("qulacs")
pennylane = optional("pennylane") if optional("pennylane_lightning") else None
aer = optional("qiskit_aer")
tensorcircuit = optional("tensorcircuit")
jax = optional("jax")
qml_kernels = optional("qiskit_machine_learning.kernels")
qml_networks = optional("qiskit_machine_learning.neural_networks")


def zz_turns(point: NDArray) -> list[tuple[tuple[int, ...], float]]:
    """Phase angles of the ZZ map, full entanglement: of |1> on one wire, or of odd parity on two."""
    turns: list[tuple[tuple[int, ...], float]] = [((wire,), 2 * x) for wire, x in enumerate(point)]
    for first, second in combinations(range(len(point)), 2):
        turns.append(((first, second), 2 * (math.pi - point[first]) * (math.pi - point[second])))
    return turns


def qulacs_map(circuit, point: NDArray, reps: int = 2) -> None:
    """Adds the ZZ map; a two-wire turn is one ZZ rotation, which is faster than CX, P, CX."""
    for _ in range(reps):
        for wire in range(len(point)):
            circuit.add_H_gate(wire)
        for wires, angle in zz_turns(point):
            if len(wires) == 1:
                circuit.add_U1_gate(wires[0], angle)
            else:
                circuit.add_multi_Pauli_rotation_gate(list(wires), [3, 3], -angle)


def pennylane_map(point: NDArray, reps: int = 2) -> None:
    """Queues the ZZ map."""
    for _ in range(reps):
        for wire in range(len(point)):
            pennylane.Hadamard(wire)
        for wires, angle in zz_turns(point):
            if len(wires) == 1:
                pennylane.PhaseShift(angle, wires=wires[0])
            else:
                pennylane.IsingZZ(angle, wires=wires)


def reversed_bits(qubits: int) -> NDArray:
    """Where each basis state is in a library whose first wire is the most significant bit."""
    return np.arange(2**qubits).reshape((2,) * qubits).transpose().ravel()


def sparse_pauli(labels: dict[str, float]) -> SparsePauliOp:
    return SparsePauliOp.from_list(list(labels.items()))


def statevector_estimator() -> StatevectorEstimator:
    return StatevectorEstimator(seed=1)
