"""The spec of a job that looks for the lowest energies of a Hamiltonian."""

from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from qjobs.spec.ansaetze import (
    Ansatz,
    HamiltonianVariational,
    HardwareEfficient,
    NumberPreserving,
    UnitaryCoupledCluster,
)
from qjobs.spec.ansatz_gates import trial_gates
from qjobs.spec.document import JobSpec
from qjobs.spec.hamiltonians import DatasetHamiltonian, Hamiltonian, Lattice, Molecule
from qjobs.spec.methods import Vqe
from qjobs.spec.noise import MAX_NOISY_QUBITS, Noise
from qjobs.spec.parts import TermsRef

MAX_DENSE_QUBITS = 10
"""Up to here every exact energy stands beside the trained ones."""

MAX_EXACT_QUBITS = 16
"""Up to here the lowest one does."""

MAX_TRIAL_GATES = 10_000
"""The circuit travels in files of at most 1 MiB."""


class EnergySpec(JobSpec):
    """A built-in Hamiltonian reads no dataset, one from a dataset exactly one.

    `shots`: measurements of each group of commuting terms in the trained state. `noise`: afterwards, what the
    same circuit would give on such a device; None leaves that out. The seed drives the starts of the
    training, its random directions and the shots.
    """

    datasets: Annotated[tuple[TermsRef, ...], Field(max_length=1)] = ()
    algorithm: Vqe = Vqe()
    hamiltonian: Hamiltonian
    ansatz: Ansatz = HardwareEfficient()
    shots: Annotated[int, Field(ge=1, le=100_000)] = 1024
    noise: Noise | None = None

    @model_validator(mode="after")
    def _hamiltonian_fits(self) -> "EnergySpec":
        source, qubits = self.hamiltonian, self.qubits
        wanted = 1 if isinstance(source, DatasetHamiltonian) else 0
        if len(self.datasets) != wanted:
            raise PydanticCustomError(
                "datasets",
                "a Hamiltonian from a {source} reads {wanted} datasets, not {found}",
                {"source": source.source, "wanted": wanted, "found": len(self.datasets)},
            )
        if isinstance(source, Molecule) and qubits != source.qubits:
            raise PydanticCustomError(
                "molecule_qubits",
                "{name} of {atoms} atoms needs {needed} qubits, not {qubits}",
                {"name": source.name, "atoms": source.atoms, "needed": source.qubits, "qubits": qubits},
            )
        if isinstance(source, Lattice) and (qubits < 2 or qubits % source.rows):
            raise PydanticCustomError(
                "lattice_qubits",
                "{qubits} qubits are no lattice of {rows} rows with 2 sites or more",
                {"qubits": qubits, "rows": source.rows},
            )
        return self

    @model_validator(mode="after")
    def _states_fit(self) -> "EnergySpec":
        if self.algorithm.states > 2**self.qubits:
            raise PydanticCustomError(
                "too_many_states",
                "{qubits} qubits have {all} states, {states} are asked for",
                {"qubits": self.qubits, "all": 2**self.qubits, "states": self.algorithm.states},
            )
        return self

    @model_validator(mode="after")
    def _circuit_fits(self) -> "EnergySpec":
        ansatz, source, qubits = self.ansatz, self.hamiltonian, self.qubits
        if self.parent_models:
            raise PydanticCustomError("no_parents", "vqe starts from no other model")
        if self.noise is not None and qubits > MAX_NOISY_QUBITS:
            raise PydanticCustomError(
                "too_many_noisy_qubits",
                "noise on {qubits} qubits needs 4**{qubits} numbers; the limit with noise is {limit} qubits",
                {"qubits": qubits, "limit": MAX_NOISY_QUBITS},
            )
        if isinstance(ansatz, UnitaryCoupledCluster) and not isinstance(source, Molecule):
            raise PydanticCustomError("no_electrons", "ucc-sd moves the electrons of a molecule")
        if isinstance(ansatz, HamiltonianVariational) and not isinstance(source, Lattice):
            raise PydanticCustomError("no_lattice", "hamiltonian-variational turns about a lattice's terms")
        if isinstance(ansatz, NumberPreserving) and max(ansatz.occupied) >= qubits:
            raise PydanticCustomError(
                "occupied",
                "qubit {qubit} cannot be occupied: there are {qubits}",
                {"qubit": max(ansatz.occupied), "qubits": qubits},
            )
        gates = sum(1 for _ in trial_gates(qubits, ansatz, source))
        if gates > MAX_TRIAL_GATES:
            raise PydanticCustomError(
                "too_many_gates",
                "the circuit has {gates} gates; the limit is {limit}",
                {"gates": gates, "limit": MAX_TRIAL_GATES},
            )
        return self
