"""The whole way of a job on a graph: through the sandboxed child, and verified from blocks alone."""

import json

import numpy as np
import pytest
from safetensors.numpy import load, save
from threadpoolctl import threadpool_limits

from qjobs.algorithms.registry import ALGORITHMS
from qjobs.algorithms.result import FILE_NAMES
from qjobs.runner import RunLimits, RunRefused, run_job
from qjobs.runner.limits import MIB
from qjobs.spec import canonical_bytes, spec_digest
from tests.vectors.qjobs.graphs import PRISM, graph_spec
from tests.vectors.qjobs.specs import write_csv

SPEC = graph_spec(noise={})
LIMITS = RunLimits(run_seconds=120, memory_bytes=1024 * MIB)


def never() -> bool:
    return False


def run(folder, content=PRISM):
    workdir = folder / "run"
    workdir.mkdir()
    events = []
    path = write_csv(folder, content)
    output = run_job(canonical_bytes(SPEC), {1: path}, workdir, events.append, never, LIMITS)
    return output, events


def test_the_child_solves_a_graph_and_its_files_are_what_an_auditor_rebuilds(tmp_path):
    output, events = run(tmp_path)

    files = {name: path.read_bytes() for name, path in output.files.items()}
    assert set(files) == set(FILE_NAMES)
    assert output.metrics["spec_digest"] == spec_digest(SPEC)
    assert events[-1].step == events[-1].steps == 3
    assert {"qiskit-aer", "dwave-samplers"} <= set(output.environment)
    graph = ALGORITHMS["qaoa"].load(SPEC, {1: tmp_path / "rows.csv"})
    with threadpool_limits(limits=2):
        findings = list(ALGORITHMS["qaoa"].certify(SPEC, graph, files, events.append))
    assert [each.field for each in findings if not each.agrees] == []


def test_a_table_that_is_no_graph_is_refused_in_words(tmp_path):
    with pytest.raises(RunRefused, match="row 1 joins a node to itself") as refused:
        run(tmp_path, PRISM.replace(b"0,1,1", b"0,0,1"))

    assert refused.value.code == "dataset_refused"


def test_angles_moved_after_the_run_are_no_match(tmp_path):
    output, _ = run(tmp_path)
    files = {name: path.read_bytes() for name, path in output.files.items()}
    arrays = load(files["model.safetensors"])
    files["model.safetensors"] = save({**arrays, "beta": np.ascontiguousarray(arrays["beta"] * 1.01)})
    graph = ALGORITHMS["qaoa"].load(SPEC, {1: tmp_path / "rows.csv"})

    findings = ALGORITHMS["qaoa"].certify(SPEC, graph, files, lambda event: None)

    wrong = {each.field for each in findings if not each.agrees}
    assert "model.safetensors optimality" in wrong
    assert "metrics.json expected_cut" in wrong
    assert json.loads(files["metrics.json"])["answers"]["exact"]["cut"] == 10
