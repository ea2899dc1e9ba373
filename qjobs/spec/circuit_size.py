"""Depth and gates of the circuits that a spec names, counted without building them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from qjobs.spec.feature_maps import (
    AngleFeatureMap,
    AnyFeatureMap,
    PauliFeatureMap,
    ReuploadingFeatureMap,
    ZzFeatureMap,
)

Gate = tuple[int, ...]
"""The qubits that a gate acts on."""


@dataclass(frozen=True)
class CircuitSize:
    """Depth as Qiskit counts it: the longest chain of gates that wait for each other."""

    depth: int
    one_qubit_gates: int
    two_qubit_gates: int


def size_of(gates: Iterable[Gate]) -> CircuitSize:
    """The size of a circuit given gate by gate, in circuit order."""
    busy_until: dict[int, int] = {}
    counts = {1: 0, 2: 0}
    for gate in gates:
        level = 1 + max(busy_until.get(qubit, 0) for qubit in gate)
        busy_until.update(dict.fromkeys(gate, level))
        counts[len(gate)] += 1
    return CircuitSize(max(busy_until.values(), default=0), counts[1], counts[2])


def feature_map_gates(qubits: int, feature_map: AnyFeatureMap) -> Iterator[Gate]:
    """The gates of a feature map as `qjobs.algorithms.circuits` builds it."""
    match feature_map:
        case ZzFeatureMap():
            yield from _pauli_gates(qubits, feature_map.reps, feature_map.entanglement, ("Z", "ZZ"))
        case PauliFeatureMap():
            yield from _pauli_gates(qubits, feature_map.reps, feature_map.entanglement, feature_map.paulis)
        case AngleFeatureMap():
            yield from ((qubit,) for qubit in range(qubits))
        case ReuploadingFeatureMap():
            for repetition in range(feature_map.reps):
                yield from ((qubit,) for qubit in range(qubits))
                if repetition + 1 < feature_map.reps:
                    yield from entangled_pairs(qubits, feature_map.entanglement)


def entangled_pairs(qubits: int, entanglement: str) -> Iterator[tuple[int, int]]:
    """The pairs of qubits that a map couples, in circuit order."""
    if entanglement == "full":
        yield from ((first, second) for first in range(qubits) for second in range(first + 1, qubits))
        return
    if entanglement == "circular" and qubits > 2:
        yield (qubits - 1, 0)
    yield from ((first, first + 1) for first in range(qubits - 1))


def _pauli_gates(qubits: int, reps: int, entanglement: str, paulis: tuple[str, ...]) -> Iterator[Gate]:
    """H on each qubit, then each string's rotation: basis changes, CX P CX a pair, basis changes back."""
    for _ in range(reps):
        yield from ((qubit,) for qubit in range(qubits))
        for pauli in paulis:
            blocks: Iterable[Gate] = (
                [(qubit,) for qubit in range(qubits)]
                if len(pauli) == 1
                else entangled_pairs(qubits, entanglement)
            )
            for block in blocks:
                # Qiskit reads a Pauli string from its right end.
                changes = [
                    (qubit,) for qubit, axis in zip(block, reversed(pauli), strict=True) if axis != "Z"
                ]
                yield from changes
                if len(block) == 2:
                    yield block
                yield (block[-1],)
                if len(block) == 2:
                    yield block
                yield from changes
