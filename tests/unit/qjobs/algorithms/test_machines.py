"""Machines with a task, whole: what a run measures, what its certificate accepts, what its model answers."""

import json

import numpy as np
import pytest
from safetensors.numpy import load, save
from sklearn.datasets import load_digits, load_wine

from qjobs.algorithms.errors import DatasetRefused, ModelRefused, TrainingCancelled
from qjobs.algorithms.machines.card import model_card
from qjobs.algorithms.machines.fitting import ALIGNED_ROWS, consistent_width
from qjobs.algorithms.machines.job import run_machine
from qjobs.algorithms.machines.metrics import SCHEMA, WITHOUT_BOOTSTRAP
from qjobs.algorithms.machines.model import final_model, model_bytes, read_model_of
from qjobs.algorithms.machines.rows import read_machine_table
from qjobs.algorithms.machines.training import train
from qjobs.algorithms.progress import ignore_progress, never_cancel
from qjobs.algorithms.registry import algorithm_of
from qjobs.algorithms.result import FILE_NAMES
from qjobs.algorithms.rows import TableBytes
from qjobs.engines.registry import open_engine
from tests.vectors.qjobs.machines import (
    machine_spec,
    marks_csv,
    numbers_csv,
    table_csv,
    three_classes_csv,
)

CLASSES, NUMBERS, MARKS = three_classes_csv(), numbers_csv(160), marks_csv()
CASES = {
    "classes": (CLASSES, "classify", {}),
    "chances": (CLASSES, "classify", {"is_calibrated": True, "bandwidth_by": "alignment"}),
    "landmarks": (CLASSES, "classify", {"landmarks": 25}),
    "numbers": (NUMBERS, "regress", {"epsilon_grid": [0.1, 0.5]}),
    "numbers on landmarks": (NUMBERS, "regress", {"landmarks": 25}),
    "marks": (MARKS, "detect", {}),
}


class Case:
    def __init__(self, content, task, method):
        self.spec = machine_spec(content, task, algorithm=method)
        self.table = read_machine_table(self.spec, {1: TableBytes(content)})
        self.events = []
        self.result = run_machine(self.spec, self.table, self.events.append)

    def wrong(self, **changed) -> list[str]:
        """Fields that the certificate does not accept, with some files changed."""
        files = dict(self.result.files) | {name.replace("__", "."): block for name, block in changed.items()}
        found = algorithm_of(self.spec).certify(self.spec, self.table, files, ignore_progress)
        return [each.field for each in found if not each.agrees]

    def wrong_model(self, **arrays) -> list[str]:
        changed = {**load(self.result.files["model.safetensors"]), **arrays}
        return self.wrong(model__safetensors=save(changed))

    @property
    def arrays(self):
        return load(self.result.files["model.safetensors"])


@pytest.fixture(scope="module")
def cases():
    return {name: Case(*each) for name, each in CASES.items()}


@pytest.fixture(params=CASES)
def case(request, cases):
    return cases[request.param]


def test_a_run_writes_every_file_and_matches_itself(case):
    assert set(case.result.files) == set(FILE_NAMES)
    assert case.wrong() == []
    assert [each.step for each in case.events] == list(range(1, case.events[-1].steps + 1))


def test_every_model_has_a_score_with_an_interval(case):
    metrics = case.result.metrics
    mean = f"mean_{metrics['score']}"

    assert "quantum" in metrics["models"]
    assert len(metrics["models"]) >= 3
    for name, each in metrics["models"].items():
        assert each["interval"][0] <= each[mean] <= each["interval"][1] <= 1
        told = [split[name][metrics["score"]] for split in metrics["splits"]]
        assert np.isclose(np.mean(told), each[mean])
        assert each["bootstrap_interval"][0] < each[mean] < each["bootstrap_interval"][1]
    low, high = metrics["comparison"]["bootstrap_interval"]
    assert low <= metrics["comparison"]["mean_difference"] <= high
    assert low < high


def test_steps_tell_the_score_that_they_reached(case):
    metrics = case.result.metrics
    told = [each.metric for each in case.events if each.stage == "splits"]

    assert told == [
        split[name][metrics["score"]] for split in metrics["splits"] for name in metrics["models"]
    ]


