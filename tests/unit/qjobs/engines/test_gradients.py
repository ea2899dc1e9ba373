import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.circuit.library import efficient_su2, real_amplitudes, zz_feature_map

from qjobs.engines.errors import ObservableNotSupported, StateTooLarge
from qjobs.engines.observables import PauliSum
from qjobs.engines.statevector import StatevectorEngine
from tests.unit.qjobs.engines.circuits import labelled_sums, qiskit_expectations, turning_circuits

ENGINE = StatevectorEngine()
STEP = 1e-6


def finite_differences(program, rows, observables):
    slopes = []
    for column in range(rows.shape[1]):
        step = np.zeros_like(rows)
        step[:, column] = STEP
        ahead = ENGINE.expectations(program, rows + step, observables)
        slopes.append((ahead - ENGINE.expectations(program, rows - step, observables)) / (2 * STEP))
    return np.stack(slopes, axis=-1)


@given(turning_circuits(), st.data())
@settings(max_examples=60, deadline=None)
def test_expectations_and_slopes_of_random_circuits_equal_qiskit_and_finite_differences(circuit, data):
    labels = data.draw(labelled_sums(circuit.num_qubits))
    rows = np.random.default_rng(7).uniform(-2, 2, (3, circuit.num_parameters))
    program, observable = ENGINE.compile(circuit), PauliSum.of(labels)

    values, slopes = ENGINE.value_gradients(program, rows, [observable])

    assert np.abs(values[:, 0] - qiskit_expectations(circuit, rows, labels)).max() < 1e-11
    assert np.array_equal(values, ENGINE.expectations(program, rows, [observable]))
    assert np.abs(slopes - finite_differences(program, rows, [observable])).max() < 1e-6


def test_slopes_of_an_ansatz_equal_parameter_shift_exactly():
    program = ENGINE.compile(efficient_su2(4, reps=2))
    row = np.random.default_rng(3).uniform(-3, 3, len(program.parameters))
    observables = [PauliSum.of({"ZZII": 1.0, "IXYI": -0.5}), PauliSum.of({"IIIZ": 1.0})]
    shifts = np.pi / 2 * np.eye(len(row))

    values, slopes = ENGINE.value_gradients(program, row[None], observables)

    ahead = ENGINE.expectations(program, row + shifts, observables)
    behind = ENGINE.expectations(program, row - shifts, observables)
    assert values.shape == (1, 2)
    assert np.abs(slopes[0] - (ahead - behind).T / 2).max() < 1e-13


def test_slopes_of_chosen_parameters_are_those_of_all():
    program = ENGINE.compile(zz_feature_map(3).compose(real_amplitudes(3)))
    rows = np.random.default_rng(1).uniform(0, 1, (5, len(program.parameters)))
    observable = PauliSum.of({"ZZZ": 1.0})

    _, chosen = ENGINE.value_gradients(program, rows, [observable], columns=[4, 13])

    assert np.array_equal(chosen, ENGINE.value_gradients(program, rows, [observable])[1][:, :, [4, 13]])


@pytest.mark.parametrize("ansatz", [real_amplitudes, efficient_su2])
@pytest.mark.parametrize("rows", [2, 40])
def test_the_gradient_of_a_loss_is_the_sum_of_the_rows(ansatz, rows):
    program = ENGINE.compile(zz_feature_map(4).compose(ansatz(4, reps=2)))
    weights = [index for index, name in enumerate(program.parameters) if name.startswith("θ")]
    rng = np.random.default_rng(rows)
    points = rng.uniform(0, 1, (rows, len(program.parameters)))
    points[:, weights] = points[0, weights]
    observable, labels = PauliSum.of({"ZZZZ": 1.0, "XIIX": 0.3}), rng.choice([-1.0, 1.0], rows)

    values, gradient = ENGINE.loss_gradient(program, points, observable, weights, lambda each: each - labels)

    exact, slopes = ENGINE.value_gradients(program, points, [observable], weights)
    assert np.abs(values - exact[:, 0]).max() < 1e-13
    assert np.abs(gradient - (exact[:, 0] - labels) @ slopes[:, 0]).max() < 1e-12


def test_the_gradient_of_a_loss_with_data_between_the_weights_is_right_too():
    x, weight = Parameter("a"), Parameter("b")
    circuit = QuantumCircuit(2)
    circuit.ry(weight, 0)
    circuit.cx(0, 1)
    circuit.rx(x * weight, 1)
    program = ENGINE.compile(circuit)
    points = np.column_stack([np.linspace(0, 1, 6), np.full(6, 0.4)])

    values, gradient = ENGINE.loss_gradient(program, points, PauliSum.of({"ZI": 1.0}), [1], np.ones_like)

    exact, slopes = ENGINE.value_gradients(program, points, [PauliSum.of({"ZI": 1.0})])
    assert np.array_equal(values, exact[:, 0])
    assert gradient == pytest.approx(slopes[:, 0, 1].sum(), abs=1e-13)


def test_weights_that_differ_between_rows_are_refused():
    program = ENGINE.compile(real_amplitudes(2, reps=1))

    with pytest.raises(ValueError, match="the weights differ"):
        ENGINE.loss_gradient(program, np.eye(4), PauliSum.of({"ZZ": 1.0}), [0, 1], np.ones_like)


@pytest.mark.parametrize("labels", [{}, {"ZZ": 1.0, "Z": 1.0}, {"ZQ": 1.0}, {"ZZ": 1j}, {"ZZ": np.nan}])
def test_what_is_no_pauli_sum_is_refused(labels):
    with pytest.raises(ObservableNotSupported):
        PauliSum.of(labels)


def test_an_observable_on_other_qubits_is_refused():
    with pytest.raises(ObservableNotSupported, match="3 qubits, the circuit 2"):
        ENGINE.expectations(ENGINE.compile(QuantumCircuit(2)), np.zeros((1, 0)), [PauliSum.of({"ZZZ": 1.0})])


def test_memory_of_gradients_is_known_before_and_too_much_is_refused():
    engine = StatevectorEngine(memory_limit_bytes=2**25)
    program = engine.compile(real_amplitudes(4, reps=1))
    observable = PauliSum.of({"ZZZZ": 1.0})

    assert engine.value_gradients(program, np.zeros((50, 8)), [observable])[1].shape == (50, 1, 8)
    with pytest.raises(StateTooLarge, match=r"200000 rows, 1 observables on 4 qubits need .* is 32 MiB"):
        engine.value_gradients(program, np.zeros((200_000, 8)), [observable])
