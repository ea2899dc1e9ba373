import json

import pytest
from threadpoolctl import threadpool_limits

from qjobs.algorithms.registry import ALGORITHMS
from qjobs.algorithms.rows import TableBytes
from qjobs.verification import verify_job
from tests.unit.qjobs.verification.test_verify_job import Posted, fields
from tests.vectors.qjobs.reductions import FLOWERS, reduction_spec


class PostedReduction(Posted):
    """One settled job on rows without labels: what the chain says, and every block."""

    def __init__(self, folder):
        self.kept, self.spec = FLOWERS, reduction_spec()
        qpca = ALGORITHMS["qpca"]
        data = qpca.load(self.spec, {1: TableBytes(FLOWERS)})
        self.files = dict(qpca.run(self.spec, data, lambda event: None, lambda: False).files)
        self.publish(folder)


@pytest.fixture
def posted(tmp_path):
    with threadpool_limits(limits=1):
        yield PostedReduction(tmp_path)


def test_an_honest_reduction_matches_in_every_part(posted):
    report = verify_job(posted.facts, posted.blocks)

    assert report.verdict == "MATCH", [str(check) for check in report.mismatches + report.missing]
    named = {check.field for check in report.checks}
    assert {"approval", "request", "model.safetensors components", "circuit.qpy circuit"} <= named


def test_a_better_share_than_was_measured_is_found_although_every_hash_and_signature_is_right(
    posted, tmp_path
):
    metrics = json.loads(posted.files["metrics.json"])
    metrics["models"]["quantum"]["mean"] = 0.99
    posted.files["metrics.json"] = json.dumps(metrics).encode()
    posted.publish(tmp_path)

    report = verify_job(posted.facts, posted.without_qpy)

    assert fields(report) == {"metrics.json models.quantum.mean"}