@pytest.mark.parametrize("name", ["classes", "numbers", "marks"])
def test_a_result_in_the_form_before_bootstrap_intervals_matches_with_its_card(cases, name):
    case = cases[name]
    older = {**case.result.metrics, "schema": WITHOUT_BOOTSTRAP}
    del older["bootstrap_method"]
    older["comparison"] = without_bootstrap(older["comparison"])
    older["models"] = {model: without_bootstrap(each) for model, each in older["models"].items()}
    files = {
        "metrics__json": json.dumps(older).encode(),
        "README__md": model_card(case.spec, older).encode(),
    }

    assert case.wrong(**files) == []
    assert "metrics.json bootstrap_method" in case.wrong(
        metrics__json=json.dumps({**older, "schema": SCHEMA}).encode()
    )
    assert b"| quantum kernel less " in case.result.files["README.md"]
    assert b"bootstrap" not in files["README__md"]


def without_bootstrap(entry):
    return {key: value for key, value in entry.items() if key != "bootstrap_interval"}


def test_a_model_read_back_answers_bit_by_bit_like_the_trained_one(case):
    trained = train(case.spec, case.table, open_engine("statevector"), ignore_progress, never_cancel)
    features = case.table.rows.features[::7] + 0.01

    block = case.result.files["model.safetensors"]
    answers = algorithm_of(case.spec).predict(case.spec, case.result.files, features)

    assert block == model_bytes(final_model(case.spec, case.table.rows, trained))
    assert block == model_bytes(read_model_of(case.spec, block))
    assert np.array_equal(answers, algorithm_of(case.spec).predict(case.spec, case.result.files, features))
    expected = trained.final.answered(features).answers
    assert np.abs(answers - expected).max() < 1e-9 * max(1, np.abs(expected).max())


def test_weights_that_are_not_optimal_are_found(case):
    weights = case.arrays["weights"]
    weights[0, np.abs(weights[0]).argmax()] *= 1.001

    assert "model.safetensors optimality" in case.wrong_model(weights=weights)


@pytest.mark.parametrize("name", ["chances", "numbers on landmarks", "marks"])
def test_another_intercept_is_found(cases, name):
    intercepts = cases[name].arrays["intercepts"] + 0.001

    assert "model.safetensors optimality" in cases[name].wrong_model(intercepts=intercepts)


def test_what_the_weights_stand_on_is_rebuilt(case):
    changed = {name: case.arrays[name] * 1.001 for name in ("setting", "basis", "kernel_sample")}

    found = case.wrong_model(**changed)

    fields = ("setting[0]", "basis[0,0]", "kernel_sample[0,0]")
    assert {f"model.safetensors {field}" for field in fields} <= set(found)


@pytest.mark.parametrize("name", ["chances", "landmarks", "marks"])
def test_rows_of_another_basis_are_found(cases, name):
    rows = cases[name].arrays["rows"]

    for changed in (rows[::-1].copy(), rows + len(cases[name].table), rows - rows.max() - 1):
        assert cases[name].wrong_model(rows=changed) == ["model.safetensors rows"]


def test_another_scale_or_sigmoid_is_found(cases):
    assert "model.safetensors scale[1]" in cases["numbers"].wrong_model(
        scale=cases["numbers"].arrays["scale"] * [1, 1.001]
    )
    assert "model.safetensors sigmoids" in cases["chances"].wrong_model(
        sigmoids=cases["chances"].arrays["sigmoids"] * 1.001
    )


def test_one_changed_metric_is_named(case):
    metrics = json.loads(case.result.files["metrics.json"])
    metrics["splits"][1]["quantum"][metrics["score"]] -= 0.01
    metrics["final_model"]["kernel_mean"] += 1e-7

    found = case.wrong(metrics__json=json.dumps(metrics).encode())

    assert found == [
        "metrics.json final_model.kernel_mean",
        f"metrics.json splits[1].quantum.{metrics['score']}",
    ]


def test_a_changed_card_circuit_or_preprocessing_is_named(case):
    files = case.result.files
    reduction = json.loads(files["preprocessing.json"])
    reduction["mean"][1] += 1e-6

    found = case.wrong(
        README__md=files["README.md"].replace(b"Kernel test", b"Kernel best"),
        circuit__qasm=files["circuit.qasm"] + b"// more\n",
        preprocessing__json=json.dumps(reduction).encode(),
    )

    assert found[0] == "preprocessing.json mean[1]"
    assert found[1].startswith("circuit.qasm line")
    assert found[2:] == ["README.md line 1"]


