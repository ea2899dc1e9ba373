"""The whole way of a trained circuit: through the sandboxed child, and verified from blocks alone."""

import json
import os
import signal
import tempfile
import threading
from pathlib import Path

import pytest
from threadpoolctl import threadpool_limits

from qjobs.algorithms.registry import ALGORITHMS
from qjobs.algorithms.result import FILE_NAMES
from qjobs.runner import RunCrashed, RunLimits, RunRefused, run_job
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


def run(folder, spec, content, on_event=None, kept=None):
    workdir = Path(tempfile.mkdtemp(dir=folder))
    events = []
    path = write_csv(folder, content)
    told = on_event or events.append
    output = run_job(canonical_bytes(spec), {1: path}, workdir, told, never, LIMITS, kept=kept)
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
    assert set(posted.files) == set(FILE_NAMES)
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


def kill_the_child():
    """As the kernel does it when memory runs out: no handler runs."""
    (task,) = Path("/proc/self/task").glob(str(threading.get_native_id()))
    for pid in map(int, (task / "children").read_text().split()):
        if b"qjobs.runner.job" in Path(f"/proc/{pid}/cmdline").read_bytes():
            os.kill(pid, signal.SIGKILL)


@pytest.mark.fault("F01")
def test_a_child_killed_in_the_middle_is_gone_on_from_and_the_result_is_the_same(tmp_path):
    spec, content = CLASSES
    kept = tmp_path / "kept"
    kept.mkdir()
    first, second = [], []

    def kill_at_the_third_check(event):
        first.append(event.message)
        if event.message.startswith("split 2 of 2: check 1"):
            kill_the_child()

    with pytest.raises(RunCrashed):
        run(tmp_path, spec, content, kill_at_the_third_check, kept)
    files, _, _ = run(tmp_path, spec, content, lambda event: second.append(event.message), kept)

    assert "split 1 of 2: check 1 of 2" in first
    assert not any(message.startswith("split 1 of 2: check") for message in second)
    data = ALGORITHMS["qnn"].load(spec, {1: tmp_path / "rows.csv"})
    with threadpool_limits(limits=1):
        whole = ALGORITHMS["qnn"].run(spec, data, lambda event: None, never).files
    assert {name: files[name] for name in ("model.safetensors", "metrics.json")} == {
        name: whole[name] for name in ("model.safetensors", "metrics.json")
    }
    findings = ALGORITHMS["qnn"].certify(spec, data, files, lambda event: None)
    assert [each.field for each in findings if not each.agrees] == []


def test_a_table_without_numbers_is_refused_in_words(tmp_path):
    spec, content = NUMBERS

    with pytest.raises(RunRefused, match="column 'progression' is not a number") as refused:
        run(tmp_path, spec, content.rsplit(b",", 1)[0] + b",many\n")

    assert refused.value.code == "dataset_refused"
