"""Hamiltonians and trial states against matrices, published energies and Qiskit."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.quantum_info import SparsePauliOp, Statevector
from scipy.linalg import expm

from qjobs.algorithms.errors import DatasetRefused
from qjobs.algorithms.registry import ALGORITHMS
from qjobs.algorithms.rows import TableBytes
from qjobs.algorithms.vqe.circuit import trial_circuit
from qjobs.algorithms.vqe.exact import ProductStates, exact_energies, product_energy
from qjobs.algorithms.vqe.fermions import molecular_terms
from qjobs.algorithms.vqe.hamiltonian import Hamiltonian, lattice_terms, read_hamiltonian
from qjobs.algorithms.vqe.measuring import measured_together
from qjobs.algorithms.vqe.molecules import STO_3G_EXPONENTS, atomic_integrals, molecular_orbitals
from qjobs.engines.observables import PauliSum
from qjobs.spec import SpecRefused, build_spec
from qjobs.spec.ansatz_gates import excitation_strings
from qjobs.spec.hamiltonians import Lattice, Molecule, bonds
from tests.vectors.qjobs.energies import TERMS, as_energy_spec, energy_fields, energy_spec, terms_fields

VQE = ALGORITHMS["vqe"]


def matrix_of(terms):
    return SparsePauliOp.from_list(list(terms.items())).to_matrix()


def lowering(orbital, orbitals):
    """a_p by Jordan and Wigner, as a matrix whose first factor is the last orbital."""
    matrix = np.eye(1)
    for each in range(orbitals):
        z, a = np.diag([1.0, -1.0]), np.array([[0, 1.0], [0, 0]])
        matrix = np.kron(a if each == orbital else z if each < orbital else np.eye(2), matrix)
    return matrix


def hamiltonian_of(**fields):
    return read_hamiltonian(energy_spec(**fields), {})


# Full configuration interaction and Hartree-Fock in STO-3G by PySCF 2.14, hartree.
MOLECULES = [
    (Molecule(), -1.1169989968, -1.1373060358),
    (Molecule(bond_angstrom=2.5), -0.7029435997, -0.9360549200),
    (Molecule(name="helium-hydride", bond_angstrom=0.772), -2.8413824898, -2.8510240300),
    (Molecule(atoms=4, bond_angstrom=1.0), -2.0985459370, -2.1663874486),
    (Molecule(atoms=4, bond_angstrom=3.0), -1.3133117862, -1.8672913724),
    # By PennyLane 0.45.1, 2 electrons in 3 orbitals.
    (Molecule(name="lithium-hydride", bond_angstrom=1.6), -7.8618647848, -7.8810720588),
    (Molecule(name="lithium-hydride", bond_angstrom=3.0), -7.7108299482, -7.7983634624),
]


@pytest.mark.parametrize(("molecule", "field", "lowest"), MOLECULES)
def test_a_molecule_has_the_energies_that_another_program_computed(molecule, field, lowest):
    spec = energy_spec(
        qubits=molecule.qubits, hamiltonian=molecule.model_dump(mode="json"), ansatz={"name": "ucc-sd"}
    )

    hamiltonian = read_hamiltonian(spec, {})

    assert hamiltonian.field_energy == pytest.approx(field, abs=1e-8)
    assert exact_energies(hamiltonian.observable, 1)[0] == pytest.approx(lowest, abs=1e-8)


def test_integrals_are_those_of_the_textbook():
    # Szabo and Ostlund 1989, section 3.5.2: H2 at 1.4 bohr.
    overlap, core, repulsion = atomic_integrals(
        np.array([1, 1]), np.array([0.0, 1.4]), [STO_3G_EXPONENTS[1]] * 2
    )

    assert overlap[0, 1] == pytest.approx(0.6593, abs=5e-5)
    assert core[0, 0] == pytest.approx(-1.1204, abs=5e-5)
    assert core[0, 1] == pytest.approx(-0.9584, abs=5e-5)
    assert repulsion[0, 0, 0, 0] == pytest.approx(0.7746, abs=5e-5)
    assert repulsion[0, 0, 1, 1] == pytest.approx(0.5697, abs=5e-5)
    assert repulsion[1, 0, 0, 0] == pytest.approx(0.4441, abs=5e-5)
    assert repulsion[1, 0, 1, 0] == pytest.approx(0.2970, abs=5e-5)


def test_electrons_become_the_pauli_strings_of_their_matrices():
    dice = np.random.default_rng(3)
    one = dice.normal(size=(2, 2))
    one = one + one.T
    orbitals = molecular_orbitals(Molecule(bond_angstrom=1.1))
    ladder = [lowering(each, 4) for each in range(4)]
    expected = 0.5 * np.eye(16)
    for (p, q), spin in itertools.product(itertools.product(range(2), repeat=2), (0, 1)):
        expected += one[p, q] * ladder[2 * p + spin].T @ ladder[2 * q + spin]
    for p, q, r, s, spin, other in itertools.product(*[range(2)] * 6):
        pair = ladder[2 * p + spin].T @ ladder[2 * r + other].T
        expected += orbitals.two_body[p, q, r, s] / 2 * pair @ ladder[2 * s + other] @ ladder[2 * q + spin]

    found = matrix_of(molecular_terms(one, orbitals.two_body, 0.5))

    assert np.abs(found - expected).max() < 1e-12


@pytest.mark.parametrize("excitation", [(0, 2), (0, 3), (1, 2), (0, 1, 2, 3), (0, 2, 1, 4), (0, 3, 2, 5)])
def test_an_excitation_is_the_sum_of_its_strings(excitation):
    orbitals = max(excitation) + 1
    ladder = [lowering(each, orbitals) for each in range(orbitals)]
    half = len(excitation) // 2
    moved = np.eye(2**orbitals)
    for each in excitation[half:]:
        moved = moved @ ladder[each].T
    for each in reversed(excitation[:half]):
        moved = moved @ ladder[each]

    total = np.zeros_like(moved, dtype=complex)
    for weight, term in excitation_strings(excitation):
        letters = dict(term)
        label = "".join(letters.get(wire, "I") for wire in range(orbitals - 1, -1, -1))
        total += 1j * weight * matrix_of({label: 1.0})

    assert min(np.abs(moved - moved.T - sign * total).max() for sign in (1, -1)) < 1e-12


def test_the_coupled_cluster_circuit_is_the_product_of_its_exponentials():
    circuit = trial_circuit(energy_spec(hamiltonian={"source": "molecule"}, ansatz={"name": "ucc-sd"}))
    angles = np.array([0.3, -0.2, 0.7])
    state = np.eye(16)[3].astype(complex)
    for angle, excitation in zip(angles, ((0, 2), (1, 3), (0, 1, 2, 3)), strict=True):
        turned = np.zeros((16, 16), dtype=complex)
        for weight, term in excitation_strings(excitation):
            letters = dict(term)
            label = "".join(letters.get(wire, "I") for wire in (3, 2, 1, 0))
            turned += 1j * weight * angle * matrix_of({label: 1.0})
        state = expm(turned) @ state

    found = Statevector(circuit.assign_parameters(angles)).data

    assert np.abs(found - state).max() < 1e-12


def test_free_fermions_give_the_energy_of_the_ising_chain():
    # Pfeuty 1970: an open chain's modes are the singular values of the matrix of fields and couplings.
    for sites, field in ((2, 0.5), (7, 1.0), (12, 0.7)):
        modes = np.diag(np.full(sites, field)) + np.diag(np.ones(sites - 1), 1)
        known = -np.linalg.svd(modes, compute_uv=False).sum()

        found = exact_energies(PauliSum.of(lattice_terms(sites, Lattice(field=field))), 1)[0]

        assert found == pytest.approx(known, abs=1e-9)


def test_a_ring_of_six_heisenberg_spins_has_its_known_energy():
    ring = Lattice(model="heisenberg", periodic=True, field=0.0)

    found = exact_energies(PauliSum.of(lattice_terms(6, ring)), 2)

    # Bonner and Fisher 1964: -2.802776 J for spins of 1/2, which are half the Pauli matrices.
    assert found[0] / 4 == pytest.approx(-2.802775638, abs=1e-8)
    assert found[1] > found[0] + 0.1


@pytest.mark.parametrize(
    ("sites", "lattice", "count"),
    [
        (4, Lattice(), 3),
        (4, Lattice(periodic=True), 4),
        (2, Lattice(periodic=True), 1),
        (6, Lattice(rows=2), 7),
        (9, Lattice(rows=3, periodic=True), 18),
    ],
)
def test_each_pair_of_neighbours_is_named_once(sites, lattice, count):
    found = bonds(sites, lattice)

    assert len(found) == len(set(found)) == count
    assert all(first < second < sites for first, second in found)


@given(
    st.dictionaries(
        st.text("IXYZ", min_size=3, max_size=3), st.floats(-2, 2).map(lambda each: round(each, 3)), min_size=1
    )
)
@settings(max_examples=40, deadline=None)
def test_a_dataset_of_pauli_strings_is_the_operator_that_they_name(terms):
    rows = "".join(f'{{"pauli": "{label}", "coefficient": {weight}}}\n' for label, weight in terms.items())
    spec = as_energy_spec(terms_fields(rows.encode(), qubits=3))
    if not any(weight for label, weight in terms.items() if label != "III"):
        with pytest.raises(DatasetRefused, match="but the identity"):
            read_hamiltonian(spec, {1: TableBytes(rows.encode())})
        return

    hamiltonian = read_hamiltonian(spec, {1: TableBytes(rows.encode())})

    expected = np.linalg.eigvalsh(matrix_of(terms))
    assert exact_energies(hamiltonian.observable, 8) == pytest.approx(expected, abs=1e-9)
    assert len(hamiltonian) == len(terms)
    assert expected[-1] - expected[0] <= 2 * hamiltonian.one_norm + 1e-9
    groups = measured_together(hamiltonian.terms)
    assert sorted(label for _, members in groups for label in members) == sorted(set(terms) - {"III"})
    for basis, members in groups:
        assert all(each in ("I", mine) for label in members for each, mine in zip(label, basis, strict=True))


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (b'{"pauli": "ZZZ", "coefficient": 1}\n', "row 1, column 'pauli' is no string of 2 letters"),
        (b'{"pauli": "zz", "coefficient": 1}\n', "no string of 2 letters"),
        (TERMS + b'{"pauli": "ZZ", "coefficient": 1}\n', "row 4 names a Pauli string again"),
        (b'{"pauli": "ZZ", "coefficient": 1e7}\n', "no number up to 1e\\+06"),
        (b'{"pauli": "ZZ", "coefficient": "x"}\n', "row 1, column 'coefficient' is not a number"),
        (b'{"pauli": "ZZ"}\n', "no column 'coefficient'"),
        (b'{"pauli": "II", "coefficient": 1}\n', "no Pauli string but the identity"),
    ],
)
def test_rows_that_are_no_hamiltonian_are_refused_in_words(rows, words):
    with pytest.raises(DatasetRefused, match=words):
        read_hamiltonian(as_energy_spec(terms_fields(rows)), {1: TableBytes(rows)})


def test_the_best_product_state_of_two_spins_is_known():
    spec = energy_spec(qubits=2, hamiltonian={"source": "lattice", "field": 0.5})

    # -cos**2 a - 2 (1/2) sin a is lowest at sin a = 1/2.
    assert product_energy(
        spec, hamiltonian_of(qubits=2, hamiltonian={"source": "lattice", "field": 0.5})
    ) == (pytest.approx(-1.25, abs=1e-9))


def test_product_states_have_the_energy_and_slopes_of_their_circuits():
    hamiltonian = Hamiltonian({"XYZ": 0.7, "IZZ": -1.1, "YII": 0.4, "III": 2.0})
    product, angles = ProductStates.of(hamiltonian), np.array([0.3, 1.2, -0.4, 0.9, 0.2, 2.0])
    share, slopes = product.share(angles)

    state = np.ones(1)
    for polar, azimuth in zip(angles[:3], angles[3:], strict=True):
        qubit = np.array([np.cos(polar / 2), np.exp(1j * azimuth) * np.sin(polar / 2)])
        state = np.kron(qubit, state)
    expected = (state.conj() @ matrix_of(hamiltonian.terms) @ state).real
    assert share * hamiltonian.one_norm == pytest.approx(expected, abs=1e-12)
    for column, step in enumerate(np.eye(6) * 1e-6):
        difference = product.share(angles + step)[0] - product.share(angles - step)[0]
        assert slopes[column] == pytest.approx(difference / 2e-6, abs=1e-8)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"qubits": 40}, "the limit is 20"),
        ({"hamiltonian": {"source": "dataset"}}, "reads 1 datasets, not 0"),
        ({"hamiltonian": {"source": "lattice", "rows": 3}}, "4 qubits are no lattice of 3 rows"),
        ({"hamiltonian": {"source": "lattice", "field": 0.0, "coupling": 0.0}}, "both 0"),
        ({"hamiltonian": {"source": "molecule", "atoms": 4}}, "needs 8 qubits, not 4"),
        ({"hamiltonian": {"source": "molecule", "name": "helium-hydride", "atoms": 4}}, "has 2 atoms, not 4"),
        ({"hamiltonian": {"source": "molecule", "bond_angstrom": 9.0}}, "less than or equal to 3"),
        (
            {"hamiltonian": {"source": "molecule", "name": "lithium-hydride"}},
            "known at 1, 1.3, 1.6, 2, 2.5, 3 angstrom, not at 0.735",
        ),
        ({"ansatz": {"name": "ucc-sd"}}, "electrons of a molecule"),
        ({"ansatz": {"name": "number-preserving", "occupied": [4]}}, "qubit 4 cannot be occupied"),
        ({"ansatz": {"name": "number-preserving", "occupied": [1, 1]}}, "names a qubit twice"),
        ({"ansatz": {"name": "hardware-efficient", "layers": -1}}, "greater than or equal to 1"),
        ({"algorithm": {"name": "vqe", "states": 5}}, "less than or equal to 4"),
        ({"qubits": 1, "hamiltonian": {"source": "lattice"}}, "no lattice"),
        ({"shots": 0}, "greater than or equal to 1"),
        ({"qubits": 12, "noise": {}}, "limit with noise is 10 qubits"),
        ({"parent_models": ["1"]}, "starts from no other model"),
        ({"algorithm": {"name": "vqe", "optimiser": {"name": "adam", "step": 0.0}}}, "greater than 0"),
        ({"splits": {}}, "splits"),
    ],
)
def test_a_spec_that_cannot_be_run_is_refused_with_the_limit(changes, words):
    with pytest.raises(SpecRefused, match=words):
        build_spec(energy_fields(**changes))
