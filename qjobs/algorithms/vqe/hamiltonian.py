"""The Hamiltonian of a job as a Pauli sum: read from rows, or built as the spec says."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from qjobs.algorithms.errors import DatasetRefused
from qjobs.algorithms.rows import TableFile, number_in, numbered_rows, open_rows, position_of
from qjobs.algorithms.vqe.fermions import molecular_terms
from qjobs.algorithms.vqe.molecules import molecular_orbitals
from qjobs.engines.observables import PauliSum
from qjobs.spec import EnergySpec
from qjobs.spec.hamiltonians import MAX_TERMS, DatasetHamiltonian, Lattice, Molecule, bonds

MAX_COEFFICIENT = 1e6
NO_WEIGHT = 1e-12
LEAK_HARTREE = 1.0
"""What one electron too many or too few costs, squared for more: the states of other ions lie higher."""


@dataclass(frozen=True)
class Hamiltonian:
    """terms: Pauli string -> coefficient, the last letter on qubit 0. `rows`: of the dataset, 0 without one.

    For a molecule `leak` is the part of the terms that keeps the number of electrons, which no device would
    measure, and `field_energy` that of Hartree-Fock.
    """

    terms: Mapping[str, float]
    rows: int = 0
    leak: Mapping[str, float] = field(default_factory=dict)
    field_energy: float | None = None

    def __len__(self) -> int:
        return self.rows

    @property
    def observable(self) -> PauliSum:
        return PauliSum.of(self.terms)

    @property
    def measured(self) -> dict[str, float]:
        """The terms that a device measures."""
        bare = {label: weight - self.leak.get(label, 0.0) for label, weight in self.terms.items()}
        return {label: weight for label, weight in bare.items() if abs(weight) > NO_WEIGHT}

    @property
    def one_norm(self) -> float:
        """The sum of all coefficients' sizes but the identity's: energies lie this far from it at most."""
        return math.fsum(abs(weight) for label, weight in self.terms.items() if set(label) != {"I"})


def read_hamiltonian(spec: EnergySpec, inputs: Mapping[int, TableFile]) -> Hamiltonian:
    """The Hamiltonian that the spec names; raises `DatasetRefused` naming the row."""
    match spec.hamiltonian:
        case DatasetHamiltonian():
            terms = _read_terms(spec, inputs)
            return Hamiltonian(terms, rows=len(terms))
        case Lattice():
            return Hamiltonian(lattice_terms(spec.qubits, spec.hamiltonian))
        case Molecule():
            orbitals = molecular_orbitals(spec.hamiltonian)
            terms = molecular_terms(orbitals.one_body, orbitals.two_body, orbitals.nuclear)
            leak = _leak_terms(spec.hamiltonian)
            kept = {label: terms.get(label, 0.0) + leak.get(label, 0.0) for label in sorted({*terms, *leak})}
            return Hamiltonian(kept, leak=leak, field_energy=orbitals.field_energy)


def lattice_terms(sites: int, lattice: Lattice) -> dict[str, float]:
    """Pauli strings of a lattice, terms of coefficient 0 left out."""
    is_ising = lattice.model == "transverse-ising"
    sign, letters, alone = (-1.0, "Z", "X") if is_ising else (1.0, "XYZ", "Z")
    terms = {
        _label(sites, pair, letter): sign * lattice.coupling
        for pair in bonds(sites, lattice)
        for letter in letters
    }
    terms |= {_label(sites, (site,), alone): sign * lattice.field for site in range(sites)}
    return {label: weight for label, weight in terms.items() if weight}


def _leak_terms(molecule: Molecule) -> dict[str, float]:
    """LEAK_HARTREE (N - electrons)**2, with N = sum (1 - Z) / 2: the identity, Z and ZZ."""
    qubits, missing = molecule.qubits, molecule.qubits / 2 - molecule.electrons
    terms = {"I" * qubits: LEAK_HARTREE * (missing**2 + qubits / 4)}
    for first in range(qubits):
        terms[_label(qubits, (first,), "Z")] = -LEAK_HARTREE * missing
        for second in range(first + 1, qubits):
            terms[_label(qubits, (first, second), "Z")] = LEAK_HARTREE / 2
    return {label: weight for label, weight in terms.items() if weight}


def _label(qubits: int, places: tuple[int, ...], letter: str) -> str:
    return "".join(letter if wire in places else "I" for wire in range(qubits - 1, -1, -1))


def _read_terms(spec: EnergySpec, inputs: Mapping[int, TableFile]) -> dict[str, float]:
    dataset = spec.datasets[0]
    pauli, coefficient = dataset.columns.names
    terms: dict[str, float] = {}
    with open_rows(inputs[dataset.token_id], dataset.format) as (header, rows):
        places = position_of(header, pauli), position_of(header, coefficient)
        for number, cells in numbered_rows(header, rows):
            label = cells[places[0]]
            if len(label) != spec.qubits or not set(label) <= set("IXYZ"):
                raise DatasetRefused(
                    f"row {number}, column {pauli!r} is no string of {spec.qubits} letters I, X, Y, Z, "
                    "one a qubit",
                    field=pauli,
                )
            if label in terms:
                raise DatasetRefused(f"row {number} names a Pauli string again", field=pauli)
            weight = number_in(cells[places[1]], number, coefficient)
            if not abs(weight) <= MAX_COEFFICIENT:
                raise DatasetRefused(
                    f"row {number}, column {coefficient!r} is no number up to {MAX_COEFFICIENT:g}",
                    field=coefficient,
                )
            terms[label] = weight
            if len(terms) > MAX_TERMS:
                raise DatasetRefused(f"the dataset has more than {MAX_TERMS} Pauli strings")
    if not any(weight for label, weight in terms.items() if set(label) != {"I"}):
        raise DatasetRefused("the dataset has no Pauli string but the identity", field=pauli)
    return terms
