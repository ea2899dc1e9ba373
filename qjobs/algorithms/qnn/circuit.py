"""The circuit: features written in by a feature map, between layers of trained rotations."""

from collections.abc import Iterator
from itertools import chain

from qiskit import QuantumCircuit

from qjobs.algorithms.circuits import feature_map_circuit, parameters
from qjobs.engines.observables import PauliSum
from qjobs.spec import QnnSpec
from qjobs.spec.qnn_gates import LayerGate, entangling_gates, rotation_gates


def qnn_circuit(spec: QnnSpec) -> QuantumCircuit:
    """Parameters theta_00 ..., the trained angles, then x_00 ..., the features: `circuit.parameters` sorts by
    name."""
    method = spec.algorithm
    trained = iter(parameters("theta", method.weights(spec.qubits)))
    encoding = feature_map_circuit(spec.qubits, spec.feature_map)
    circuit = QuantumCircuit(spec.qubits, name="qnn")
    for number in range(method.layers.count):
        if number == 0 or method.uploads == "every-layer":
            circuit.compose(encoding, inplace=True)
        _append(circuit, _layer(spec, number), trained)
    _append(circuit, rotation_gates(spec.qubits, method.layers), trained)
    return circuit


def readout(spec: QnnSpec) -> PauliSum:
    """The observable whose value is the circuit's answer, in [-1, 1]."""
    qubits = spec.qubits
    match spec.algorithm.readout:
        case "first":
            return PauliSum.of({"I" * (qubits - 1) + "Z": 1.0})
        case "mean":
            return PauliSum.of({"I" * (qubits - 1 - at) + "Z" + "I" * at: 1 / qubits for at in range(qubits)})
        case "product":
            return PauliSum.of({"Z" * qubits: 1.0})


def _layer(spec: QnnSpec, number: int) -> Iterator[LayerGate]:
    layers = spec.algorithm.layers
    return chain(rotation_gates(spec.qubits, layers), entangling_gates(spec.qubits, layers, number))


def _append(circuit: QuantumCircuit, gates: Iterator[LayerGate], trained: Iterator[object]) -> None:
    for name, wires in gates:
        angle = (next(trained),) if len(wires) == 1 else ()
        getattr(circuit, name)(*angle, *wires)