@pytest.mark.attack("S31")
@pytest.mark.parametrize("block", [b"", b"\x80\x04\x95" + bytes(99), b"PK\x03\x04" + bytes(99)])
def test_what_is_no_model_is_refused(cases, block):
    with pytest.raises(ModelRefused):
        read_model_of(cases["classes"].spec, block)


@pytest.mark.parametrize(
    "changed",
    [
        {"weights": np.zeros((2, 5))},
        {"sigmoids": np.zeros((3, 2))},
        {"scale": np.zeros(3)},
        {"intercepts": np.full(3, np.nan)},
        {"rows": np.zeros(4)},
        {"more": np.zeros(1)},
        {"basis": np.zeros(7)},
    ],
)
def test_arrays_of_other_shapes_types_or_no_numbers_are_refused(cases, changed):
    with pytest.raises(ModelRefused):
        read_model_of(cases["classes"].spec, save({**cases["classes"].arrays, **changed}))


def test_rows_of_another_width_are_refused(cases):
    case = cases["marks"]

    with pytest.raises(ModelRefused, match="the rows have 3 features, the model 30"):
        algorithm_of(case.spec).predict(case.spec, case.result.files, np.ones((2, 3)))


def test_a_cancel_stops_between_steps(cases):
    events = []

    with pytest.raises(TrainingCancelled, match="stopped after step 2"):
        run_machine(cases["marks"].spec, cases["marks"].table, events.append, lambda: len(events) >= 2)


def test_chances_are_calibrated_inside_the_training_part(cases):
    metrics, answers = cases["chances"].result.metrics, cases["chances"].spec
    quantum = metrics["models"]["quantum"]

    assert answers.algorithm.is_calibrated
    assert 0 < quantum["mean_log_loss"] < np.log(3)
    assert quantum["log_loss_interval"][0] <= quantum["mean_log_loss"] <= quantum["log_loss_interval"][1]
    assert all(0 <= split["quantum"]["calibration_error"] <= 1 for split in metrics["splits"])
    assert "mean_log_loss" not in cases["classes"].result.metrics["models"]["quantum"]


def test_alignment_picks_the_bandwidth_that_it_reports_as_the_largest(cases):
    final = cases["chances"].result.metrics["final_model"]
    grid = cases["chances"].spec.algorithm.bandwidth_grid

    assert len(cases["chances"].table) <= ALIGNED_ROWS
    assert final["bandwidth"] == grid[int(np.argmax(final["alignment"]))]


def test_landmarks_carry_no_more_rows_and_state_their_error(cases):
    for name in ("landmarks", "numbers on landmarks"):
        metrics = cases[name].result.metrics
        report = metrics["final_model"]["landmarks"]

        assert metrics["final_model"]["basis_rows"] == report["count"] == 25
        assert len(cases[name].arrays["rows"]) == 25
        assert 0 < report["relative_error"] < 0.5
        assert report["largest_error"] <= 1
        assert f"{report['relative_error']:.2%}" in cases[name].result.files["README.md"].decode()
    assert cases["classes"].result.metrics["final_model"]["landmarks"] is None


def test_a_detector_has_seen_usual_rows_alone(cases):
    case = cases["marks"]
    usual = np.flatnonzero(case.table.rows.target == 0)

    assert set(case.arrays["rows"]) <= set(usual)
    assert case.result.metrics["final_model"]["rows"] == len(usual)
    assert case.result.metrics["models"]["quantum"]["mean_auc"] > 0.9
    answers = algorithm_of(case.spec).predict(case.spec, case.result.files, case.table.rows.features)
    assert (answers[usual] > 0).mean() < 0.15
    assert (answers[case.table.rows.target > 0] > 0).mean() > 0.7


@pytest.mark.parametrize(
    ("alarms", "place"),
    [((10, 12, 15, 40), 2), ((10, 17, 15, 40), 2), ((40, 30, 35, 50), 1), ((5, 6, 7, 8), 3)],
)
def test_a_detector_takes_the_largest_width_that_agrees_with_its_share(alarms, place):
    """10 of 100 rows may be called unusual, and 16 by chance: two deviations of 3."""
    assert consistent_width(np.array(alarms), 0.1, 100) == place


