"""What every answer of the API keeps to: one form of errors, and how answers may be kept."""

import json

import pytest
from django.test import Client

from tests.fakes import job_rows, rows

pytestmark = pytest.mark.django_db


def test_address_of_the_api_that_there_is_not_is_refused_in_the_apis_form_and_a_page_in_words() -> None:
    by_script = Client().get("/api/v1/no-such-thing")
    by_reader = Client().get("/no-such-thing")

    assert (by_script.status_code, by_reader.status_code) == (404, 404)
    assert by_script.json()["error"] == {
        "code": "not_found",
        "message": "There is no such thing here.",
        "field": None,
    }
    assert "<h1>" in by_reader.text


def test_malformed_request_is_refused_in_the_apis_form() -> None:
    answer = Client().get("/api/v1/jobs", headers={"host": "not a host"})

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "bad_request"


def test_fault_of_ours_is_told_in_the_apis_form_without_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError("the secret of the house")

    monkeypatch.setattr("qjobs.api.jobs.view_job", broken)

    answer = Client(raise_request_exception=False).get("/api/v1/jobs/1")

    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "error")
    assert "secret" not in answer.text


def test_answer_asked_for_again_is_not_sent_again_until_it_changes() -> None:
    job_rows.add_job(1)
    first = Client().get("/api/v1/jobs")
    known = {"if-none-match": first["ETag"]}

    same = Client().get("/api/v1/jobs", headers=known)
    job_rows.add_job(2)
    changed = Client().get("/api/v1/jobs", headers=known)

    assert first["Cache-Control"] == "private, no-cache"
    assert {"Authorization", "Cookie"} <= set(first["Vary"].split(", "))
    assert (same.status_code, same.content) == (304, b"")
    assert (changed.status_code, len(changed.json()["results"])) == (200, 2)


def test_answer_of_the_sign_in_is_kept_by_nobody() -> None:
    answer = Client().get("/api/v1/auth/me")

    assert "no-store" in answer["Cache-Control"]
    assert not answer.has_header("ETag")


def test_refusal_is_not_kept_as_if_it_were_the_answer() -> None:
    rows.add_head()
    refused = Client().get("/api/v1/jobs/1")
    job_rows.add_job(1)

    found = Client().get("/api/v1/jobs/1", headers={"if-none-match": refused.get("ETag", '"none"')})

    assert refused.status_code == 404
    assert (found.status_code, json.loads(found.content)["job_id"]) == (200, "1")
