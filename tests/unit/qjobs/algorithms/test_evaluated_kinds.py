"""What hardware would make of machines with a task, of cuts and of choices: measured, judged, told."""

import json
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from safetensors.numpy import load, save
from threadpoolctl import threadpool_limits

from qjobs.algorithms.machines import job, metrics
from qjobs.algorithms.machines.model import final_model, table_rows
from qjobs.algorithms.machines.rows import Rows
from qjobs.algorithms.machines.trial import picked_rows
from qjobs.algorithms.noise_evaluation import trial
from qjobs.algorithms.noise_evaluation.trial import TrialTooLarge
from qjobs.algorithms.progress import ignore_progress
from qjobs.algorithms.qaoa import metrics as cut_metrics
from qjobs.algorithms.registry import algorithm_of
from qjobs.algorithms.result import CARD_FILE, MEASUREMENTS_FILE, METRICS_FILE, file_names
from qjobs.algorithms.rows import TableBytes
from qjobs.algorithms.trials import posted_trial
from qjobs.engines.measuring import AerMeter
from qjobs.spec import build_spec
from qjobs.spec.noise import NoiseEvaluation
from tests.vectors.qjobs.choices import PROBLEMS, choice_fields
from tests.vectors.qjobs.graphs import PRISM, graph_fields
from tests.vectors.qjobs.kinds import Kind
from tests.vectors.qjobs.machines import (
    machine_fields,
    machine_spec,
    marks_csv,
    numbers_csv,
    three_classes_csv,
)


def every_third(content):
    header, *rows = content.split(b"\n")
    return b"\n".join([header, *rows[::3]])


CLASSES, NUMBERS, MARKS = every_third(three_classes_csv()), numbers_csv(40), every_third(marks_csv())
ONE_SETTING = {"c_grid": [1], "bandwidth_grid": [0.5]}
FEW = {"shots": 100, "rows": 4}
NOISE = {"one_qubit_error": 0.001, "two_qubit_error": 0.02, "readout_error": 0.05}


def of_machine(content, task, **method):
    asked = {"algorithm": {**ONE_SETTING, **method}, "noise_evaluation": FEW}
    return machine_fields(content, task, **asked), content


JOBS = {
    "classes": of_machine(CLASSES, "classify"),
    "chances on landmarks": of_machine(CLASSES, "classify", landmarks=12, is_calibrated=True),
    "numbers": of_machine(NUMBERS, "regress"),
    "a constant": of_machine(NUMBERS, "regress", epsilon_grid=[5.0]),
    "the unusual": (
        machine_fields(MARKS, "detect", algorithm={"bandwidth_grid": [0.5]}, noise_evaluation=FEW),
        MARKS,
    ),
    "cut": (graph_fields(noise_evaluation={"device": {"noise": NOISE}, "shots": 20_000}), PRISM),
    "choice": (choice_fields("portfolio", noise_evaluation={"shots": 300}), PROBLEMS["portfolio"][0]),
}
MACHINES = ("classes", "chances on landmarks", "numbers", "a constant", "the unusual")


@cache
def finished(name):
    fields, content = JOBS[name]
    spec = build_spec(fields)
    kind = Kind(spec, algorithm_of(spec).load(spec, {1: TableBytes(content)}))
    with threadpool_limits(limits=1):
        return kind, kind.run()


def found_in(name, files):
    """What of these files the certificate does not accept, or could not check, by field."""
    kind, _ = finished(name)
    with threadpool_limits(limits=1):
        findings = kind.algorithm.certify(kind.spec, kind.data, files, ignore_progress)
        return {each.field: each for each in findings if not each.agrees}


def values_of(metrics):
    return metrics["noise_evaluation"]["values"]


def exact_score(name):
    """From the model's own answers on the rows that are tried, by kernels of states; or from the metrics."""
    kind, result = finished(name)
    if name == "cut":
        return result.metrics["expected_cut"]
    if name == "choice":
        return np.mean([each["expected_quality"] for each in result.metrics["seeds"]])
    rows = kind.data.rows
    picked = picked_rows(kind.spec, kind.spec.noise_evaluation, rows, 1)
    answers = kind.algorithm.predict(kind.spec, result.files, rows.features[picked])
    target = rows.target[picked]
    match kind.spec.algorithm.task:
        case "classify":
            return np.mean(answers.argmax(axis=1) == target)
        case "regress":
            return 1 - np.mean((answers - target) ** 2) / np.var(target)
    pairs = answers[target == 1][:, None] - answers[target == 0]
    return np.mean((pairs > 0) + (pairs == 0) / 2)


@pytest.mark.parametrize("name", JOBS)
def test_an_evaluated_job_posts_its_counts_and_an_auditor_agrees(name):
    kind, result = finished(name)
    report = result.metrics["noise_evaluation"]

    assert set(result.files) == set(file_names(kind.spec))
    assert found_in(name, result.files) == {}
    assert list(report["values"]) == ["ideal", "shots", "device", "readout_mitigated", "zero_noise"]
    assert report["values"]["ideal"]["score"] == pytest.approx(exact_score(name), abs=1e-9)
    again = posted_trial(kind.spec, kind.spec.noise_evaluation, kind.data, result.files)
    assert again.score(again.answers(trial.exact_chances(again))) == report["values"]["ideal"]["score"]
    assert report["rows"] == (4 if name in MACHINES else 0)
    assert "## What hardware would do" in result.files[CARD_FILE].decode()


def test_mitigation_brings_the_expected_cut_nearer_to_the_exact_one():
    values = values_of(finished("cut")[1].metrics)
    errors = {name: each["mean_error"] for name, each in values.items()}

    assert errors["device"] > 1.3 * errors["readout_mitigated"] > 2 * errors["zero_noise"]
    low, high = values["shots"]["interval"]
    assert low < values["ideal"]["score"] < high


