"""What a device would show of the trained state: shots, errors of its gates, and the errors taken out."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit

from qjobs.algorithms.vqe.circuit import trial_circuit
from qjobs.algorithms.vqe.hamiltonian import Hamiltonian
from qjobs.engines.aer import AerEngine
from qjobs.engines.observables import PauliSum
from qjobs.engines.sampling import draw
from qjobs.spec import EnergySpec

NORMAL_95 = 1.959963984540054
INTERVAL_METHOD = "normal, 95 %, over the measurements"
FOLD = 3
"""The circuit, its inverse and the circuit again have about three times its errors."""

TO_Z = {
    "X": np.array([[1, 1], [1, -1]]) / np.sqrt(2),
    "Y": np.array([[1, -1j], [1, 1j]]) / np.sqrt(2),
}


def measured_together(terms: Mapping[str, float]) -> list[tuple[str, dict[str, float]]]:
    """The strings in groups that one setting of each qubit measures, with that setting; the largest
    coefficients first, each string in the first group that has room. Without the identity."""
    groups: list[tuple[str, dict[str, float]]] = []
    for label in sorted(terms, key=lambda each: (-abs(terms[each]), each)):
        if set(label) == {"I"}:
            continue
        for number, (basis, members) in enumerate(groups):
            if all("I" in pair or pair[0] == pair[1] for pair in zip(basis, label, strict=True)):
                joint = (mine if mine != "I" else theirs for mine, theirs in zip(basis, label, strict=True))
                groups[number] = ("".join(joint), {**members, label: terms[label]})
                break
        else:
            groups.append((label, {label: terms[label]}))
    return groups


def sampled_report(spec: EnergySpec, hamiltonian: Hamiltonian, state: NDArray) -> dict[str, Any]:
    """The energy from `spec.shots` measurements of each group in this state, (2**qubits,)."""
    terms = hamiltonian.measured
    groups, energy = measured_together(terms), terms.get("I" * spec.qubits, 0.0)
    variance = 0.0
    for number, (basis, members) in enumerate(groups):
        amplitudes = _turned(state, basis)
        chances = amplitudes.real**2 + amplitudes.imag**2
        outcomes = draw(chances[None, :], spec.shots, spec.seed, number)[0]
        values = sum(weight * signs(outcomes, label) for label, weight in members.items())
        energy += float(np.mean(values))
        variance += float(np.var(values)) / spec.shots
    half = NORMAL_95 * variance**0.5
    return {
        "shots": spec.shots,
        "groups": len(groups),
        "energy": energy,
        "interval": [energy - half, energy + half],
    }


def noisy_report(spec: EnergySpec, hamiltonian: Hamiltonian, angles: NDArray) -> dict[str, Any] | None:
    """The energy on the spec's noisy device, as infinitely many shots would show it, and what is left of the
    error when readout flips are divided out, and when the gates' errors are extrapolated to none.

    Extrapolation is linear over the circuit and its threefold form (Temme, Bravyi and Gambetta 2017,
    arXiv:1612.02058; folding: Giurgica-Tiron et al. 2020, arXiv:2005.10921).
    """
    if spec.noise is None:
        return None
    bound = trial_circuit(spec).assign_parameters(angles)
    folded = bound.compose(bound.inverse()).compose(bound)
    readable = spec.noise.model_copy(update={"readout_error": 0.0})
    once, thrice = (_energy(spec, hamiltonian, circuit, readable) for circuit in (bound, folded))
    return {
        "noise": spec.noise.model_dump(mode="json"),
        "energy": _energy(spec, hamiltonian, bound, spec.noise),
        "readout_mitigated": once,
        "folded": thrice,
        "extrapolated": once + (once - thrice) / (FOLD - 1),
    }


def _energy(spec: EnergySpec, hamiltonian: Hamiltonian, circuit: QuantumCircuit, noise: Any) -> float:
    engine = AerEngine(spec.limits.memory_bytes, noise=noise)
    observable, rows = PauliSum.of(hamiltonian.measured), np.empty((1, 0))
    return float(engine.expectations(engine.compile(circuit), rows, (observable,))[0, 0])


def _turned(state: NDArray, basis: str) -> NDArray:
    """The amplitudes after the turns that make each letter of the setting a measurement of Z."""
    for wire, letter in enumerate(reversed(basis)):
        if letter in TO_Z:
            parts = state.reshape(-1, 2, 2**wire)
            state = np.einsum("ab,xbz->xaz", TO_Z[letter], parts).reshape(-1)
    return state


def signs(outcomes: NDArray, label: str) -> NDArray:
    """+1 or -1 of each outcome: the parity of the qubits on which the string acts."""
    mask = sum(1 << wire for wire, letter in enumerate(reversed(label)) if letter != "I")
    found: NDArray = 1.0 - 2.0 * (np.bitwise_count(outcomes & mask) & 1)
    return found
