"""Writes what qiskit-machine-learning says of small circuits; the tests hold our numbers to them.

Run in the environment of the peers: `.venv-bench/bin/python -m benchmarks.peer_values`.
"""

import json
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.circuit.library import pauli_feature_map, real_amplitudes, z_feature_map, zz_feature_map
from qiskit.quantum_info import SparsePauliOp

from benchmarks import peers

FILE = Path(__file__).resolve().parents[1] / "tests" / "vectors" / "qjobs" / "peer_values.json"
QUBITS = 3


def angle_map(qubits: int) -> QuantumCircuit:
    """RY of each feature."""
    circuit = QuantumCircuit(qubits)
    for wire, angle in enumerate(ParameterVector("x", qubits)):
        circuit.ry(angle, wire)
    return circuit


MAPS: dict[str, tuple[dict[str, Any], Callable[[], QuantumCircuit]]] = {
    "zz": ({"name": "zz", "reps": 2}, lambda: zz_feature_map(QUBITS, reps=2)),
    "zz linear": (
        {"name": "zz", "reps": 1, "entanglement": "linear"},
        lambda: zz_feature_map(QUBITS, reps=1, entanglement="linear"),
    ),
    "z": ({"name": "pauli", "reps": 3, "paulis": ["Z"]}, lambda: z_feature_map(QUBITS, reps=3)),
    "pauli": (
        {"name": "pauli", "reps": 2, "paulis": ["Y", "XZ"]},
        lambda: pauli_feature_map(QUBITS, reps=2, paulis=["Y", "XZ"]),
    ),
    "angle": ({"name": "angle"}, lambda: angle_map(QUBITS)),
}
NETWORKS = (
    ("zz", "first", "IIZ"),
    ("zz linear", "product", "ZZZ"),
    ("pauli", "first", "IIZ"),
    ("angle", "product", "ZZZ"),
)
"""Feature map, our name of the observable, and its string; layers are two of RealAmplitudes, in a chain."""


def kernels() -> list[dict[str, Any]]:
    """Square and rectangular kernels of the same random rows."""
    found = []
    for fields, circuit in MAPS.values():
        rows = np.random.default_rng(len(found)).uniform(-1, 1, (6, QUBITS))
        kernel = peers.qml_kernels.FidelityStatevectorKernel(feature_map=circuit())
        found.append(
            {
                "feature_map": fields,
                "rows": rows.tolist(),
                "square": kernel.evaluate(rows).tolist(),
                "rectangle": kernel.evaluate(rows[:2], rows[2:]).tolist(),
            }
        )
    return found


def networks() -> list[dict[str, Any]]:
    """Values and slopes in the weights of EstimatorQNN."""
    found = []
    for name, readout, label in NETWORKS:
        fields, circuit = MAPS[name]
        feature_map = circuit()
        ansatz = real_amplitudes(QUBITS, reps=2, entanglement="linear")
        dice = np.random.default_rng(len(found))
        rows, weights = dice.uniform(-1, 1, (4, QUBITS)), dice.uniform(-2, 2, ansatz.num_parameters)
        network = peers.qml_networks.EstimatorQNN(
            circuit=feature_map.compose(ansatz),
            observables=SparsePauliOp(label),
            input_params=list(feature_map.parameters),
            weight_params=list(ansatz.parameters),
            estimator=peers.statevector_estimator(),
            default_precision=0.0,
        )
        found.append(
            {
                "feature_map": fields,
                "readout": readout,
                "rows": rows.tolist(),
                "weights": weights.tolist(),
                "values": np.asarray(network.forward(rows, weights))[:, 0].tolist(),
                "slopes": np.asarray(network.backward(rows, weights)[1])[:, 0].tolist(),
            }
        )
    return found


def main() -> None:
    packages = ("qiskit", "qiskit-machine-learning")
    made_by = {name: version(name) for name in packages}
    FILE.write_text(json.dumps({"made_by": made_by, "kernels": kernels(), "networks": networks()}) + "\n")


if __name__ == "__main__":
    main()
