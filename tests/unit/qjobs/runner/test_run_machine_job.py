"""Machines with a task through the sandbox, and the check of what they posted."""

import json
import tempfile
from pathlib import Path

import pytest
from safetensors.numpy import load, save
from threadpoolctl import threadpool_limits

from qjobs.algorithms.result import FILE_NAMES
from qjobs.runner import run_job
from qjobs.runner.errors import RunRefused
from qjobs.runner.limits import MIB, RunLimits
from qjobs.spec import canonical_bytes, spec_digest
from qjobs.verification import verify_job
from tests.unit.qjobs.verification.test_verify_job import Posted, fields
from tests.vectors.qjobs.machines import machine_spec, marks_csv, numbers_csv, three_classes_csv
from tests.vectors.qjobs.specs import write_csv

LIMITS = RunLimits(run_seconds=120, memory_bytes=1024 * MIB)
CASES = {
    "classify": (three_classes_csv(), {"is_calibrated": True}),
    "regress": (numbers_csv(120), {"landmarks": 30}),
    "detect": (marks_csv(), {}),
}


def run(folder, spec, content):
    workdir = Path(tempfile.mkdtemp(dir=folder))
    events = []
    path = write_csv(folder, content)
    output = run_job(canonical_bytes(spec), {1: path}, workdir, events.append, lambda: False, LIMITS)
    return {name: each.read_bytes() for name, each in output.files.items()}, output.metrics, events


class PostedMachine(Posted):
    """One settled job of a machine: what the chain says, and every block."""

    def __init__(self, folder, task):
        content, method = CASES[task]
        self.kept, self.spec = content, machine_spec(content, task, algorithm=method)
        self.files, self.metrics, self.events = run(folder, self.spec, content)
        self.publish(folder)


@pytest.fixture(params=CASES)
def posted(request, tmp_path):
    with threadpool_limits(limits=1):
        yield PostedMachine(tmp_path, request.param)


def test_what_the_child_trained_matches_in_every_part(posted):
    report = verify_job(posted.facts, posted.blocks)

    assert report.verdict == "MATCH", [str(check) for check in report.mismatches + report.missing]
    assert set(posted.files) == set(FILE_NAMES)
    assert posted.metrics["spec_digest"] == spec_digest(posted.spec)
    assert posted.events[-1].step == posted.events[-1].steps
    named = {check.field for check in report.checks}
    assert {"model.safetensors optimality", "metrics.json", "circuit.qpy circuit"} <= named


def test_lies_are_found_although_every_hash_and_signature_is_right(posted, tmp_path):
    metrics = json.loads(posted.files["metrics.json"])
    metrics["models"]["quantum"]["interval"][0] -= 0.01
    posted.files["metrics.json"] = json.dumps(metrics).encode()
    arrays = load(posted.files["model.safetensors"])
    arrays["intercepts"] = arrays["intercepts"] + 0.001
    posted.files["model.safetensors"] = save(arrays)
    posted.publish(tmp_path)

    found = fields(verify_job(posted.facts, posted.without_qpy))

    assert {"metrics.json models.quantum.interval[0]", "model.safetensors optimality"} <= found


def test_a_label_that_the_spec_does_not_name_is_refused_in_words(tmp_path):
    content, _ = CASES["classify"]

    with pytest.raises(RunRefused, match="row 150 has a label that the spec does not name") as refused:
        run(tmp_path, machine_spec(content, "classify"), content.rsplit(b",", 1)[0] + b",d")

    assert refused.value.code == "dataset_refused"
