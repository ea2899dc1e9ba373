"""A job that looks for lowest energies, in words."""

from qjobs.rules.noise_words import exact_noise_in_words
from qjobs.spec import EnergySpec
from qjobs.spec.ansaetze import (
    AnyAnsatz,
    HamiltonianVariational,
    HardwareEfficient,
    NumberPreserving,
    UnitaryCoupledCluster,
)
from qjobs.spec.hamiltonians import DatasetHamiltonian, Lattice, Molecule
from qjobs.spec.optimisers import Adam, AnyOptimiser, Lbfgs, Spsa


def energy_job_in_words(spec: EnergySpec) -> list[str]:
    """What the job does, one sentence a line; nothing that decides the result is left out."""
    method = spec.algorithm
    states = "the lowest energy" if method.states == 1 else f"the {method.states} lowest energies"
    held = (
        ""
        if method.states == 1
        else f" Each further state is held away from those found by {method.deflation:g} times the sum of "
        "all coefficients."
    )
    return [
        _hamiltonian_in_words(spec),
        f"Looks for {states} with the {ansatz_in_words(spec.ansatz)} on {spec.qubits} qubits, by an exact "
        f"simulation of the quantum states.{held}",
        f"Trains by {optimiser_in_words(method.optimiser)}, from {method.restarts} starts a state.",
        f"Measures each group of terms {spec.shots} times in the lowest state, beside exact diagonalisation "
        "where it fits and the best state without entanglement.",
        *exact_noise_in_words(spec, ", and what is left of them after mitigation"),
        "The model holds angles and energies, and no row of data.",
    ]


def ansatz_in_words(ansatz: AnyAnsatz) -> str:
    """The trial state's name and what decides its shape."""
    match ansatz:
        case HardwareEfficient():
            axes = "Y" if ansatz.rotations == "y" else "Y and Z"
            return (
                f"hardware-efficient trial state ({ansatz.layers} layers, rotations about {axes}, "
                f"{ansatz.entanglement} entanglement)"
            )
        case NumberPreserving():
            occupied = ", ".join(map(str, ansatz.occupied))
            return f"number-preserving trial state ({ansatz.layers} layers, qubits {occupied} start as 1)"
        case UnitaryCoupledCluster():
            return "unitary coupled cluster with single and double excitations"
        case HamiltonianVariational():
            return f"trial state of the lattice's own terms ({ansatz.layers} layers)"


def optimiser_in_words(optimiser: AnyOptimiser) -> str:
    match optimiser:
        case Lbfgs():
            return f"at most {optimiser.iterations} steps of L-BFGS on exact gradients"
        case Adam():
            return f"{optimiser.iterations} steps of Adam on exact gradients (step {optimiser.step:g})"
        case Spsa():
            sizes = f"step {optimiser.step:g}, probe {optimiser.probe:g} rad"
            return f"{optimiser.iterations} steps of SPSA ({sizes})"


def _hamiltonian_in_words(spec: EnergySpec) -> str:
    match spec.hamiltonian:
        case DatasetHamiltonian():
            dataset = spec.datasets[0]
            return (
                f"Reads dataset {dataset.token_id} version {dataset.version} as a Hamiltonian: each row is a "
                f"Pauli string in {dataset.columns.pauli!r} with its coefficient in "
                f"{dataset.columns.coefficient!r}."
            )
        case Lattice() as lattice:
            kind = "transverse-field Ising" if lattice.model == "transverse-ising" else "Heisenberg"
            width = spec.qubits // lattice.rows
            shape = (
                f"chain of {width} spins" if lattice.rows == 1 else f"grid of {lattice.rows} by {width} spins"
            )
            ends = "with its ends joined" if lattice.periodic else "with open ends"
            return (
                f"Reads no dataset: the Hamiltonian is the {kind} model on a {shape} {ends}, coupling "
                f"{lattice.coupling:g}, field {lattice.field:g}."
            )
        case Molecule() as molecule:
            chain = f"a line of {molecule.atoms} hydrogen atoms"
            name = {"helium-hydride": "HeH+", "lithium-hydride": "LiH"}.get(molecule.name, chain)
            return (
                f"Reads no dataset: the Hamiltonian is that of the electrons of {name}, "
                f"{molecule.bond_angstrom:g} angstrom apart, in the STO-3G basis."
            )
