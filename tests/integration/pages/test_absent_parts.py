"""The database or the node is away: pages say so, soon, and come back with it."""

import json
import socket
import time
from collections.abc import Iterator

import pytest
from django.db import connections
from django.test import Client

from tests.fakes import job_rows, rows
from tests.fakes.asgi_server import asgi_server
from tests.integration.pages.test_job_pages import pin_spec
from tests.integration.pages.test_job_streams import asked


@pytest.mark.fault("F07")
@pytest.mark.django_db(transaction=True)
def test_pages_and_api_say_that_the_database_is_away_and_come_back_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job_rows.add_job(1)
    with asgi_server() as site:
        with monkeypatch.context() as away:
            away.setitem(connections.settings["default"], "HOST", "/nonexistent")
            page = _answer(site, "/jobs/1")
            listed = _answer(site, "/api/v1/jobs")
            stream = _answer(site, "/jobs/1/events")
            signed_in = _answer(site, "/jobs/1", Cookie="sessionid=" + "a" * 32)
        back = _answer(site, "/jobs/1")

    for status, retry_after, text in (page, listed, stream, signed_in):
        assert (status, retry_after) == (503, "5")
        assert "database is away for a moment" in text
    assert "<h1>" in page[2]
    for _, _, text in (listed, stream):
        assert json.loads(text)["error"]["code"] == "unavailable"
    assert back[0] == 200


def _answer(site: str, path: str, **headers: str) -> tuple[int, str | None, str]:
    with asked(site, path, **headers) as answer:
        return answer.status, answer.headers["Retry-After"], answer.read().decode()


@pytest.mark.django_db
def test_fault_of_ours_is_a_500_without_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError("the secret of the house")

    monkeypatch.setattr("qjobs.views.jobs.view_job", broken)

    answer = Client(raise_request_exception=False).get("/jobs/1")

    assert answer.status_code == 500
    assert "secret" not in answer.text


@pytest.fixture
def hung_node(settings) -> Iterator[str]:
    """Takes every connection and never answers."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        host, port = listening.getsockname()
        settings.CHAIN_RPC_URL = f"http://{host}:{port}"
        yield settings.CHAIN_RPC_URL


@pytest.mark.fault("F16")
@pytest.mark.django_db
def test_page_with_a_quote_waits_for_a_hung_node_no_longer_than_a_reader_does(
    hung_node: str, owner: Client
) -> None:
    rows.add_dataset(1)
    digest = pin_spec()
    job_rows.add_document(digest)

    started = time.monotonic()
    page = owner.get(f"/jobs/new?spec={digest}")
    seconds = time.monotonic() - started

    assert page.status_code == 200
    assert "node does not answer just now" in page.text
    assert seconds < 9
