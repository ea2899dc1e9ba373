"""The first page and the pages of jobs and models, with no rows, one, and many."""

import json
import re

import pytest
from django.test import Client

from chain.bindings import job_board
from chain.deployments import address_of
from marketplace.store import content_store
from qjobs.models import Job, JobPayout, Run, RunEvent
from qjobs.spec import build_spec, canonical_bytes, spec_digest
from tests.fakes import job_rows, rows

pytestmark = pytest.mark.django_db


def pin_spec(**changes: object) -> str:
    """A small QSVM spec in the content store; gives its digest."""
    spec = build_spec(
        {
            "title": "Tumours by kernel",
            "chain_id": "31337",
            "dataset_token": rows.address(25),
            "datasets": [
                {
                    "token_id": "1",
                    "version": 1,
                    "content_cid": str(content_store().add_block(b"a,b\n1,2\n")),
                    "columns": {
                        "features": [f"c{number}" for number in range(8)],
                        "label": "diagnosis",
                        "positive_label": "malignant",
                    },
                }
            ],
            "qubits": 6,
            "algorithm": {"name": "qsvm"},
            "budget": {"payment_token": rows.DOLLAR, "pay_per_task": "5000000"},
            **changes,
        }
    )
    content_store().add_block(canonical_bytes(spec))
    return spec_digest(spec)


def pin_metrics(document: object) -> str:
    return "0x" + content_store().add_block(json.dumps(document).encode()).digest.hex()


def test_first_page_without_rows_explains_and_counts_nothing(reader: Client) -> None:
    text = reader.get("/").text

    for words in (
        "a vote between them",
        "How a vote binds a job",
        "No job has been requested yet",
        "No block",
    ):
        assert words in text


def test_first_page_shows_the_newest_result_and_live_numbers(reader: Client) -> None:
    rows.add_head()
    rows.add_dataset(1)
    job_rows.add_job(1)
    job_rows.add_result(1, metrics_digest=pin_metrics(job_rows.metrics_document()))

    text = reader.get("/").text

    for words in ("Latest settled result", "Classical wins", "97.5 %", "up to block 100", "<dd>1</dd>"):
        assert words in text


def test_job_list_without_jobs_says_what_one_needs(reader: Client) -> None:
    assert "No job has been requested yet" in reader.get("/jobs").text


def test_job_list_filters_by_state_and_pages(reader: Client) -> None:
    for job_id in range(1, 24):
        job_rows.add_job(job_id)
    job_rows.add_job(24, state=Job.State.SETTLED)

    everything, settled = reader.get("/jobs").text, reader.get("/jobs?state=settled").text

    assert 'href="/jobs?before=5"' in everything
    assert "Job 24" in settled
    assert "Job 23" not in settled
    assert "Job 4<" in reader.get("/jobs?state=requested&before=5").text
    assert reader.get("/jobs?state=nonsense").status_code == 404
    assert reader.get("/jobs?before=x").status_code == 404


def test_requested_job_shows_its_words_escrow_and_missing_vote(reader: Client) -> None:
    job_rows.add_job(1, spec_digest=pin_spec())
    rows.add_dataset(1)

    text = reader.get("/jobs/1").text

    assert 'id="progress"' not in text
    for words in (
        "Tumours by kernel",
        "quantum-kernel support vector machine",
        "7.15 TUSD",
        "Nobody has proposed this job yet",
        "consent stands",
        "nothing to check before a result",
        "To be approved by",
    ):
        assert words in text


def test_difference_between_document_and_chain_stands_in_red(reader: Client) -> None:
    job_rows.add_job(1, spec_digest=pin_spec(), qubits=8)

    text = reader.get("/jobs/1").text

    assert "The document is not what the chain says" in text
    assert 'tr class="differs"' in text


def test_job_without_its_document_warns_voters(reader: Client) -> None:
    job_rows.add_job(1)

    assert "nobody should vote on it" in reader.get("/jobs/1").text


def test_running_job_follows_its_progress_and_reloads_when_the_state_moves(reader: Client) -> None:
    job_rows.add_job(1, state=Job.State.RUNNING)
    job_rows.add_run(1, events=3)

    page = reader.get("/jobs/1").text
    same, moved = reader.get("/jobs/1/progress?state=3"), reader.get("/jobs/1/progress?state=2")

    assert 'hx-get="/jobs/1/progress?state=3"' in page
    assert "split 3" in same.text
    assert "HX-Refresh" not in same
    assert moved["HX-Refresh"] == "true"
    assert "<html" not in same.text


@pytest.mark.parametrize(
    ("loss", "told"), [(0.123456, "so far. The loss is 0.1235.</p>"), (None, "so far.</p>")]
)
def test_running_job_tells_where_its_loss_stands_if_it_trains(
    reader: Client, loss: float | None, told: str
) -> None:
    job_rows.add_job(1, state=Job.State.RUNNING)
    run = job_rows.add_run(1, events=2)
    RunEvent.objects.create(
        run=run, sequence=3, stage="train", step=3, steps=5, message="", loss=loss, seconds_left=9.0
    )

    text = re.sub("</?span[^>]*>", "", reader.get("/jobs/1").text)

    assert f"by the pace of the steps {told}" in text


