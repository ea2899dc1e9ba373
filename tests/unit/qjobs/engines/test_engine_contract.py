"""What every engine promises, held on all of them; values are compared with Qiskit's own states."""

from functools import cache

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit.library import zz_feature_map
from qiskit.quantum_info import DensityMatrix, SparsePauliOp, Statevector

from qjobs.engines.aer import AerEngine
from qjobs.engines.errors import CircuitNotSupported, StateTooLarge
from qjobs.engines.ibm import BackendUnknown, ibm_device, open_backend
from qjobs.engines.observables import PauliSum
from qjobs.engines.shots import ShotEngine, aer_device
from qjobs.engines.statevector import StatevectorEngine
from qjobs.spec.noise import Noise

NOISE = Noise(one_qubit_error=0.001, two_qubit_error=0.02, readout_error=0.03)
SHOTS = 4000
FIVE_SIGMA = 5 / (2 * SHOTS**0.5)
"""A chance estimated from so many shots is off by more once in two million times."""

ENGINES = {
    "statevector": StatevectorEngine,
    "aer": AerEngine,
    "aer, noise": lambda: AerEngine(noise=NOISE),
    "aer, shots": lambda: ShotEngine(aer_device(None), shots=SHOTS, seed=5),
    "aer, noise, shots": lambda: ShotEngine(aer_device(NOISE), shots=SHOTS, seed=5),
    "ibm-runtime": lambda: ShotEngine(ibm_device(open_backend("fake_manila")), shots=SHOTS, seed=5),
}
PURE = ("statevector", "aer")
EXACT = ("statevector", "aer", "aer, noise")
NOISELESS = ("statevector", "aer", "aer, shots")

CIRCUIT = zz_feature_map(3, reps=2)
ROWS = np.random.default_rng(1).uniform(-1, 1, (4, 3))
LABELS = ({"ZZI": 1.0, "IXI": 0.5}, {"ZIZ": -0.7})
SUMS = tuple(PauliSum.of(each) for each in LABELS)


@cache
def opened(name):
    return ENGINES[name]()


@pytest.fixture(params=ENGINES)
def engine(request):
    return opened(request.param)


def true_states():
    return [Statevector(CIRCUIT.assign_parameters(row)) for row in ROWS]


def true_values():
    operators = [SparsePauliOp.from_list(list(each.items())) for each in LABELS]
    return np.array([[state.expectation_value(each).real for each in operators] for state in true_states()])


def true_gram():
    states = np.array([state.data for state in true_states()])
    return np.abs(states.conj() @ states.T) ** 2


def test_an_engine_says_name_version_limit_and_class(engine):
    facts = engine.facts

    assert facts.name in {"statevector", "aer", "ibm-runtime"}
    assert facts.version
    assert 5 <= facts.max_qubits <= 20
    assert facts.determinism in {"exact", "statistical"}


def test_a_bigger_job_is_said_to_cost_more(engine):
    small, large = engine.cpu_seconds(4, 20, 10), engine.cpu_seconds(8, 200, 1000)

    assert 0 < small < large
    assert 0 < engine.memory_bytes(4, 10) < engine.memory_bytes(4, 100) <= engine.memory_bytes(8, 100, 200)


def test_a_circuit_over_the_limit_is_refused_with_both_numbers(engine):
    limit = engine.facts.max_qubits

    with pytest.raises(StateTooLarge, match=f"{limit + 1} qubits.*limit is {limit}"):
        engine.compile(QuantumCircuit(limit + 1))


def test_a_measurement_is_refused_where_gates_run(engine):
    circuit = QuantumCircuit(2, 1)
    circuit.measure(0, 0)

    with pytest.raises(CircuitNotSupported, match="measure"):
        engine.compile(circuit)
    assert engine.compile(QuantumCircuit(2)).qubits == 2


@pytest.mark.parametrize("name", PURE)
def test_states_are_qiskits(name):
    states = opened(name).compile(CIRCUIT).states(ROWS)

    expected = np.array([state.data for state in true_states()])
    phases = (states.conj() * expected).sum(axis=1)
    assert np.abs(np.abs(phases) - 1).max() < 1e-12
    assert np.abs(states * phases[:, None] - expected).max() < 1e-12


@pytest.mark.parametrize("name", PURE)
def test_exact_expectations_are_qiskits(name):
    engine = opened(name)

    assert np.abs(engine.expectations(engine.compile(CIRCUIT), ROWS, SUMS) - true_values()).max() < 1e-12


@pytest.mark.parametrize("name", EXACT)
def test_chances_of_basis_states_sum_to_one(name):
    engine = opened(name)

    chances = engine.probabilities(engine.compile(CIRCUIT), ROWS)

    assert chances.shape == (4, 8)
    assert (chances >= 0).all()
    assert np.abs(chances.sum(axis=1) - 1).max() < 1e-12


@pytest.mark.parametrize("name", NOISELESS)
def test_expectations_converge_to_the_exact_ones(name):
    engine = opened(name)

    values = engine.expectations(engine.compile(CIRCUIT), ROWS, SUMS)

    assert np.abs(values - true_values()).max() < 2 * 1.5 * FIVE_SIGMA


