"""The feature map as a Qiskit circuit, and as the two texts of the artefact."""

import io
import uuid

from qiskit import QuantumCircuit, qasm3, qpy
from qiskit.circuit import Parameter
from qiskit.circuit.library import zz_feature_map

PARAMETER_NAMESPACE = uuid.UUID("8f2b6f60-7a31-4b0e-9d5c-51a2f3c0a9d1")
MIN_WIDTH = 2


def feature_map_circuit(qubits: int, reps: int, entanglement: str) -> QuantumCircuit:
    """The ZZ feature map (arXiv:1804.11326), parameters x_00 ... in radians; equal in every process."""
    circuit = zz_feature_map(qubits, reps=reps, entanglement=entanglement)
    width = max(MIN_WIDTH, len(str(qubits - 1)))
    # Padded numbers keep the order of circuit.parameters, which sorts by name.
    names = [f"x_{index:0{width}d}" for index in range(qubits)]
    own = [Parameter(name, uuid=uuid.uuid5(PARAMETER_NAMESPACE, name)) for name in names]
    circuit = circuit.assign_parameters(dict(zip(circuit.parameters, own, strict=True)))
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
