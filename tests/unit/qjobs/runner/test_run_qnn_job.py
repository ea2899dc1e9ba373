"""The whole way of a trained circuit: through the sandboxed child, and verified from blocks alone."""

import json

import pytest
from threadpoolctl import threadpool_limits

from qjobs.algorithms.registry import ALGORITHMS
from qjobs.runner import RunLimits, RunRefused, run_job
from qjobs.runner.limits import MIB
from qjobs.spec import canonical_bytes, spec_digest
from qjobs.verification import verify_job
from tests.unit.qjobs.verification.test_verify_job import Posted, fields
from tests.vectors.qjobs.specs import write_csv
from tests.vectors.qjobs.trained import IRISES, diabetes_csv, qnn_spec, regression_spec

LIMITS = RunLimits(run_seconds=120, memory_bytes=1024 * MIB)
CLASSES = (qnn_spec(shots=200, noise={}), IRISES)
NUMBERS = (regression_spec(diabetes_csv(), algorithm={"patience": 1}), diabetes_csv())


def never() -> bool:
    return False


def run(folder, spec, content):
    workdir = folder / "run"
    workdir.mkdir()
    events = []
    path = write_csv(folder, content)
    output = run_job(canonical_bytes(spec), {1: path}, workdir, events.append, never, LIMITS)
    return {name: each.read_bytes() for name, each in output.files.items()}, output.metrics, events


class PostedCircuit(Posted):
    """One settled job of a trained circuit: what the chain says, and every block."""

    def __init__(self, folder, spec, content):
        self.kept, self.spec = content, spec
        self.files, self.metrics, self.events = run(folder, spec, content)
        self.publish(folder)


@pytest.fixture(params=[CLASSES, NUMBERS], ids=["classes", "numbers"])
def posted(request, tmp_path):
    with threadpool_limits(limits=1):
        yield PostedCircuit(tmp_path, *request.param)


def test_what_the_child_trained_matches_in_every_part(posted):
    report = verify_job(posted.facts, posted.blocks)

    assert report.verdict == "MATCH", [str(check) for check in report.mismatches + report.missing]
    assert set(posted.files) == set(ALGORITHMS["qnn"].file_names)
    assert posted.metrics["spec_digest"] == spec_digest(posted.spec)
    assert posted.events[-1].step == posted.events[-1].steps
    named = {check.field for check in report.checks}
    assert {"model.safetensors training on all rows", "metrics.json", "circuit.qpy circuit"} <= named


def test_a_lie_in_the_metrics_is_found_although_every_hash_and_signature_is_right(posted, tmp_path):
    metrics = json.loads(posted.files["metrics.json"])
    metrics["models"]["quantum"]["interval"][1] += 0.01
    posted.files["metrics.json"] = json.dumps(metrics).encode()
    posted.publish(tmp_path)

    report = verify_job(posted.facts, posted.without_qpy)

    assert fields(report) == {"metrics.json models.quantum.interval[1]"}


def test_a_table_without_numbers_is_refused_in_words(tmp_path):
    spec, content = NUMBERS

    with pytest.raises(RunRefused, match="column 'progression' is not a number") as refused:
        run(tmp_path, spec, content.rsplit(b",", 1)[0] + b",many\n")

    assert refused.value.code == "dataset_refused"
