"""The trained state as a device would measure it: one circuit for each group of strings."""

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit

from qjobs.algorithms.noise_evaluation.trial import Trial
from qjobs.algorithms.vqe.circuit import trial_circuit
from qjobs.algorithms.vqe.hamiltonian import Hamiltonian
from qjobs.algorithms.vqe.measuring import measured_together, signs
from qjobs.engines.measuring import NO_ANGLES
from qjobs.spec import EnergySpec


def energy_trial(spec: EnergySpec, hamiltonian: Hamiltonian, angles: NDArray) -> Trial:
    """Of the lowest state, at its (parameters,) angles; its answer and its score are the energy."""
    terms = hamiltonian.measured
    groups = measured_together(terms)
    bound = trial_circuit(spec).assign_parameters(angles)
    outcomes = np.arange(2**spec.qubits)
    values = np.array(
        [
            np.sum([weight * signs(outcomes, label) for label, weight in members.items()], axis=0)
            for _, members in groups
        ]
    )
    constant = terms.get("I" * spec.qubits, 0.0)

    def energy(chances: NDArray) -> NDArray:
        return np.array([constant + float((chances[:, 0] * values).sum())])

    return Trial(
        circuits=tuple(_read_in(bound, basis) for basis, _ in groups),
        angles=NO_ANGLES,
        answers=energy,
        score=lambda answers: float(answers[0]),
        score_name="energy",
        rows=0,
    )


def _read_in(circuit: QuantumCircuit, basis: str) -> QuantumCircuit:
    """With the turns that make each letter of the setting a measurement of Z."""
    turned = circuit.copy()
    for wire, letter in enumerate(reversed(basis)):
        if letter == "Y":
            turned.sdg(wire)
        if letter in "XY":
            turned.h(wire)
    return turned
