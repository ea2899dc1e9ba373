import json
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load, save
from threadpoolctl import threadpool_limits

from qjobs.algorithms.errors import DatasetRefused, ModelRefused, TrainingCancelled
from qjobs.algorithms.preprocessing import FirstPreprocessing
from qjobs.algorithms.progress import ignore_progress, never_cancel
from qjobs.algorithms.qnn.job import run_qnn
from qjobs.algorithms.qnn.metrics import plateau_report
from qjobs.algorithms.qnn.model import model_bytes, read_model_of
from qjobs.algorithms.qnn.training import Plan
from qjobs.algorithms.registry import ALGORITHMS
from qjobs.algorithms.rows import TableBytes
from qjobs.spec import estimate
from qjobs.spec.costs.figures import START_SECONDS
from tests.vectors.qjobs.trained import IRISES, diabetes_csv, qnn_spec, regression_spec

QNN = ALGORITHMS["qnn"]
SPEC = qnn_spec(shots=500, noise={})
NUMBERS = diabetes_csv()
REGRESSION = regression_spec(NUMBERS, qubits=3)


def sample_of(spec, content=IRISES):
    return QNN.load(spec, {1: TableBytes(content)})


SAMPLE = sample_of(SPEC)


@pytest.fixture(scope="module")
def result():
    with threadpool_limits(limits=1):
        return QNN.run(SPEC, SAMPLE, ignore_progress, never_cancel)


@pytest.fixture(scope="module")
def regression():
    with threadpool_limits(limits=1):
        return QNN.run(REGRESSION, sample_of(REGRESSION, NUMBERS), ignore_progress, never_cancel)


def certified(files, spec=SPEC, sample=SAMPLE):
    return {each.field: each.agrees for each in QNN.certify(spec, sample, files, ignore_progress)}


def test_two_irises_are_told_apart_beside_their_baselines(result):
    metrics = result.metrics

    assert metrics["models"]["quantum"]["mean_accuracy"] > 0.85
    assert set(metrics["models"]) == {"quantum", "linear_reduced", "boosting_reduced"}
    assert metrics["verdict"] in {"classical wins", "no difference shown", "quantum wins on these splits"}
    low, high = metrics["comparison"]["bootstrap_interval"]
    assert low <= metrics["comparison"]["mean_difference"] <= high
    curve = metrics["final_model"]["loss_curve"]
    assert len(curve) == 3
    assert curve[-1] < curve[0]
    assert metrics["geometry"] is None
    assert sum(metrics["splits"][0]["quantum"]["confusion"].values()) == metrics["splits"][0]["test_rows"]


def test_numbers_are_predicted_in_their_own_units(regression):
    metrics, sample = regression.metrics, sample_of(REGRESSION, NUMBERS)
    answers = QNN.predict(REGRESSION, regression.files, sample.features)

    assert metrics["task"] == "regress"
    assert metrics["score"] == "r2"
    assert 30 < metrics["splits"][0]["quantum"]["rmse"] < 110
    assert np.corrcoef(answers, sample.target)[0, 1] > 0.4
    assert abs(answers.mean() - sample.target.mean()) < 15


def test_noise_and_shots_move_the_values_and_mitigation_brings_them_back(result):
    values = result.metrics["hardware"]["values"]
    errors = {name: each["mean_error"] for name, each in values.items()}

    assert errors["ideal"] == 0
    assert 0 < errors["shots"] < 3 / 500**0.5
    assert errors["noise"] > errors["readout_mitigated"] > errors["zero_noise"] > 0


def test_features_written_once_are_asked_whether_their_kernel_leaves_room():
    spec = qnn_spec(algorithm={"uploads": "once", "optimiser": {"name": "adam", "iterations": 1}})

    once = QNN.run(spec, SAMPLE, ignore_progress, never_cancel)

    report = once.metrics["geometry"]
    assert report["rows"] == 100
    assert report["geometric_difference"]["linear_reduced"]["g"] > 1
    assert "geometric difference" in once.files["README.md"].decode()
    assert all(certified(once.files, spec).values())


def test_a_deep_global_circuit_is_called_barren_and_a_shallow_one_is_not():
    wide = {"layers": {"name": "strongly-entangling", "count": 6}, "readout": "product"}
    names = [f"x{number}" for number in range(14)]
    rows = np.random.default_rng(1).normal(size=(40, 14))
    lines = [",".join([*names, "target"])] + [
        ",".join([*(repr(float(each)) for each in row), str(number % 2)]) for number, row in enumerate(rows)
    ]
    content = ("\n".join(lines) + "\n").encode()

    def report(**changes):
        spec = qnn_spec(content, **changes)
        return plateau_report(spec, Plan.of(spec, sample_of(spec, content)))

    barren, trainable = report(qubits=14, algorithm=wide), report(qubits=3)

    assert barren["is_barren"]
    # A circuit far enough mixed has slopes of variance near 1 / (2 (2**14 + 1)): McClean et al. 2018.
    assert 1e-5 < barren["gradient_variance"] < 1e-4
    assert not trainable["is_barren"]


