import numpy as np
import pytest
from qiskit.quantum_info import SparsePauliOp, Statevector

from qjobs.algorithms.circuits import feature_map_circuit
from qjobs.algorithms.progress import Watch, ignore_progress, never_cancel
from qjobs.algorithms.qnn.circuit import qnn_circuit, readout
from qjobs.algorithms.qnn.objective import Circuit, Objective
from qjobs.algorithms.qnn.steps import Seeds, advanced, checks, first_state, states_metric
from qjobs.algorithms.qnn.trail import Training, replayed, trained_trail
from qjobs.algorithms.registry import ALGORITHMS
from qjobs.algorithms.rows import TableBytes
from qjobs.spec.qnn import CHECK_STEPS
from tests.vectors.qjobs.trained import IRISES, diabetes_csv, qnn_spec, regression_spec

LAYERS = ("real-amplitudes", "efficient-su2", "strongly-entangling")
OPTIMISERS = ("adam", "l-bfgs", "spsa", "natural-gradient")


def sample_of(spec, content=IRISES):
    return ALGORITHMS["qnn"].load(spec, {1: TableBytes(content)})


def training_of(spec, content=IRISES, number=0):
    sample = sample_of(spec, content)
    return Training.of(spec, Circuit.of(spec), sample, np.arange(len(sample)), number, is_warm=False)


def trail_of(training):
    states = training.start()[None, :]
    for grown in trained_trail(training, Watch(1, ignore_progress, never_cancel), "all rows", states):
        states = grown
    return states


def spec_of(layers="real-amplitudes", optimiser="adam", iterations=20, qubits=3, **algorithm):
    method = {
        "layers": {"name": layers, "count": 2},
        "optimiser": {"name": optimiser, "iterations": iterations},
        **algorithm,
    }
    return qnn_spec(qubits=qubits, algorithm=method)


@pytest.mark.parametrize("layers", LAYERS)
@pytest.mark.parametrize("uploads", ["once", "every-layer"])
@pytest.mark.parametrize("observable", ["first", "mean", "product"])
def test_values_are_those_of_qiskits_statevector(layers, uploads, observable):
    spec = spec_of(layers, uploads=uploads, readout=observable)
    training, circuit = training_of(spec), qnn_circuit(spec)
    weights = np.random.default_rng(5).uniform(-3, 3, training.weights)
    operator = SparsePauliOp.from_list(list(readout(spec).labels().items()))
    angles = training.objective.angles[:3]

    values = training.objective.circuit.values(weights, angles)

    for value, row in zip(values, angles, strict=True):
        state = Statevector(circuit.assign_parameters([*weights[:-2], *row]))
        assert value == pytest.approx(state.expectation_value(operator).real, abs=1e-12)


def test_the_features_are_written_before_each_layer_or_once():
    often, once = (qnn_circuit(spec_of(uploads=each)) for each in ("every-layer", "once"))
    encoding = feature_map_circuit(3, spec_of().feature_map).count_ops()["ry"]

    assert often.count_ops()["ry"] - once.count_ops()["ry"] == encoding
    assert [each.name for each in often.parameters][-4:] == ["theta_08", "x_00", "x_01", "x_02"]


@pytest.mark.parametrize("layers", LAYERS)
@pytest.mark.parametrize("uploads", ["once", "every-layer"])
def test_slopes_of_the_whole_batch_are_those_of_finite_differences(layers, uploads):
    objective = training_of(spec_of(layers, uploads=uploads)).objective
    weights = np.random.default_rng(6).uniform(-3, 3, objective.circuit.weights + 2)

    loss, slopes = objective.loss_and_slopes(weights)

    assert loss == pytest.approx(objective.loss(weights), abs=1e-13)
    for column, step in enumerate(np.eye(len(weights)) * 1e-5):
        difference = (objective.loss(weights + step) - objective.loss(weights - step)) / 2e-5
        assert slopes[column] == pytest.approx(difference, abs=1e-8)


def test_slopes_of_the_value_are_those_of_the_parameter_shift_rule():
    circuit = training_of(spec_of("efficient-su2")).objective.circuit
    angles = np.array([[0.3, -0.7, 1.1]])
    weights = np.random.default_rng(7).uniform(-3, 3, circuit.weights + 2)

    rows = circuit.rows(weights, angles)
    _, slopes = circuit.engine.value_gradients(
        circuit.program, rows, (circuit.observable,), range(circuit.weights)
    )

    for column, shift in enumerate(np.eye(len(weights))[:-2] * np.pi / 2):
        # Schuld et al. 2019 (arXiv:1811.11184, eq. 2).
        shifted = (circuit.values(weights + shift, angles) - circuit.values(weights - shift, angles)) / 2
        assert slopes[0, 0, column] == pytest.approx(shifted[0], abs=1e-12)


