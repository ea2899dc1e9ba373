"""The gates of a trained circuit, in circuit order: what is counted and what is run is one list."""

from collections.abc import Iterator

from qjobs.spec.circuit_size import entangled_pairs
from qjobs.spec.qnn import Layers

ROTATIONS = {
    "real-amplitudes": ("ry",),
    "efficient-su2": ("ry", "rz"),
    "strongly-entangling": ("rz", "ry", "rz"),
}

LayerGate = tuple[str, tuple[int, ...]]
"""Qiskit's name and the qubits; a gate on one qubit has an angle, numbered in the order of the gates."""


def rotation_gates(qubits: int, layers: Layers) -> Iterator[LayerGate]:
    """The rotations of one layer."""
    for name in ROTATIONS[layers.name]:
        yield from ((name, (qubit,)) for qubit in range(qubits))


def entangling_gates(qubits: int, layers: Layers, number: int) -> Iterator[LayerGate]:
    """The entangling gates of layer `number`, from 0."""
    if layers.name != "strongly-entangling":
        yield from (("cx", pair) for pair in entangled_pairs(qubits, layers.entanglement))
    elif qubits > 1:
        reach = 1 + number % (qubits - 1)
        yield from (("cx", (qubit, (qubit + reach) % qubits)) for qubit in range(qubits))
