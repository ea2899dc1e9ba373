"""Sums of money in the console stand in the token's words, not in base units."""

import pytest
from django.test import Client

from marketplace import tokens
from marketplace.tokens import Token
from tests.fakes import job_rows, rows

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def token_known_by_heart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "_ask", lambda address: Token(address, "TUSD", 6))
    monkeypatch.setattr(tokens, "_kept", {})


def test_a_jobs_page_tells_its_pay_and_fees_in_the_token(console: Client) -> None:
    rows.add_dataset(1)
    job_rows.add_job(1)

    text = console.get("/admin/qjobs/job/1/change/").text

    for words in ("5 TUSD", "2 TUSD", "0.15 TUSD"):
        assert words in text
    assert "5000000" not in text


def test_lists_of_listings_and_payouts_tell_sums_in_the_token(console: Client) -> None:
    rows.add_dataset(1)
    rows.add_listing(1)
    job_rows.add_job(1)
    job_rows.add_result(1)

    assert "25 TUSD" in console.get("/admin/marketplace/listing/").text
    assert "1.8 TUSD" in console.get("/admin/qjobs/jobpayout/").text
