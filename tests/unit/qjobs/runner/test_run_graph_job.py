"""The whole way of a job on a graph: through the sandboxed child, and verified from blocks alone."""

import json

import numpy as np
import pytest
from safetensors.numpy import load, save
from threadpoolctl import threadpool_limits

from qjobs.algorithms.progress import ignore_progress, never_cancel
from qjobs.algorithms.registry import ALGORITHMS, algorithm_of
from qjobs.algorithms.result import FILE_NAMES
from qjobs.algorithms.rows import TableBytes
from qjobs.runner import RunCrashed, RunRefused
from qjobs.spec import spec_digest
from tests.unit.qjobs.runner.in_child import kill_the_child, run_in_child
from tests.vectors.qjobs.choices import PROBLEMS, choice_spec
from tests.vectors.qjobs.graphs import PRISM, graph_spec

SPEC = graph_spec(noise={})


def test_the_child_solves_a_graph_and_its_files_are_what_an_auditor_rebuilds(tmp_path):
    ran = run_in_child(tmp_path, SPEC, PRISM)

    assert set(ran.files) == set(FILE_NAMES)
    assert ran.metrics["spec_digest"] == spec_digest(SPEC)
    assert ran.events[-1].step == ran.events[-1].steps == 3
    assert {"qiskit-aer", "dwave-samplers"} <= set(ran.environment)
    graph = ALGORITHMS["qaoa"].load(SPEC, {1: tmp_path / "rows.csv"})
    with threadpool_limits(limits=2):
        findings = list(ALGORITHMS["qaoa"].certify(SPEC, graph, ran.files, ignore_progress))
    assert [each.field for each in findings if not each.agrees] == []


def test_a_table_that_is_no_graph_is_refused_in_words(tmp_path):
    with pytest.raises(RunRefused, match="row 1 joins a node to itself") as refused:
        run_in_child(tmp_path, SPEC, PRISM.replace(b"0,1,1", b"0,0,1"))

    assert refused.value.code == "dataset_refused"


def test_angles_moved_after_the_run_are_no_match(tmp_path):
    files = run_in_child(tmp_path, SPEC, PRISM).files
    arrays = load(files["model.safetensors"])
    files["model.safetensors"] = save({**arrays, "beta": np.ascontiguousarray(arrays["beta"] * 1.01)})
    graph = ALGORITHMS["qaoa"].load(SPEC, {1: tmp_path / "rows.csv"})

    findings = ALGORITHMS["qaoa"].certify(SPEC, graph, files, ignore_progress)

    wrong = {each.field for each in findings if not each.agrees}
    assert "model.safetensors optimality" in wrong
    assert "metrics.json expected_cut" in wrong
    assert json.loads(files["metrics.json"])["answers"]["exact"]["cut"] == 10


CHOICE = choice_spec("route", method={"restarts": 2})
FIELD = PROBLEMS["route"][0]


@pytest.mark.fault("F01")
@pytest.mark.parametrize(
    ("spec", "content", "last", "before"),
    [
        (SPEC, PRISM, "start 2 of 2", {"start 1 of 2"}),
        (CHOICE, FIELD, "start 1 of 2: seed 8", {"start 1 of 2: seed 7", "start 2 of 2: seed 7"}),
    ],
    ids=["max-cut", "route"],
)
def test_a_child_killed_in_the_middle_is_gone_on_from_and_the_result_is_the_same(
    tmp_path, spec, content, last, before
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
    reached = set(load(checkpoint.read_bytes()))
    again = run_in_child(tmp_path, spec, content, kept=kept)

    files = {name: again.files[name] for name in ("model.safetensors", "metrics.json")}
    algorithm = algorithm_of(spec)
    data = algorithm.load(spec, {1: TableBytes(content)})
    with threadpool_limits(limits=1):
        whole = algorithm.run(spec, data, ignore_progress, never_cancel).files
    assert before < set(told)
    assert len(reached) >= len(before) + 1, "the starts before it, and the spec"
    assert files == {name: whole[name] for name in files}
    assert again.events[-1].step == again.events[-1].steps


def test_starts_that_a_checkpoint_has_are_not_trained_again(tmp_path, monkeypatch):
    algorithm, data = algorithm_of(CHOICE), algorithm_of(CHOICE).load(CHOICE, {1: TableBytes(FIELD)})
    checkpoint = tmp_path / "checkpoint"
    whole = algorithm.resume(CHOICE, data, ignore_progress, never_cancel, checkpoint).files

    def never_trained(*arguments, **named):
        raise AssertionError("a start was trained again")

    monkeypatch.setattr("qjobs.algorithms.qaoa.training.minimize", never_trained)
    again = algorithm.resume(CHOICE, data, ignore_progress, never_cancel, checkpoint).files

    assert again["metrics.json"] == whole["metrics.json"]
    with pytest.raises(AssertionError, match="trained again"):
        algorithm.run(choice_spec("route"), data, ignore_progress, never_cancel)


@pytest.mark.parametrize(
    "block", [b"", b"junk", save({"spec": np.zeros(32, np.uint8), "state_0_start_00": np.ones(2)})]
)
def test_a_checkpoint_of_something_else_is_not_gone_on_from(tmp_path, block):
    algorithm, data = algorithm_of(CHOICE), algorithm_of(CHOICE).load(CHOICE, {1: TableBytes(FIELD)})
    checkpoint = tmp_path / "checkpoint"
    checkpoint.write_bytes(block)

    resumed = algorithm.resume(CHOICE, data, ignore_progress, never_cancel, checkpoint).files

    whole = algorithm.run(CHOICE, data, ignore_progress, never_cancel).files
    assert resumed["model.safetensors"] == whole["model.safetensors"]