def test_the_model_goes_through_its_file_bit_for_bit(result):
    model = read_model_of(SPEC, result.files["model.safetensors"])
    read_again = read_model_of(SPEC, model_bytes(model))

    assert model_bytes(model) == result.files["model.safetensors"]
    assert (read_again.weights == model.weights).all()
    first, second = (QNN.predict(SPEC, result.files, SAMPLE.features) for _ in range(2))
    assert (first == second).all()
    assert ((first > 0) == (SAMPLE.target > 0)).mean() > 0.8


def test_rows_of_another_width_are_refused(result):
    with pytest.raises(ModelRefused, match="the rows have 3 features, the model 4"):
        QNN.predict(SPEC, result.files, np.zeros((2, 3)))


def test_an_honest_artefact_agrees_in_every_file(result, regression):
    findings = certified(result.files)

    assert all(findings.values())
    named = {"preprocessing.json", "circuit.qasm", "metrics.json", "README.md"}
    trained = {"training on split 1", "training on split 2", "training on all rows", "weights", "target"}
    assert set(findings) == named | {f"model.safetensors {each}" for each in trained}
    assert all(certified(regression.files, REGRESSION, sample_of(REGRESSION, NUMBERS)).values())


@pytest.mark.parametrize(
    ("name", "change", "field"),
    [
        ("trail_00", lambda trail: trail + 1e-4, "training on split 1"),
        ("trail_02", lambda trail: trail[:-1], "training on all rows"),
        ("trail_01", lambda trail: np.vstack([trail[:1], trail[:1], trail[1:2]]), "training on split 2"),
        ("weights", lambda weights: weights * 1.001, "weights"),
        ("target", lambda target: target * 2, "target"),
    ],
)
def test_a_model_that_was_not_trained_so_is_found(result, name, change, field):
    arrays = load(result.files["model.safetensors"])
    arrays[name] = np.ascontiguousarray(change(arrays[name]))

    wrong = [name for name, agrees in certified({"model.safetensors": save(arrays)}).items() if not agrees]
    assert any(each.startswith(f"model.safetensors {field}") for each in wrong)


def test_weights_that_saw_the_test_rows_are_found(result):
    """A lower loss is no excuse: the trail is the one of these rows, this seed and this optimiser."""
    arrays = load(result.files["model.safetensors"])
    arrays["trail_00"] = arrays["trail_02"]

    assert certified({"model.safetensors": save(arrays)})["model.safetensors training on split 1"] is False


@pytest.mark.parametrize(
    "path",
    [
        ("models", "quantum", "mean_accuracy"),
        ("comparison", "p_value"),
        ("splits", 0, "boosting_reduced", "score"),
        ("final_model", "loss"),
        ("plateau", "gradient_variance"),
        ("hardware", "values", "noise", "mean_error"),
    ],
)
def test_a_lie_in_one_number_is_found_and_named(result, path):
    metrics = json.loads(result.files["metrics.json"])
    place = metrics
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] += 1e-6
    dotted = ".".join(map(str, path)).replace(".0.", "[0].")

    findings = certified({**result.files, "metrics.json": json.dumps(metrics).encode()})

    assert {field for field, agrees in findings.items() if not agrees} == {f"metrics.json {dotted}"}


class Killed(Exception):
    """Stands for a kill at some check."""


@pytest.mark.fault("F01")
@pytest.mark.parametrize("checks", [1, 3, 6])
def test_a_run_goes_on_from_its_checkpoint_to_the_same_bytes(result, tmp_path, checks):
    file = tmp_path / "trails.safetensors"
    told = []

    def kill(event):
        told.append(event)
        if sum("check" in each.message for each in told) == checks:
            raise Killed

    with threadpool_limits(limits=1), pytest.raises(Killed):
        run_qnn(SPEC, SAMPLE, kill, never_cancel, file)
    before = [each.message for each in told if "check" in each.message]
    told.clear()
    with threadpool_limits(limits=1):
        resumed = run_qnn(SPEC, SAMPLE, told.append, never_cancel, file)

    again = [each.message for each in told if "check" in each.message]
    assert len(before) + len(again) <= 7, "one check at most is done twice"
    assert resumed.files["model.safetensors"] == result.files["model.safetensors"]
    assert resumed.files["metrics.json"] == result.files["metrics.json"]


