"""Pages of a job on a graph: its words, its verdict, and no picture that only a classifier has."""

from pathlib import Path

import pytest
from django.test import Client

from marketplace.store import content_store
from qjobs.algorithms.progress import ignore_progress, never_cancel
from qjobs.algorithms.registry import algorithm_of
from qjobs.algorithms.rows import TableBytes
from qjobs.records import describe_files, manifest_bytes
from qjobs.spec import JobSpec, canonical_bytes, spec_digest
from tests.fakes import job_rows
from tests.vectors.qjobs.choices import PROBLEMS, choice_spec
from tests.vectors.qjobs.graphs import PRISM, graph_spec

pytestmark = pytest.mark.django_db


def settle(spec: JobSpec, content: bytes, folder: Path) -> str:
    """A settled job 1, its spec and all its files at hand; gives the spec's digest."""
    qaoa, store = algorithm_of(spec), content_store()
    files = qaoa.run(spec, qaoa.load(spec, {1: TableBytes(content)}), ignore_progress, never_cancel).files
    for name, block in files.items():
        (folder / name).write_bytes(block)
        store.add_block(block)
    manifest = store.add_block(manifest_bytes(describe_files({name: folder / name for name in files})))
    metrics = store.add_block(files["metrics.json"])
    store.add_block(canonical_bytes(spec))
    job_rows.add_job(1, spec_digest=spec_digest(spec), algorithm="qaoa", qubits=spec.qubits)
    digests = {"metrics_digest": "0x" + metrics.digest.hex(), "artefact_digest": "0x" + manifest.digest.hex()}
    job_rows.add_result(1, **digests)
    return spec_digest(spec)


@pytest.fixture
def digest(tmp_path: Path) -> str:
    """A cut of the prism."""
    return settle(graph_spec(), PRISM, tmp_path)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("portfolio", ("The assets", "Held", "Chooses 2 assets", "the returns of 4 assets")),
        ("vertex-cover", ("The chosen nodes", "Chosen", "as few nodes as possible")),
        ("channel-assignment", ("The channels", "Channel 2", "one of 2 channels")),
        ("route", ("The route", "On the way", "from node &#x27;gate&#x27; to node &#x27;sink&#x27;")),
    ],
)
def test_job_page_draws_a_choice_and_says_it_in_words(
    reader: Client, tmp_path: Path, name: str, words: tuple[str, ...]
) -> None:
    settle(choice_spec(name), PROBLEMS[name][0], tmp_path)

    text = reader.get("/jobs/1").text

    for each in (*words, "How good the choices are", "How often the constraints are kept", "over 2 seeds"):
        assert each in text
    assert "data:image/svg+xml" in text


def test_other_pages_and_the_api_show_a_choice(reader: Client, tmp_path: Path) -> None:
    digest = settle(choice_spec("portfolio"), PROBLEMS["portfolio"][0], tmp_path)
    job_rows.add_job(2, spec_digest=digest, algorithm="qaoa")

    pages = ("/", "/jobs", "/models/1", "/jobs/compare?a=1&b=2")
    job = reader.get("/api/v1/jobs/1").json()

    assert {page: reader.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)
    assert job["result"]["metrics"]["problem"] == "portfolio"


def test_job_page_draws_the_cut(reader: Client, digest: str) -> None:
    text = reader.get("/jobs/1").text

    for words in ("The cut", "One side", "The other side", "6 numbered marks"):
        assert words in text


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
