import json

import pytest
from threadpoolctl import threadpool_limits

from qjobs.algorithms.registry import ALGORITHMS
from qjobs.algorithms.rows import TableBytes
from qjobs.verification import verify_job
from tests.unit.qjobs.verification.test_verify_job import Posted, fields
from tests.vectors.qjobs.energies import TERMS, as_energy_spec, terms_fields


class PostedEnergy(Posted):
    """One settled job on a Hamiltonian: what the chain says, and every block."""

    def __init__(self, folder):
        self.kept, self.spec = TERMS, as_energy_spec(terms_fields(noise={}))
        vqe = ALGORITHMS["vqe"]
        data = vqe.load(self.spec, {1: TableBytes(TERMS)})
        self.files = dict(vqe.run(self.spec, data, lambda event: None, lambda: False).files)
        self.publish(folder)


@pytest.fixture
def posted(tmp_path):
    with threadpool_limits(limits=1):
        yield PostedEnergy(tmp_path)


def test_an_honest_energy_job_matches_in_every_part(posted):
    report = verify_job(posted.facts, posted.blocks)

    assert report.verdict == "MATCH", [str(check) for check in report.mismatches + report.missing]
    named = {check.field for check in report.checks}
    assert {
        "approval",
        "request",
        "model.safetensors state 0 optimality",
        "circuit.qpy circuit",
        "metrics.json",
    } <= named


def test_a_lower_energy_than_was_reached_is_found_although_every_hash_and_signature_is_right(
    posted, tmp_path
):
    metrics = json.loads(posted.files["metrics.json"])
    metrics["answers"]["vqe"] -= 0.01
    posted.files["metrics.json"] = json.dumps(metrics).encode()
    posted.publish(tmp_path)

    report = verify_job(posted.facts, posted.without_qpy)

    assert fields(report) == {"metrics.json answers.vqe"}


def test_without_the_pauli_strings_nothing_is_said_of_the_training(posted):
    report = verify_job(posted.facts, posted.without_rows)

    assert report.verdict == "CANNOT_CHECK"
    assert "training" in {check.field for check in report.missing}
