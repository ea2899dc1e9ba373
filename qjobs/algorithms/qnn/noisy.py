"""The trained circuit as it would answer on hardware: measured so often, with noise, and with mitigation."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit

from qjobs.algorithms.qnn.circuit import qnn_circuit
from qjobs.algorithms.qnn.objective import Circuit
from qjobs.engines.aer import AerEngine
from qjobs.engines.observables import PauliSum
from qjobs.spec import QnnSpec
from qjobs.spec.noise import Noise


def hardware_report(
    spec: QnnSpec, circuit: Circuit, weights: NDArray, angles: NDArray, score: Callable[[NDArray], float]
) -> dict[str, Any] | None:
    """Scores and distances from the exact values on rows of (n, qubits) angles.

    `score`: of the values <O> of those rows. None where the spec asks for neither shots nor noise.
    """
    if spec.shots is None and spec.noise is None:
        return None
    rows, exact = circuit.rows(weights, angles), circuit.values(weights, angles)
    found = {"ideal": exact}
    if spec.shots is not None:
        outcomes = circuit.engine.sample(circuit.program, rows, spec.shots, spec.seed)
        found["shots"] = _mean_outcomes(circuit.observable, outcomes)
    if spec.noise is not None:
        found |= _noisy_values(spec, spec.noise, circuit.observable, rows)
    return {
        "rows": len(angles),
        "shots": spec.shots,
        "noise": None if spec.noise is None else spec.noise.model_dump(mode="json"),
        "values": {
            name: {"score": score(values), "mean_error": float(np.abs(values - exact).mean())}
            for name, values in found.items()
        },
    }


def folded(circuit: QuantumCircuit) -> QuantumCircuit:
    """The circuit, its inverse, and the circuit again: three times the noise, the same unitary
    (Giurgica-Tiron et al. 2020, arXiv:2005.10921)."""
    return circuit.compose(circuit.inverse()).compose(circuit)


def _noisy_values(spec: QnnSpec, noise: Noise, observable: PauliSum, rows: NDArray) -> dict[str, NDArray]:
    """As infinitely many shots would show them; zero noise by a line through one and three times of it."""
    circuit = qnn_circuit(spec)
    misread = _values(spec, noise, circuit, observable, rows)
    read_right = noise.model_copy(update={"readout_error": 0.0})
    once = _values(spec, read_right, circuit, observable, rows)
    thrice = _values(spec, read_right, folded(circuit), observable, rows)
    return {"noise": misread, "readout_mitigated": once, "zero_noise": (3 * once - thrice) / 2}


def _values(
    spec: QnnSpec, noise: Noise, circuit: QuantumCircuit, observable: PauliSum, rows: NDArray
) -> NDArray:
    engine = AerEngine(spec.limits.memory_bytes, noise=noise)
    return engine.expectations(engine.compile(circuit), rows, (observable,))[:, 0]


def _mean_outcomes(observable: PauliSum, outcomes: NDArray) -> NDArray:
    """The mean of a sum of Z strings over measured basis states (n, shots)."""
    total = np.zeros(len(outcomes))
    for z_mask, weight in observable.groups[0]:
        total += weight * (1 - 2 * (np.bitwise_count(outcomes & z_mask) & 1).astype(np.float64)).mean(axis=1)
    return total
