"""Two jobs side by side."""

import pytest
from django.test import Client

from tests.fakes import job_rows, rows
from tests.integration.pages.test_job_pages import pin_metrics, pin_spec

pytestmark = pytest.mark.django_db


def test_compare_shows_only_the_fields_that_differ_and_both_results(reader: Client) -> None:
    rows.add_head()
    rows.add_dataset(1)
    job_rows.add_job(1, spec_digest=pin_spec())
    job_rows.add_job(2, spec_digest=pin_spec(seed=8, title="<b>Again</b>"))
    job_rows.add_result(1, metrics_digest=pin_metrics(job_rows.metrics_document()))

    text = reader.get("/jobs/compare?a=1&b=2").text

    for words in (
        '<th scope="row">seed</th>',
        "&lt;b&gt;Again&lt;/b&gt;",
        "97.5 %",
        "not run",
        "no result is here",
    ):
        assert words in text
    assert '<th scope="row">qubits</th>' not in text


def test_compare_says_when_both_jobs_ask_for_the_same(reader: Client) -> None:
    digest = pin_spec()
    job_rows.add_job(1, spec_digest=digest)
    job_rows.add_job(2, spec_digest=digest)

    assert "both ask for exactly the same" in reader.get("/jobs/compare?a=1&b=2").text


def test_compare_says_when_a_document_is_away(reader: Client) -> None:
    job_rows.add_job(1, spec_digest=pin_spec())
    job_rows.add_job(2)

    assert "cannot be compared field by field" in reader.get("/jobs/compare?a=1&b=2").text


def test_compare_without_two_jobs_asks_for_them(reader: Client) -> None:
    text = reader.get("/jobs/compare?a=1").text

    assert 'name="b"' in text
    assert "Where the documents differ" not in text


@pytest.mark.parametrize("other", ["2", "x", "-1", "9" * 40, "²"])
def test_compare_of_what_is_no_job_is_not_found(reader: Client, other: str) -> None:
    job_rows.add_job(1)

    assert reader.get("/jobs/compare", {"a": "1", "b": other}).status_code == 404