def test_known_data_reach_their_known_scores_beside_classical_models():
    """Wine: 0.97 to 1 by every author; diabetes: R2 near 0.48 by ridge regression (Efron et al. 2004)."""
    grids = {"c_grid": [1, 10], "bandwidth_grid": [0.05, 0.1]}
    wine = machine_spec(three_classes_csv(load_wine), "classify", qubits=4, algorithm=grids)
    numbers = machine_spec(numbers_csv(), "regress", qubits=4, algorithm=grids)
    wine_table = read_machine_table(wine, {1: TableBytes(three_classes_csv(load_wine))})
    numbers_table = read_machine_table(numbers, {1: TableBytes(numbers_csv())})

    wines = run_machine(wine, wine_table).metrics["models"]
    found = run_machine(numbers, numbers_table).metrics["models"]

    assert wines["quantum"]["mean_accuracy"] > 0.94
    assert wines["rbf_all"]["mean_accuracy"] > 0.95
    assert 0.35 < found["quantum"]["mean_r2"] < 0.6
    assert 0.4 < found["ridge_all"]["mean_r2"] < 0.6
    assert found["quantum"]["mae_interval"][0] < found["quantum"]["mean_mae"] < 60


def test_numbers_that_are_nearly_all_equal_still_give_finite_scores():
    features = np.random.default_rng(3).normal(size=(40, 3))
    content = table_csv(features, ["1.5"] * 39 + ["2.5"])
    spec = machine_spec(content, "regress")

    models = run_machine(spec, read_machine_table(spec, {1: TableBytes(content)})).metrics["models"]

    assert all(np.isfinite(each["mean_r2"]) for each in models.values())
    assert min(abs(each["mean_r2"]) for each in models.values()) < 1


def test_ten_digits_are_told_apart_by_45_machines_on_landmarks():
    digits = load_digits()
    features = digits.data[:500, np.ptp(digits.data[:500], axis=0) > 0]
    content, classes = table_csv(features, [f"d{each}" for each in digits.target[:500]]), "0123456789"
    method = {"landmarks": 100, "c_grid": [10], "bandwidth_grid": [0.2], "boosting": None}
    spec = machine_spec(content, "classify", [f"d{each}" for each in classes], qubits=8, algorithm=method)

    result = run_machine(spec, read_machine_table(spec, {1: TableBytes(content)}))

    assert result.metrics["models"]["quantum"]["mean_accuracy"] > 0.85
    assert load(result.files["model.safetensors"])["weights"].shape == (45, 100)


@pytest.mark.parametrize(
    ("content", "task", "words"),
    [
        (CLASSES.replace(b",b\n", b",d\n", 1), "classify", "row 51 has a label that the spec does not name"),
        (b"\n".join(CLASSES.split(b"\n")[:101]), "classify", "each class needs at least 10 rows; one has 0"),
        (NUMBERS.rsplit(b",", 1)[0] + b",many", "regress", "row 160, column 'label' is not a number"),
        (NUMBERS.rsplit(b",", 1)[0] + b",inf", "regress", "row 160, column 'label' is not a finite number"),
        (b"\n".join(NUMBERS.split(b"\n")[:15]), "regress", "at least 20 rows are needed; there are 14"),
        (MARKS.replace(b"malignant", b"benign"), "detect", "the label has 1 values; two are needed"),
        (
            table_csv(np.repeat([[0.0] * 3, [1.0] * 3], 15, axis=0), ["usual"] * 15 + ["malignant"] * 15),
            "detect",
            "all usual rows are alike",
        ),
        (table_csv(np.ones((30, 3)), ["a", "b", "c"] * 10), "classify", "column 'x0' is constant"),
        (
            table_csv(np.full((30, 3), np.nan), ["a", "b", "c"] * 10),
            "classify",
            "row 1, column 'x0' is not a fin",
        ),
    ],
)
def test_rows_that_cannot_be_learnt_from_are_refused_in_words(content, task, words):
    with pytest.raises(DatasetRefused, match=words):
        read_machine_table(machine_spec(content, task), {1: TableBytes(content)})
