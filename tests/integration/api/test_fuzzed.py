"""Every endpoint is asked what its document allows and what it does not, and answers as it says."""

import json

import pytest

from marketplace.store import content_store
from qjobs.models import Job
from tests.fakes import job_rows, rows
from tests.fakes.fuzzing import complaints

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def filled() -> dict[str, object]:
    """One of everything that the chain tells, and the numbers by which it is found."""
    rows.add_head()
    rows.add_quorum()
    croissant = content_store().add_block(json.dumps({"name": "Breast cancer"}).encode())
    rows.add_dataset(1, document="0x" + croissant.digest.hex())
    rows.add_listing(1)
    rows.add_proposal(1)
    rows.add_vote(1, 41, votes=30_000)
    job_rows.add_job(1, state=Job.State.RUNNING)
    job_rows.add_run(1)
    metrics = content_store().add_block(json.dumps(job_rows.metrics_document()).encode())
    job_rows.add_job(2)
    job_rows.add_result(2, metrics_digest="0x" + metrics.digest.hex())
    return {
        "token_id": 1,
        "listing_id": 1,
        "number": 1,
        "job_id": 2,
        "address": rows.MEMBER,
        "account": rows.PROVIDER,
        "kind": "pay",
    }


def test_no_question_breaks_the_api_and_every_answer_is_as_described(filled: dict[str, object]) -> None:
    found = complaints(wallet=rows.PROVIDER, known=filled, examples=3)

    assert found == [], "\n\n".join(found)


@pytest.mark.deep
def test_many_more_questions_break_nothing_either(filled: dict[str, object]) -> None:
    found = complaints(wallet=rows.PROVIDER, known=filled, examples=100)

    assert found == [], "\n\n".join(found)


@pytest.mark.parametrize("fault", [ValueError("a bug"), None])
def test_fault_of_ours_and_an_answer_of_another_shape_are_both_found(
    filled: dict[str, object], fault: Exception | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> object:
        if fault is not None:
            raise fault
        return {"job_id": 1}

    monkeypatch.setattr("qjobs.api.jobs.job_json", broken)

    found = complaints(
        wallet=rows.PROVIDER, known=filled, examples=6, only=frozenset({"GET /jobs/{job_id}", "GET /jobs"})
    )

    assert {each.partition(" (")[0] for each in found} == {"GET /jobs/{job_id}"}