@pytest.mark.fault("F01")
@pytest.mark.parametrize(
    "other",
    [
        SPEC.model_copy(update={"preprocessing": FirstPreprocessing()}),
        SPEC.model_copy(update={"title": "Other"}),
    ],
    ids=["another form of pre-processing", "another spec"],
)
def test_a_checkpoint_with_the_same_start_that_something_else_made_is_begun_anew(tmp_path, other):
    file, told = tmp_path / "trails.safetensors", []
    with threadpool_limits(limits=1):
        run_qnn(other, SAMPLE, checkpoints=file)
        run_qnn(SPEC, SAMPLE, told.append, never_cancel, file)

    assert "split 1 of 2: check 1 of 2" in {each.message for each in told}


@pytest.mark.parametrize("content", [b"", b"no safetensors", save({"trail_00": np.zeros((2, 9))})])
def test_a_checkpoint_that_is_not_of_this_job_is_not_gone_on_from(result, tmp_path, content):
    file = tmp_path / "trails.safetensors"
    file.write_bytes(content)

    with threadpool_limits(limits=1):
        found = run_qnn(SPEC, SAMPLE, checkpoints=file)

    assert found.files["model.safetensors"] == result.files["model.safetensors"]


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"weights": np.zeros(3)}, "weights has shape"),
        ({"target": np.array([0.0, 0.0])}, "spread"),
        ({"weights": np.full(6, np.nan)}, "finite"),
        ({"trail_00": np.zeros((2, 3))}, "trail_00 has shape"),
        ({"trail_00": np.zeros((9, 18))}, "trail_00 has shape"),
        ({"weights": np.zeros(6, dtype=np.int64)}, "int64"),
        ({"more": np.zeros(1)}, "arrays"),
    ],
)
def test_a_file_that_is_no_model_of_this_spec_is_refused(result, arrays, words):
    block = save({**load(result.files["model.safetensors"]), **arrays})

    with pytest.raises(ModelRefused, match=words):
        read_model_of(SPEC, block)


@given(st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_bytes_of_strangers_are_refused_and_nothing_worse(block):
    with pytest.raises(ModelRefused):
        read_model_of(SPEC, block)


def test_a_caller_who_wants_no_more_is_heard_within_one_check():
    asked = []

    def cancel():
        asked.append(1)
        return len(asked) > 2

    with pytest.raises(TrainingCancelled):
        QNN.run(SPEC, SAMPLE, ignore_progress, cancel)
    assert len(asked) == 3


def test_progress_counts_every_training_and_baseline_once(result):
    told = []

    QNN.run(qnn_spec(), SAMPLE, told.append, never_cancel)

    assert told[-1].step == told[-1].steps == 3 + 2 * 2 + 1
    assert [each.step for each in told] == sorted(each.step for each in told)
    assert any(each.message == "split 1 of 2: check 2 of 2" and each.metric for each in told)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a,b,y\n" + b"1,2,3\n" * 19, "at least 20 rows are needed; there are 19"),
        (b"a,b,y\n" + b"1,2,x\n" * 20, "row 1, column 'y' is not a number"),
        (b"a,b,y\n1,2,nan\n" + b"1,2,3\n" * 20, "row 1, column 'y' is not a finite number"),
        (b"a,b,y\n" + b"".join(b"%d,%d,3\n" % (n, n * n) for n in range(20)), "'y' is constant"),
        (b"a,b,y\n" + b"".join(b"1,%d,%d\n" % (n, n) for n in range(20)), "'a' is constant"),
    ],
)
def test_numbers_that_cannot_be_learnt_from_are_refused_in_words(content, words):
    spec = regression_spec(content)

    with pytest.raises(DatasetRefused, match=words):
        sample_of(spec, content)


@pytest.mark.parametrize("layers", ["real-amplitudes", "efficient-su2", "strongly-entangling"])
@pytest.mark.parametrize("uploads", ["once", "every-layer"])
def test_the_estimate_counts_the_circuits_gates(layers, uploads):
    spec = qnn_spec(qubits=4, algorithm={"layers": {"name": layers, "count": 3}, "uploads": uploads})
    circuit, size = QNN.circuit(spec), estimate(spec, 100)

    assert size.depth == circuit.depth()
    assert size.two_qubit_gates == circuit.num_nonlocal_gates()
    assert size.one_qubit_gates == circuit.size() - circuit.num_nonlocal_gates()
    assert circuit.num_parameters == spec.algorithm.weights(4) + 4
    assert size.rows_carried_max == 0
    assert not size.refusals


def test_the_estimate_is_of_the_size_of_what_the_run_takes():
    spec = qnn_spec(
        qubits=4, algorithm={"layers": {"count": 3}, "optimiser": {"name": "adam", "iterations": 60}}
    )
    sample = sample_of(spec)
    with threadpool_limits(limits=1):
        started = time.process_time()
        QNN.run(spec, sample, ignore_progress, never_cancel)
        taken = time.process_time() - started

    told = estimate(spec, len(sample)).cpu_seconds - START_SECONDS
    # Within 2 on a machine of its own; here others run beside, and clocks differ.
    assert taken / 4 < told < 4 * taken