def test_every_seed_of_a_choice_is_a_circuit_that_is_measured():
    kind, result = finished("choice")

    assert result.metrics["noise_evaluation"]["circuits"] == kind.spec.algorithm.seeds == 2


@pytest.mark.parametrize("name", ["classes", "the unusual", "cut", "choice"])
def test_each_lie_about_the_evaluation_is_found_where_it_stands(name):
    files = finished(name)[1].files
    metrics = json.loads(files[METRICS_FILE])
    values_of(metrics)["device"]["score"] += 0.01
    card = files[CARD_FILE].replace(b"measured on the device", b"measured elsewhere")

    found = found_in(name, {**files, METRICS_FILE: json.dumps(metrics).encode(), CARD_FILE: card})

    assert {field.partition(" line ")[0] for field in found} == {
        "metrics.json noise_evaluation.values.device.score",
        CARD_FILE,
    }


@pytest.mark.parametrize("name", ["numbers", "cut", "choice"])
def test_without_readable_counts_the_rest_is_checked_and_they_are_told_of(name):
    files = finished(name)[1].files
    counts = load(files[MEASUREMENTS_FILE])

    absent = found_in(name, {each: files[each] for each in files if each != MEASUREMENTS_FILE})
    broken = found_in(
        name, {**files, MEASUREMENTS_FILE: save({**counts, "device": counts["device"][:, :-1]})}
    )

    assert {field: each.agrees for field, each in absent.items()} == {MEASUREMENTS_FILE: None}
    assert {field: each.agrees for field, each in broken.items()} == {MEASUREMENTS_FILE: False}
    assert "device is uint32 of shape" in broken[MEASUREMENTS_FILE].note


class OfAnotherSeed(AerMeter):
    def counts(self, circuit, rows, shots, seed, streams=()):
        return super().counts(circuit, rows, shots, (*seed, 1), streams)


@pytest.mark.attack("S33")
@pytest.mark.parametrize("name", ["numbers", "cut", "choice"])
def test_an_evaluation_that_another_seed_drew_is_refused_although_all_else_follows_from_it(name, monkeypatch):
    kind, _ = finished(name)
    with monkeypatch.context() as patched, threadpool_limits(limits=1):
        device = kind.spec.noise_evaluation.device
        patched.setattr(trial, "open_meter", lambda asked: OfAnotherSeed(device.noise))
        files = kind.run().files

    found = found_in(name, files)

    assert {field.split(" ")[0] for field in found} == {MEASUREMENTS_FILE}
    assert f"{MEASUREMENTS_FILE} device" in found


def with_a_row_more(spec, rows, trained):
    """The same machine with a row that has no weight."""
    model, ground = final_model(spec, rows, trained), trained.final.ground
    basis = table_rows(spec, rows)[ground.basis]
    kept = np.isin(basis, model.rows)
    kept[np.flatnonzero(~kept)[0]] = True
    used = np.flatnonzero(kept)
    return replace(
        model,
        basis=trained.final_kernel.angles[used],
        rows=basis[used],
        weights=trained.final.solution.weights[:, used],
        kernel_sample=ground.gram[np.ix_(used[:32], used[:32])],
    )


@pytest.mark.attack("S33")
def test_who_posts_a_model_chooses_no_counts_by_rows_without_a_weight(monkeypatch):
    kind, honest = finished("classes")
    with monkeypatch.context() as patched, threadpool_limits(limits=1):
        patched.setattr(job, "final_model", with_a_row_more)
        files = kind.run().files

    found = found_in("classes", files)
    counts, more = (load(each[MEASUREMENTS_FILE])["device"] for each in (honest.files, files))
    there = {each.tobytes() for each in more.reshape(-1, 4 * counts.shape[1])}

    assert "model.safetensors rows" in found
    assert len(more) == len(counts) + 4
    assert {each.tobytes() for each in counts.reshape(-1, 4 * counts.shape[1])} <= there


def test_a_machine_that_keeps_no_row_is_a_constant_whatever_is_measured():
    report = finished("a constant")[1].metrics["noise_evaluation"]

    assert report["circuits"] == report["rows"] == 4
    assert all(each["mean_error"] == 0 for each in report["values"].values())


@pytest.mark.parametrize(
    ("name", "older"), [("classes", metrics.WITHOUT_BOOTSTRAP), ("cut", cut_metrics.WITHOUT_SIDES)]
)
def test_a_result_with_an_evaluation_is_taken_in_no_form_from_before_there_was_one(name, older):
    files = finished(name)[1].files
    document = json.loads(files[METRICS_FILE]) | {"schema": older}

    found = found_in(name, {**files, METRICS_FILE: json.dumps(document).encode()})

    assert set(found) == {"metrics.json schema"}


def test_a_detector_is_tried_on_the_unusual_as_on_the_usual_and_never_on_one_row_alone():
    spec = machine_spec(MARKS, "detect", algorithm={"bandwidth_grid": [0.5]}, noise_evaluation=FEW)
    target = np.repeat([0.0, 1.0], [300, 12])
    rows = Rows(np.zeros((312, 30)), target, target.astype(int))

    for asked, unusual in ((2, 1), (9, 4), (40, 12)):
        picked = picked_rows(spec, NoiseEvaluation(rows=asked), rows, 1)
        assert len(picked) == len(set(picked)) == asked
        assert target[picked].sum() == unusual
    with pytest.raises(TrialTooLarge, match="only 1 row fits beside 40000 rows of the model on 2 qubits"):
        picked_rows(spec, NoiseEvaluation(rows=9), rows, 40_000)
