"""The circuits that a spec names, as Qiskit's `QuantumCircuit`s, and as the two texts of an artefact."""

import io
import uuid

from qiskit import QuantumCircuit, qasm3, qpy
from qiskit.circuit import Parameter
from qiskit.circuit.library import pauli_feature_map, zz_feature_map

from qjobs.spec.circuit_size import entangled_pairs
from qjobs.spec.feature_maps import (
    AngleFeatureMap,
    AnyFeatureMap,
    PauliFeatureMap,
    ReuploadingFeatureMap,
    ZzFeatureMap,
)

PARAMETER_NAMESPACE = uuid.UUID("8f2b6f60-7a31-4b0e-9d5c-51a2f3c0a9d1")
MIN_WIDTH = 2


def parameters(prefix: str, count: int) -> list[Parameter]:
    """`prefix_00`, `prefix_01`, ... in radians: padded, because `circuit.parameters` sorts by name; with ids
    of their own, so that they are equal in every process."""
    width = max(MIN_WIDTH, len(str(max(count - 1, 0))))
    names = [f"{prefix}_{index:0{width}d}" for index in range(count)]
    return [Parameter(name, uuid=uuid.uuid5(PARAMETER_NAMESPACE, name)) for name in names]


def feature_map_circuit(qubits: int, feature_map: AnyFeatureMap) -> QuantumCircuit:
    """The feature map with parameters x_00 ..., one a qubit."""
    own = parameters("x", qubits)
    match feature_map:
        case ZzFeatureMap():
            circuit = zz_feature_map(qubits, reps=feature_map.reps, entanglement=feature_map.entanglement)
            circuit = circuit.assign_parameters(dict(zip(circuit.parameters, own, strict=True)))
        case PauliFeatureMap():
            circuit = pauli_feature_map(
                qubits,
                reps=feature_map.reps,
                entanglement=feature_map.entanglement,
                paulis=list(feature_map.paulis),
            )
            circuit = circuit.assign_parameters(dict(zip(circuit.parameters, own, strict=True)))
        case AngleFeatureMap():
            circuit = QuantumCircuit(qubits)
            for qubit, angle in enumerate(own):
                getattr(circuit, f"r{feature_map.axis}")(angle, qubit)
        case ReuploadingFeatureMap():
            circuit = _reuploading(qubits, feature_map, own)
    circuit.name = "feature_map"
    return circuit


def as_qasm(circuit: QuantumCircuit) -> bytes:
    """OpenQASM 3; equal bytes for equal circuits and one Qiskit release."""
    return qasm3.dumps(circuit).encode()


def as_qpy(circuit: QuantumCircuit) -> bytes:
    """QPY; the order of its parameter table varies, so two files of one circuit may differ in bytes."""
    file = io.BytesIO()
    qpy.dump(circuit, file)
    return file.getvalue()


def _reuploading(qubits: int, feature_map: ReuploadingFeatureMap, own: list[Parameter]) -> QuantumCircuit:
    circuit = QuantumCircuit(qubits)
    for repetition in range(feature_map.reps):
        for qubit, angle in enumerate(own):
            if repetition % 2:
                circuit.rz(angle, qubit)
            else:
                circuit.ry(angle, qubit)
        if repetition + 1 < feature_map.reps:
            for first, second in entangled_pairs(qubits, feature_map.entanglement):
                circuit.cz(first, second)
    return circuit