def test_measured_noise_converges_to_the_density_matrix_with_readout_flips():
    exact, measured = opened("aer, noise"), opened("aer, noise, shots")

    expected = exact.probabilities(exact.compile(CIRCUIT), ROWS)
    outcomes = measured.sample(measured.compile(CIRCUIT), ROWS, SHOTS, seed=3)

    found = np.array([np.bincount(row, minlength=8) / SHOTS for row in outcomes])
    assert np.abs(found - expected).max() < FIVE_SIGMA
    ideal = opened("aer").probabilities(opened("aer").compile(CIRCUIT), ROWS)
    assert np.abs(ideal - expected).max() > FIVE_SIGMA, "the noise is too small for this test to see"


def test_noisy_values_are_those_of_a_depolarised_bell_pair():
    circuit = QuantumCircuit(2)
    circuit.sx(0)
    circuit.cx(0, 1)
    engine = AerEngine(noise=Noise(one_qubit_error=0, two_qubit_error=0.1, readout_error=0.05))

    values = engine.expectations(engine.compile(circuit), np.empty((1, 0)), [PauliSum.of({"ZZ": 1.0})])

    # Depolarising keeps 1 - p of every string but the identity; each of two readouts keeps 1 - 2 r.
    assert values[0, 0] == pytest.approx(0.9 * 0.9**2, abs=1e-12)
    assert DensityMatrix(circuit).expectation_value(SparsePauliOp("ZZ")).real == pytest.approx(1)


@pytest.mark.parametrize("shots", [500, 8000])
def test_more_shots_come_closer_at_the_rate_of_the_square_root(shots):
    engine = ShotEngine(aer_device(None), shots=shots, seed=11)
    program = engine.compile(CIRCUIT)
    many = np.repeat(ROWS, 6, axis=0)

    outcomes = engine.sample(program, many, shots, seed=11)

    chances = np.repeat(np.array([state.probabilities() for state in true_states()]), 6, axis=0)
    found = np.array([np.bincount(row, minlength=8) / shots for row in outcomes])
    score = (found - chances) / np.sqrt(chances * (1 - chances) / shots)
    # 192 scores of variance 1: their mean square is 1 within 0.1 or so.
    assert 0.5 < (score**2).mean() < 1.6


def test_samples_name_qubit_0_by_the_lowest_bit(engine):
    circuit = QuantumCircuit(3)
    circuit.x(0)

    outcomes = engine.sample(engine.compile(circuit), np.empty((1, 0)), 200, seed=2)

    assert outcomes.shape == (1, 200)
    assert np.bincount(outcomes[0]).argmax() == 1


def test_equal_seeds_give_equal_shots_and_others_do_not(engine):
    program = engine.compile(CIRCUIT)

    first, again, other = (engine.sample(program, ROWS, 100, seed=seed) for seed in (3, 3, 4))

    assert (first == again).all()
    assert (first != other).any()


def test_the_diagonal_of_a_kernel_is_one_and_it_is_symmetric(engine):
    gram = engine.gram(engine.compile(CIRCUIT), ROWS)

    assert (np.diag(gram) == 1).all()
    assert np.abs(gram - gram.T).max() == 0
    assert ((gram >= -1e-12) & (gram <= 1 + 1e-12)).all()


@pytest.mark.parametrize("name", NOISELESS)
def test_kernels_are_the_fidelities_within_the_class_of_the_engine(name):
    engine = opened(name)
    program = engine.compile(CIRCUIT)
    allowed = 1e-12 if engine.facts.determinism == "exact" else FIVE_SIGMA

    assert np.abs(engine.gram(program, ROWS) - true_gram()).max() <= allowed
    assert np.abs(engine.cross_gram(program, ROWS[:2], ROWS) - true_gram()[:2]).max() <= allowed


def test_kernels_are_positive_semidefinite_as_far_as_noise_and_shots_allow(engine):
    smallest = np.linalg.eigvalsh(engine.gram(engine.compile(CIRCUIT), ROWS))[0]

    # An error of at most e an entry moves an eigenvalue of 4 rows by at most 3 e.
    allowed = 1e-12 if engine.facts.determinism == "exact" else 3 * FIVE_SIGMA
    assert smallest >= -allowed


def test_kernels_over_the_memory_limit_are_refused_before_they_start():
    for engine in (AerEngine(2**20), StatevectorEngine(2**20)):
        program = engine.compile(zz_feature_map(3))

        with pytest.raises(StateTooLarge, match="the limit is 1 MiB"):
            engine.gram(program, np.zeros((4000, 3)))


def test_hardware_without_a_token_and_unknown_backends_are_refused_in_words():
    with pytest.raises(BackendUnknown, match="QISKIT_IBM_TOKEN"):
        open_backend("ibm_somewhere", environment={})
    with pytest.raises(BackendUnknown, match="no fake backend 'fake_moon'"):
        open_backend("fake_moon")
    assert open_backend("fake_manila").num_qubits == 5
