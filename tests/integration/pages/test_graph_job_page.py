"""Pages of a job on a graph: its words, its verdict, and no picture that only a classifier has."""

import json

import pytest
from django.test import Client

from marketplace.store import content_store
from qjobs.algorithms.graph import read_graph
from qjobs.algorithms.qaoa.job import run_qaoa
from qjobs.algorithms.rows import TableBytes
from qjobs.spec import canonical_bytes, spec_digest
from tests.fakes import job_rows
from tests.vectors.qjobs.graphs import PRISM, graph_spec

pytestmark = pytest.mark.django_db


@pytest.fixture
def digest() -> str:
    """A settled job, its spec and its metrics at hand."""
    spec = graph_spec()
    metrics = run_qaoa(spec, read_graph(spec, {1: TableBytes(PRISM)})).metrics
    content_store().add_block(canonical_bytes(spec))
    block = content_store().add_block(json.dumps(metrics).encode())
    job_rows.add_job(1, spec_digest=spec_digest(spec), algorithm="qaoa", qubits=6)
    job_rows.add_result(1, metrics_digest="0x" + block.digest.hex())
    return spec_digest(spec)


def test_job_page_says_what_was_cut_and_what_classical_answers_cut(reader: Client, digest: str) -> None:
    text = reader.get("/jobs/1").text

    for words in (
        "6 nodes",
        "max-cut",
        "No difference shown",
        "simulated annealing 10",
        "greedy flips",
        "How much is cut",
    ):
        assert words in text


@pytest.mark.parametrize("page", ["/", "/jobs", "/models/1", "/jobs/compare?a=1&b=2"])
def test_other_pages_show_the_job_without_scores_of_a_classifier(
    reader: Client, digest: str, page: str
) -> None:
    job_rows.add_job(2, spec_digest=digest, algorithm="qaoa")

    answer = reader.get(page)

    assert answer.status_code == 200
    assert "confusion" not in answer.text.lower()


def test_api_gives_the_metrics_as_posted(reader: Client, digest: str) -> None:
    assert reader.get("/api/v1/jobs/1").json()["result"]["metrics"]["answers"]["exact"]["cut"] == 10
