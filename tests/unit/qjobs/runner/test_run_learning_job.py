"""The whole way of what learns from rows: through the sandboxed child, and verified from blocks alone."""

import json

import pytest
from safetensors.numpy import load, save
from threadpoolctl import threadpool_limits

from qjobs.algorithms.progress import ignore_progress, never_cancel
from qjobs.algorithms.registry import algorithm_of
from qjobs.algorithms.result import FILE_NAMES
from qjobs.algorithms.rows import TableBytes
from qjobs.runner import RunCrashed, RunRefused
from qjobs.spec import spec_digest
from qjobs.verification import verify_job
from tests.unit.qjobs.runner.in_child import PostedRun, kill_the_child, run_in_child
from tests.unit.qjobs.verification.posted_jobs import fields
from tests.vectors.qjobs.machines import machine_spec, marks_csv, numbers_csv, three_classes_csv
from tests.vectors.qjobs.trained import IRISES, diabetes_csv, qnn_spec, regression_spec

CLASSES, NUMBERS, MARKS, DIABETES = three_classes_csv(), numbers_csv(120), marks_csv(), diabetes_csv()
CIRCUIT = qnn_spec(shots=200, noise={})
MACHINE, TRAINING = "model.safetensors optimality", "model.safetensors training on all rows"
CASES = {
    "classify": (machine_spec(CLASSES, "classify", algorithm={"is_calibrated": True}), CLASSES, MACHINE),
    "regress": (machine_spec(NUMBERS, "regress", algorithm={"landmarks": 30}), NUMBERS, MACHINE),
    "detect": (machine_spec(MARKS, "detect"), MARKS, MACHINE),
    "qnn, classes": (CIRCUIT, IRISES, TRAINING),
    "qnn, numbers": (regression_spec(DIABETES, algorithm={"patience": 1}), DIABETES, TRAINING),
}


@pytest.mark.parametrize(("spec", "content", "proof"), CASES.values(), ids=CASES)
def test_what_the_child_trained_matches_and_lies_are_found(tmp_path, spec, content, proof):
    with threadpool_limits(limits=1):
        posted = PostedRun(tmp_path, spec, content)

    honest = verify_job(posted.facts, posted.blocks)
    metrics = json.loads(posted.files["metrics.json"])
    metrics["models"]["quantum"]["interval"][0] -= 0.01
    posted.files["metrics.json"] = json.dumps(metrics).encode()
    posted.publish(tmp_path)
    flattered = verify_job(posted.facts, posted.without_qpy)
    posted.files["model.safetensors"] = with_moved_numbers(posted.files["model.safetensors"])
    posted.publish(tmp_path)
    moved = verify_job(posted.facts, posted.without_qpy)

    assert honest.verdict == "MATCH", [str(check) for check in honest.mismatches + honest.missing]
    assert set(posted.files) == set(FILE_NAMES)
    assert posted.metrics["spec_digest"] == spec_digest(posted.spec)
    assert posted.events[-1].step == posted.events[-1].steps
    assert {proof, "metrics.json", "circuit.qpy circuit"} <= {check.field for check in honest.checks}
    assert fields(flattered) == {"metrics.json models.quantum.interval[0]"}
    assert proof in fields(moved)


def with_moved_numbers(model: bytes) -> bytes:
    """The intercepts of a machine, or the last states of a network's trainings."""
    arrays = load(model)
    name = max(name for name in arrays if name.startswith(("intercepts", "trail")))
    return save(arrays | {name: arrays[name] + 0.001})


RESUMED = {
    "classify": (CASES["classify"][0], CLASSES, "split 2 of 2: linear_all", ()),
    "qnn": (CIRCUIT, IRISES, "split 2 of 2: check 1 of 2", ("split 1 of 2: check 1 of 2",)),
}


@pytest.mark.fault("F01")
@pytest.mark.parametrize(("spec", "content", "last", "once"), RESUMED.values(), ids=RESUMED)
def test_child_killed_in_the_middle_is_gone_on_from_and_the_result_is_the_same(
    tmp_path, spec, content, last, once
):
    kept, told = tmp_path / "kept", []
    kept.mkdir()

    def kill_then(event):
        told.append(event.message)
        if event.message == last:
            kill_the_child()

    with pytest.raises(RunCrashed):
        run_in_child(tmp_path, spec, content, kill_then, kept)
    (checkpoint,) = kept.iterdir()
    assert load(checkpoint.read_bytes()), "something to go on from"
    again = run_in_child(tmp_path, spec, content, kept=kept)

    algorithm = algorithm_of(spec)
    rows = algorithm.load(spec, {1: TableBytes(content)})
    with threadpool_limits(limits=1):
        whole = algorithm.run(spec, rows, ignore_progress, never_cancel).files
        findings = list(algorithm.certify(spec, rows, again.files, ignore_progress))
    compared = ("model.safetensors", "metrics.json")
    assert set(once) <= set(told)
    assert not set(once) & {event.message for event in again.events}
    assert {name: again.files[name] for name in compared} == {name: whole[name] for name in compared}
    assert [each.field for each in findings if not each.agrees] == []


@pytest.mark.parametrize(
    ("name", "last", "words"),
    [
        ("classify", b",d", "row 150 has a label that the spec does not name"),
        ("qnn, numbers", b",many\n", "column 'progression' is not a number"),
    ],
)
def test_a_label_that_cannot_be_read_is_refused_in_words(tmp_path, name, last, words):
    spec, content, _ = CASES[name]

    with pytest.raises(RunRefused, match=words) as refused:
        run_in_child(tmp_path, spec, content.rsplit(b",", 1)[0] + last)

    assert refused.value.code == "dataset_refused"
