"""A running job's page in a real Chromium, over a server that keeps streams open."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from qjobs.api import live
from qjobs.models import Job, Run, RunEvent
from tests.e2e.made_up_site import DESK, Watched, chromium, watching, without_a_node
from tests.fakes import job_rows, rows
from tests.fakes.asgi_server import asgi_server

__all__ = ["chromium"]
pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 30_000


@pytest.fixture
def reader(chromium: Browser, settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    without_a_node(settings, tmp_path, monkeypatch)
    rows.add_head()
    job_rows.add_job(1, state=Job.State.RUNNING)
    job_rows.add_run(1, events=3)
    with asgi_server() as site, watching(chromium, site, DESK, "light") as watched:
        yield watched


def add_step(number: int) -> None:
    run = Run.objects.get()
    RunEvent.objects.create(
        run=run,
        sequence=number,
        stage="s",
        step=number,
        steps=9,
        message=f"<i>{number}</i>: rbf",
        metric=0.9,
        loss=0.12345 / number,
        seconds_left=400.0 - 61 * number,
    )
    Run.objects.update(events=number)


def steps_shown(page: Page) -> list[str]:
    """The log's step numbers, oldest first."""
    return [
        text.split()[0] for text in reversed(page.locator("[data-log] td:nth-child(3)").all_inner_texts())
    ]


def test_page_follows_by_its_stream_alone_and_comes_anew_with_the_result(reader: Watched) -> None:
    page = reader.page
    with page.expect_response(lambda answer: "/events" in answer.url):
        reader.open("/jobs/1")
    add_step(4)
    page.get_by_text("<i>4</i>: rbf", exact=True).wait_for(timeout=PATIENCE)
    polls: list[str] = []
    page.on("request", lambda request: polls.append(request.url) if "/progress" in request.url else None)
    page.wait_for_timeout(4500)
    add_step(5)
    page.get_by_text("<i>5</i>: rbf", exact=True).wait_for(timeout=PATIENCE)

    assert polls == []
    assert steps_shown(page) == ["1", "2", "3", "4", "5"]
    assert page.locator("figure.curve canvas").count() == 1
    assert page.locator("#figures tr").count() == 5
    assert page.locator("progress").evaluate("bar => [bar.value, bar.max]") == [5, 9]
    left = page.locator("[data-left]").inner_text()
    assert left == "About 95 s left, by the pace of the steps so far. The loss is 0.02469."

    Run.objects.update(state=Run.State.DONE)
    job_rows.add_result(1)
    page.get_by_text("Paid out").wait_for(timeout=PATIENCE)

    assert page.locator("#progress[data-live]").count() == 0
    assert reader.complaints == []
    assert reader.refusals() == []


@pytest.mark.fault("F32")
def test_page_whose_stream_breaks_again_and_again_shows_each_step_once(
    reader: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LIFE_SECONDS", 0.3)
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.1)
    reader.open("/jobs/1")
    for number in range(4, 8):
        add_step(number)
        reader.page.get_by_text(f"<i>{number}</i>: rbf", exact=True).wait_for(timeout=PATIENCE)

    assert steps_shown(reader.page) == [str(number) for number in range(1, 8)]
    assert reader.complaints == []


def test_page_out_of_sight_holds_no_stream(reader: Watched) -> None:
    page = reader.page
    hide = """(hidden) => {
        Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
    }"""
    with page.expect_request(lambda request: "/events" in request.url) as opened:
        reader.open("/jobs/1")
    with page.expect_event("requestfailed", lambda request: request == opened.value, timeout=PATIENCE):
        page.evaluate(hide, True)
    add_step(4)
    with page.expect_request(lambda request: "/events" in request.url):
        page.evaluate(hide, False)
    page.get_by_text("<i>4</i>: rbf", exact=True).wait_for(timeout=PATIENCE)

    assert steps_shown(page) == ["1", "2", "3", "4"]
