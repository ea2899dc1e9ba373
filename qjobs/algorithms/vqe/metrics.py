"""metrics.json: the trained energies beside exact and mean-field ones; the same on every machine."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qjobs.algorithms.statistics import CLASSICAL_WINS, NO_DIFFERENCE, QUANTUM_WINS
from qjobs.algorithms.vqe.exact import exact_energies, operator_block, product_energy
from qjobs.algorithms.vqe.hamiltonian import Hamiltonian
from qjobs.algorithms.vqe.measuring import INTERVAL_METHOD, noisy_report, sampled_report
from qjobs.algorithms.vqe.training import Landscape
from qjobs.spec import EnergySpec, spec_digest
from qjobs.spec.hamiltonians import Molecule

SCHEMA = "qommons/metrics/vqe/1"
ENERGY_TIE = 1e-6
"""Energies closer than this share of all coefficients are equal: training ends about there."""

CHEMICAL_ACCURACY_HARTREE = 1.6e-3
"""1 kcal/mol: an error above it changes what a chemist would predict."""


def metrics_of(
    spec: EnergySpec, hamiltonian: Hamiltonian, landscape: Landscape, angles: NDArray
) -> Mapping[str, Any]:
    """Everything that follows from the angles, (states, parameters); equal angles give equal documents."""
    observable, scale = hamiltonian.observable, hamiltonian.one_norm
    states, energies = landscape.states(angles), landscape.energies(angles)
    exact = exact_energies(observable, spec.algorithm.states)
    applied = observable.apply(states, operator_block(spec.qubits))
    squares = (applied.real**2 + applied.imag**2).sum(axis=1)
    answers = {
        "vqe": float(energies[0]),
        "product": product_energy(spec, hamiltonian),
        "hartree_fock": hamiltonian.field_energy,
        "exact": exact[0],
    }
    verdict = _verdict(answers, ENERGY_TIE * scale)
    sampled, noisy = sampled_report(spec, hamiltonian, states[0]), noisy_report(spec, hamiltonian, angles[0])
    is_molecule = isinstance(spec.hamiltonian, Molecule)
    error = None if exact[0] is None else float(energies[0]) - exact[0]
    return {
        "schema": SCHEMA,
        "spec_digest": spec_digest(spec),
        "algorithm": spec.algorithm.name,
        "rows": hamiltonian.rows,
        "terms": len(hamiltonian.terms),
        "one_norm": scale,
        "unit": "hartree" if is_molecule else None,
        "qubits": spec.qubits,
        "parameters": landscape.parameters,
        "states": [
            _state_report(number, float(energies[number]), exact[number], float(squares[number]), states)
            for number in range(len(angles))
        ],
        "answers": answers,
        "chemical_accuracy": None if error is None or not is_molecule else error <= CHEMICAL_ACCURACY_HARTREE,
        "sampled": sampled,
        "interval_method": INTERVAL_METHOD,
        "noisy": noisy,
        "verdict": verdict,
        "verdict_sentence": _sentence(verdict, answers, sampled),
    }


def _state_report(
    number: int, energy: float, exact: float | None, square: float, states: NDArray
) -> dict[str, Any]:
    """`variance`: <H**2> - <H>**2, 0 in an eigenstate. `overlap`: with the states found before, together."""
    shared = np.abs(states[:number].conj() @ states[number]) ** 2
    return {
        "energy": energy,
        "exact": exact,
        "error": None if exact is None else energy - exact,
        "variance": square - energy**2,
        "overlap": float(shared.sum()),
    }


def _verdict(answers: Mapping[str, float | None], tie: float) -> str:
    found = answers["vqe"] or 0.0
    best = min(each for name, each in answers.items() if name != "vqe" and each is not None)
    if abs(found - best) <= tie:
        return NO_DIFFERENCE
    return QUANTUM_WINS if found < best else CLASSICAL_WINS


def _sentence(verdict: str, answers: Mapping[str, float | None], sampled: Mapping[str, Any]) -> str:
    said = "Quantum wins against a mean field" if verdict == QUANTUM_WINS else verdict.capitalize()
    exact, field = answers["exact"], answers["hartree_fock"]
    low, high = sampled["interval"]
    return (
        f"{said}: the trial state reaches {answers['vqe']:.6f}, the best state without entanglement "
        f"{answers['product']:.6f}"
        + ("" if field is None else f", Hartree-Fock {field:.6f}")
        + ("; the exact energy is not known here. " if exact is None else f"; the exact one is {exact:.6f}. ")
        + f"{sampled['shots']} measurements of each of {sampled['groups']} groups of terms say "
        f"{sampled['energy']:.4f} (95 % interval {low:.4f} to {high:.4f})."
    )
