"""Jobs that learn no rule from labels: what an auditor finds of honest ones, and of one lie in each."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest
from threadpoolctl import threadpool_limits

from qjobs.algorithms.progress import ignore_progress, never_cancel
from qjobs.algorithms.registry import algorithm_of
from qjobs.algorithms.rows import TableBytes
from qjobs.spec import JobSpec
from qjobs.verification import verify_job
from tests.unit.qjobs.verification.posted_jobs import Posted, fields
from tests.vectors.qjobs.choices import PROBLEMS, choice_spec
from tests.vectors.qjobs.energies import TERMS, as_energy_spec, terms_fields
from tests.vectors.qjobs.graphs import PRISM, graph_spec
from tests.vectors.qjobs.reductions import FLOWERS, reduction_spec


class Kind(NamedTuple):
    """proof: what is checked of the model; lie: the path in metrics.json that is changed, and to what."""

    spec: JobSpec
    content: bytes
    proof: str
    lie: tuple[tuple[str, ...], float]


KINDS: Mapping[str, Kind] = {
    "energy": Kind(
        as_energy_spec(terms_fields(noise={})), TERMS, "state 0 optimality", (("answers", "vqe"), -1.5)
    ),
    "max-cut": Kind(graph_spec(noise={}), PRISM, "optimality", (("answers", "greedy", "cut"), 7.0)),
    "components": Kind(reduction_spec(), FLOWERS, "components", (("models", "quantum", "mean"), 0.99)),
    **{
        name: Kind(choice_spec(name), PROBLEMS[name][0], "energy of the bits", (("answer", "value"), 99.5))
        for name in PROBLEMS
    },
}


class PostedKind(Posted):
    """One settled job of a kind: what the chain says, and every block."""

    def __init__(self, folder, kind):
        self.kept, self.spec = kind.content, kind.spec
        algorithm = algorithm_of(self.spec)
        rows = algorithm.load(self.spec, {1: TableBytes(kind.content)})
        self.files = dict(algorithm.run(self.spec, rows, ignore_progress, never_cancel).files)
        self.publish(folder)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_an_honest_job_matches_in_every_part_and_one_lie_is_found_in_its_field(tmp_path, kind):
    with threadpool_limits(limits=1):
        posted = PostedKind(tmp_path, kind)

    honest = verify_job(posted.facts, posted.blocks)
    withheld = verify_job(posted.facts, posted.without_rows)
    path, number = kind.lie
    posted.files["metrics.json"] = changed(posted.files["metrics.json"], path, number)
    posted.publish(tmp_path)
    lying = verify_job(posted.facts, posted.without_qpy)

    assert honest.verdict == "MATCH", [str(check) for check in honest.mismatches + honest.missing]
    wanted = {"approval", "request", f"model.safetensors {kind.proof}", "circuit.qpy circuit", "metrics.json"}
    assert wanted <= {check.field for check in honest.checks}
    assert withheld.verdict == "CANNOT_CHECK"
    assert "training" in {check.field for check in withheld.missing}
    assert fields(lying) == {f"metrics.json {'.'.join(path)}"}


def changed(block: bytes, path: tuple[str, ...], number: float) -> bytes:
    """The document with another number at the path."""
    metrics = json.loads(block)
    place: dict[str, Any] = metrics
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = number
    return json.dumps(metrics).encode()
