"""The circuit that measures an overlap: write one row in, the other out, and ask for all zeros."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter


def overlap_circuit(circuit: QuantumCircuit) -> QuantumCircuit:
    """U(b)^dagger U(a); its parameters are those of the left row, then those of the right."""
    parameters = list(circuit.parameters)

    def renamed(prefix: str) -> QuantumCircuit:
        own = [Parameter(f"{prefix}_{number:04d}") for number in range(len(parameters))]
        return circuit.assign_parameters(dict(zip(parameters, own, strict=True)))

    return renamed("a").compose(renamed("b").inverse())


def paired_rows(left: NDArray, right: NDArray) -> NDArray:
    """(n * m, 2 * parameters): each left row beside each right one."""
    return np.hstack([np.repeat(left, len(right), axis=0), np.tile(right, (len(left), 1))])


def upper_pairs(rows: NDArray) -> NDArray:
    """(n * (n - 1) / 2, 2 * parameters): each row beside each later one."""
    first, second = np.triu_indices(len(rows), 1)
    return np.hstack([rows[first], rows[second]])


def mirrored_gram(count: int, above: Iterable[float]) -> NDArray:
    """The symmetric matrix with these entries above a diagonal of exactly 1."""
    gram = np.eye(count)
    rows, columns = np.triu_indices(count, 1)
    gram[rows, columns] = gram[columns, rows] = np.asarray(above, dtype=np.float64)
    return gram