def test_long_log_shows_its_newest_part(reader: Client) -> None:
    job_rows.add_job(1, state=Job.State.EXPIRED)
    job_rows.add_run(1, events=450, state=Run.State.FAILED)

    text = reader.get("/jobs/1").text

    assert "split 450" in text
    assert "split 250<" not in text
    assert "200 newest steps" in text


def test_settled_job_shows_quantum_beside_classical_and_the_verdict(reader: Client) -> None:
    rows.add_head()
    job_rows.add_job(1, spec_digest=pin_spec())
    job_rows.add_run(1, state=Run.State.DONE)
    job_rows.add_result(1, metrics_digest=pin_metrics(job_rows.metrics_document()))

    text = reader.get("/jobs/1").text

    for words in (
        "Classical wins: 94.4% mean test accuracy",
        "Quantum model",
        "RBF-SVM",
        "on all features",
        "96.2 % to 98.8 %",
        "96.4 % to 98.4 %",
        "percentile bootstrap over test parts and rows in each",
        "lies between -4.6 and -1.6 points",
        "manage.py verify job 1 --rpc",
        "Paid out",
        "Challenge window opened",
        'href="/models/1"',
    ):
        assert words in text
    assert text.index("Quantum model") < text.index("RBF-SVM")


def test_settled_job_says_who_each_of_the_paid_is(reader: Client) -> None:
    job_rows.add_job(1, spec_digest=pin_spec())
    job_rows.add_result(1)
    with rows.projecting():
        JobPayout.objects.create(
            payout_id="1-treasury", job_id=1, account=address_of("Timelock"), token=rows.DOLLAR, units=7
        )
        JobPayout.objects.create(
            payout_id="1-requester", job_id=1, account=rows.RESEARCHER, token=rows.DOLLAR, units=5
        )

    text = reader.get("/jobs/1").text

    paid = re.findall(r"<dt>([\w ]+) <span class=\"note\">", text[text.index("Paid out") :])
    assert paid == ["Executor", "Data owner", "Data owner", "Treasury", "Requester"]


@pytest.mark.parametrize(
    "document",
    [
        [],
        {"models": 3},
        {"models": {"quantum": {"mean_accuracy": float("nan"), "interval": [0, 1]}}},
        {"models": {"quantum": {"mean_accuracy": 10**400, "interval": None}}, "splits": 7},
        {
            "models": {"<script>": {"mean_accuracy": 0.5, "interval": [0.4, 0.6]}},
            "verdict_sentence": ["no text"],
        },
    ],
)
def test_result_of_a_strange_shape_breaks_no_page(reader: Client, document: object) -> None:
    rows.add_head()
    job_rows.add_job(1)
    job_rows.add_result(1, metrics_digest=pin_metrics(document))

    for address in ("/", "/jobs/1", "/models/1"):
        page = reader.get(address)
        assert page.status_code == 200
        assert "<script>" not in page.text


def test_model_pages_show_lineage_and_the_command(reader: Client) -> None:
    rows.add_head()
    rows.add_dataset(1)
    job_rows.add_job(1, spec_digest=pin_spec())
    job_rows.add_result(1, metrics_digest=pin_metrics(job_rows.metrics_document()))

    listed, text = reader.get("/models").text, reader.get("/models/1").text

    assert 'href="/models/1"' in listed
    for words in ("Tumours by kernel", "Breast cancer Wisconsin", "dataset 1, version 1", "verify model 1"):
        assert words in text


def test_models_without_rows_say_when_one_comes(reader: Client) -> None:
    assert "No model has been trained yet" in reader.get("/models").text


def test_dataset_page_lists_the_jobs_run_on_it(reader: Client) -> None:
    rows.add_dataset(1)
    job_rows.add_job(1)
    job_rows.add_job(2, dataset_id=2)

    text = reader.get("/datasets/1").text

    assert 'href="/jobs/1"' in text
    assert 'href="/jobs/2"' not in text


def test_proposal_page_says_what_an_approval_would_run(reader: Client) -> None:
    rows.add_head()
    digest = pin_spec()
    job_rows.add_job(1, spec_digest=digest)
    add_approval(1, job_id=1, digest=digest)
    add_approval(2, job_id=1, digest=rows.digest("another document"))
    add_approval(3, job_id=77, digest=digest)
    add_approval(4, job_id=2**200, digest=digest)

    assert "quantum-kernel support vector machine" in reader.get("/proposals/1").text
    assert "This approves another document" not in reader.get("/proposals/1").text
    assert "This approves another document" in reader.get("/proposals/2").text
    assert "There is no such job" in reader.get("/proposals/3").text
    assert "There is no such job" in reader.get("/proposals/4").text
    assert 'href="/proposals/1"' in reader.get("/jobs/1").text


def add_approval(proposal_id: int, *, job_id: int, digest: str) -> None:
    call = job_board.APPROVE.call(rows.address(31), job_id=job_id, spec_digest=digest)
    rows.add_proposal(proposal_id, targets=[call.to], calldatas=[call.data_hex])


@pytest.mark.parametrize("address", ["/jobs/9", "/jobs/9/progress", "/models/9", "/jobs/" + "9" * 30])
def test_address_without_a_row_answers_404(reader: Client, address: str) -> None:
    assert reader.get(address).status_code == 404