def test_the_loss_of_numbers_has_the_slopes_of_finite_differences_too():
    objective = training_of(regression_spec(diabetes_csv()), diabetes_csv()).objective
    weights = np.random.default_rng(8).uniform(-1, 1, objective.circuit.weights + 2)

    _, slopes = objective.loss_and_slopes(weights)

    for column, step in enumerate(np.eye(len(weights)) * 1e-5):
        difference = (objective.loss(weights + step) - objective.loss(weights - step)) / 2e-5
        assert slopes[column] == pytest.approx(difference, abs=1e-7)


def test_the_metric_of_one_qubit_is_the_known_one():
    """RY(a) RZ(b) RY(c) on |0>: a quarter for c, sin(a)**2 / 4 for b (Stokes et al. 2020, section 3)."""
    spec = qnn_spec(qubits=1, algorithm={"layers": {"name": "efficient-su2", "count": 1}})
    objective = training_of(spec).objective
    still = Objective(objective.circuit, np.zeros((2, 1)), np.ones(2), True, 0.0)
    weights = np.array([0.8, 0.5, 0.0, 0.0, 1.0, 0.0])

    metric = states_metric(still, weights)

    assert metric[0, 0] == pytest.approx(1 / 4, abs=1e-12)
    assert metric[1, 1] == pytest.approx(np.sin(0.8) ** 2 / 4, abs=1e-12)
    assert metric[0, 1] == pytest.approx(0.0, abs=1e-12)
    assert np.linalg.eigvalsh(metric).min() > -1e-12


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_every_optimiser_lowers_the_loss(optimiser):
    training = training_of(spec_of(optimiser=optimiser, iterations=40))

    losses = training.losses(trail_of(training))

    assert losses[-1] < 0.8 * losses[0]
    assert losses[-1] < np.log(2), "better than saying nothing"


def test_l_bfgs_ends_where_the_loss_is_flat():
    training = training_of(spec_of(optimiser="l-bfgs", iterations=200))

    weights = trail_of(training)[-1]

    assert np.abs(training.objective.loss_and_slopes(weights)[1]).max() < 1e-5


@pytest.mark.parametrize("optimiser", OPTIMISERS)
@pytest.mark.parametrize("batch_size", [None, 16])
def test_any_state_is_found_again_from_the_one_before_alone(optimiser, batch_size):
    if optimiser == "l-bfgs" and batch_size:
        return
    training = training_of(spec_of(optimiser=optimiser, iterations=25, batch_size=batch_size))

    states = trail_of(training)

    assert len(states) == 4 == checks(training.spec.algorithm) + 1
    assert (replayed(training, states) == states).all()


def test_batches_of_an_epoch_hold_every_row_once():
    seen = []
    spec = spec_of(batch_size=10, iterations=10)
    objective = training_of(spec).objective

    class Watched(Objective):
        def part(self, rows):
            seen.append(rows)
            return super().part(rows)

    watched = Watched(objective.circuit, objective.angles, objective.target, True, 0.0)
    advanced(spec.algorithm, watched, first_state(spec.algorithm, 9, Seeds(7, 0)), 0, Seeds(7, 0))

    assert sorted(np.concatenate(seen)) == list(range(100))
    assert CHECK_STEPS == len(seen) == 10


def test_training_stops_early_and_keeps_the_weights_that_were_best_on_rows_held_back():
    spec = spec_of(iterations=400, patience=2, optimiser="adam")
    training = training_of(spec)

    states = trail_of(training)
    held = np.array(training.held_losses(states))

    assert len(states) - 1 < checks(spec.algorithm)
    assert training.kept(states) == held.argmin() == len(states) - 1 - spec.algorithm.patience
    assert len(training.objective) + len(training.held) == 100
    assert training.kept(states[:2]) in {0, 1}


def test_without_patience_no_row_is_held_back_and_the_last_weights_are_used():
    training = training_of(spec_of())

    assert training.held is None
    assert training.kept(trail_of(training)) == 2


def test_trainings_of_one_job_start_from_different_weights_and_equal_seeds_from_equal_ones():
    first, second = (training_of(spec_of(), number=number).start() for number in (0, 1))

    assert (first != second).any()
    assert (first == training_of(spec_of()).start()).all()
