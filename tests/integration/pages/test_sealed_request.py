"""Requesting a job whose model will carry rows that are allowed there only sealed."""

import json

import pytest
from django.test import Client

from marketplace.models import Dataset, RowsInModel
from qjobs.spec.parts import Preprocessing
from tests.fakes import rows

pytestmark = pytest.mark.django_db


def pin(owner: Client, allowed: RowsInModel, **more: object) -> dict[str, object]:
    """A small QSVM spec on a dataset with these terms, pinned; with `more` in it."""
    rows.add_dataset(1)
    with rows.projecting():
        Dataset.objects.update(rows_in_model=allowed)
    fields = {
        "title": "Kinds",
        "datasets": [
            {
                "token_id": "1",
                "version": 1,
                "columns": {
                    "features": ["mean radius 1", "mean radius 2"],
                    "label": "diagnosis",
                    "positive_label": "benign",
                },
            }
        ],
        "qubits": 2,
        "algorithm": {"name": "qsvm"},
        "budget": {"payment_token": rows.DOLLAR, "pay_per_task": "1"},
        **more,
    }
    answer = owner.post("/api/v1/specs", json.dumps(fields), content_type="application/json")
    return {"status": answer.status_code, **answer.json()}


def test_request_says_how_many_rows_the_model_may_carry_and_who_can_open_them(owner: Client) -> None:
    pinned = pin(owner, RowsInModel.SEALED)

    review = owner.get("/jobs/new", {"spec": pinned["digest"]})

    most = pinned["estimate"]["rows_carried_max"]
    assert most > 0
    assert f"The model carries support vectors: rows of the data, at most {most:,}." in review.text
    assert "only who holds the model token can open them, and in a dispute the verifiers" in review.text


def test_request_on_rows_that_may_be_public_says_nothing_of_seals(owner: Client) -> None:
    pinned = pin(owner, RowsInModel.PUBLIC)

    assert "sealed" not in owner.get("/jobs/new", {"spec": pinned["digest"]}).text


def test_document_that_is_pinned_names_the_form_of_its_pre_processing(owner: Client) -> None:
    assert pin(owner, RowsInModel.PUBLIC)["spec"]["preprocessing"]["schema_version"] == Preprocessing.form


def test_request_on_rows_that_no_model_may_carry_is_refused(owner: Client) -> None:
    refused = pin(owner, RowsInModel.NEVER)

    assert refused["status"] == 422
    assert "allows no rows in a model" in refused["error"]["message"]


@pytest.mark.attack("S32")
def test_request_whose_public_counts_would_tell_sealed_rows_is_refused(owner: Client) -> None:
    refused = pin(owner, RowsInModel.SEALED, noise_evaluation={"shots": 100})

    assert refused["status"] == 422
    assert "counts that are measured of single rows tell these" in refused["error"]["message"]


def test_request_with_public_counts_of_public_rows_is_taken(owner: Client) -> None:
    pinned = pin(owner, RowsInModel.PUBLIC, noise_evaluation={"shots": 100})

    assert pinned["spec"]["noise_evaluation"]["shots"] == 100
