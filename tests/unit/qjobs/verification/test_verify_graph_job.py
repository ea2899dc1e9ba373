import json

import pytest
from threadpoolctl import threadpool_limits

from qjobs.algorithms.progress import ignore_progress, never_cancel
from qjobs.algorithms.registry import algorithm_of
from qjobs.verification import verify_job
from tests.unit.qjobs.verification.test_verify_job import Posted, fields
from tests.vectors.qjobs.choices import PROBLEMS, choice_spec
from tests.vectors.qjobs.graphs import PRISM, graph_spec
from tests.vectors.qjobs.specs import write_csv


class PostedGraph(Posted):
    """One settled job on a graph: what the chain says, and every block."""

    def __init__(self, folder, content=PRISM, spec=None):
        self.kept, self.spec = content, spec or graph_spec(noise={})
        algorithm = algorithm_of(self.spec)
        data = algorithm.load(self.spec, {1: write_csv(folder, content)})
        self.files = dict(algorithm.run(self.spec, data, ignore_progress, never_cancel).files)
        self.publish(folder)


@pytest.fixture
def posted(tmp_path):
    with threadpool_limits(limits=1):
        yield PostedGraph(tmp_path)


def test_an_honest_graph_job_matches_in_every_part(posted):
    report = verify_job(posted.facts, posted.blocks)

    assert report.verdict == "MATCH", [str(check) for check in report.mismatches + report.missing]
    named = {check.field for check in report.checks}
    assert {
        "approval",
        "request",
        "model.safetensors optimality",
        "circuit.qpy circuit",
        "metrics.json",
    } <= named


def test_a_lie_in_the_metrics_is_found_although_every_hash_and_signature_is_right(posted, tmp_path):
    metrics = json.loads(posted.files["metrics.json"])
    metrics["answers"]["greedy"]["cut"] = 7.0
    posted.files["metrics.json"] = json.dumps(metrics).encode()
    posted.publish(tmp_path)

    report = verify_job(posted.facts, posted.without_qpy)

    assert fields(report) == {"metrics.json answers.greedy.cut"}


def test_without_the_edges_nothing_is_said_of_the_training(posted):
    report = verify_job(posted.facts, posted.without_rows)

    assert report.verdict == "CANNOT_CHECK"
    assert "training" in {check.field for check in report.missing}


@pytest.mark.parametrize("name", PROBLEMS)
def test_an_honest_choice_matches_and_a_lie_in_it_does_not(tmp_path, name):
    with threadpool_limits(limits=1):
        posted = PostedGraph(tmp_path, PROBLEMS[name][0], choice_spec(name))

    honest = verify_job(posted.facts, posted.blocks)
    metrics = json.loads(posted.files["metrics.json"])
    metrics["answer"]["value"] += 0.5
    posted.files["metrics.json"] = json.dumps(metrics).encode()
    posted.publish(tmp_path)
    lying = verify_job(posted.facts, posted.without_qpy)

    assert honest.verdict == "MATCH", [str(check) for check in honest.mismatches + honest.missing]
    assert "model.safetensors energy of the bits" in {check.field for check in honest.checks}
    assert fields(lying) == {"metrics.json answer.value"}
