"""A job's events as a stream: when it breaks nothing is missed or repeated, and many of them hurt nobody."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client

from qjobs.api import live, lookout
from qjobs.models import Job, Run, RunEvent
from tests.fakes import job_rows, rows
from tests.fakes.asgi_server import asgi_server

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Event:
    name: str
    place: str
    fields: dict


class Reader:
    """A client of one stream."""

    def __init__(self, answer: HTTPResponse) -> None:
        self.answer = answer

    def next_line(self) -> str:
        return self.answer.readline().decode().rstrip("\n")

    def next(self) -> Event | None:
        """The next event; None where the stream has ended."""
        found: dict[str, str] = {}
        while line := self.answer.readline().decode():
            name, _, value = line.rstrip("\n").partition(": ")
            if name in {"event", "id", "data"}:
                found[name] = value
            elif not name and "event" in found:
                return Event(found["event"], found.get("id", ""), json.loads(found["data"]))
        return None

    def until(self, name: str) -> list[Event]:
        """The events to the first of this name, itself included."""
        got = []
        while True:
            event = self.next()
            assert event is not None, got
            got.append(event)
            if event.name == name:
                return got


@pytest.fixture
def site() -> Iterator[str]:
    with asgi_server() as address:
        yield address


@contextmanager
def asked(site: str, path: str, **headers: str) -> Iterator[HTTPResponse]:
    web = HTTPConnection(urlsplit(site).netloc, timeout=PATIENCE_SECONDS)
    try:
        web.request("GET", path, headers={name.replace("_", "-"): text for name, text in headers.items()})
        yield web.getresponse()
    finally:
        web.close()


@contextmanager
def reading(site: str, job_id: int = 1, place: str = "", *, query: str = "") -> Iterator[Reader]:
    headers = {"Last_Event_ID": place} if place else {}
    with asked(site, f"/jobs/{job_id}/events{query}", **headers) as answer:
        assert (answer.status, answer.headers["Content-Type"]) == (200, "text/event-stream")
        yield Reader(answer)


def add_step(number: int, *, message: str = "split") -> None:
    """One more step of the only run, as a worker commits it."""
    run = Run.objects.get()
    RunEvent.objects.create(run=run, sequence=number, stage="s", step=number, steps=99, message=message)
    Run.objects.filter(pk=run.pk).update(events=number)


def running_job(steps: int = 3) -> None:
    rows.add_head()
    job_rows.add_job(1, state=Job.State.RUNNING)
    job_rows.add_run(1, events=steps)


def steps_of(events: list[Event]) -> list[int]:
    return [event.fields["sequence"] for event in events if event.name == "step"]


def test_stream_tells_the_past_then_what_comes_then_that_it_is_over(site: str) -> None:
    running_job()
    with reading(site) as reader:
        past = reader.until("standing")
        add_step(4, message="<b>four</b>\n\nevent: end")
        fresh = reader.until("standing")
        Run.objects.update(state=Run.State.DONE)
        job_rows.add_result(1)
        rest = reader.until("end")

        assert reader.next() is None

    assert [event.name for event in past] == ["step"] * 3 + ["milestone", "standing"]
    assert past[-1].fields == {"state": Job.State.RUNNING, "words": "running: split 3"}
    assert fresh[0].fields["message"] == "<b>four</b>\n\nevent: end"
    assert [event.fields["event"] for event in rest if event.name == "milestone"][-1] == "JobSettled"
    assert steps_of(rest) == []


@pytest.mark.fault("F32")
def test_cut_stream_resumes_without_missing_or_repeating_anything(site: str) -> None:
    running_job(3)
    seen: list[Event] = []
    place = ""
    for cut_after in (1, 2, 1, 3):
        with reading(site, place=place) as reader:
            for _ in range(cut_after):
                event = reader.next()
                assert event is not None
                seen.append(event)
        place = seen[-1].place
        add_step(len(Run.objects.get().progress.all()) + 1)
    with reading(site, place=place) as reader:
        seen += reader.until("standing")

    assert steps_of(seen) == list(range(1, 8))
    milestones = [event.fields["event"] for event in seen if event.name == "milestone"]
    assert milestones == ["JobRequested"]


@pytest.mark.fault("F32")
def test_page_that_was_rendered_with_the_newest_step_is_told_only_later_ones(site: str) -> None:
    running_job(5)
    with reading(site, query="?after=5-100.1") as reader:
        told = reader.until("standing")

    assert [event.name for event in told] == ["standing"]


@pytest.mark.parametrize(
    "place",
    [
        "99-1.1",
        "999999999-999999999999999.999999999",
        "-1-1.1",
        "1",
        "1-2",
        "x" * 3000,
        "١-١.١",
        "0-100.7",
        "'; --",
    ],
)
def test_place_that_this_site_never_gave_means_the_beginning(site: str, place: str) -> None:
    running_job(2)
    with asked(site, "/jobs/1/events", **{"Last_Event_ID": place.encode("utf-8").decode("latin1")}) as answer:
        told = Reader(answer).until("standing")

    assert steps_of(told) == [1, 2]
    assert [event.name for event in told].count("milestone") == 1


def test_history_that_a_reorganisation_took_is_told_anew(site: str) -> None:
    running_job(2)
    with reading(site, place="2-104.9") as reader:
        told = reader.until("standing")

    assert [event.name for event in told] == ["milestone", "standing"]


def test_long_past_comes_whole(site: str) -> None:
    running_job(1201)
    with reading(site) as reader:
        assert steps_of(reader.until("standing")) == list(range(1, 1202))


def test_quiet_stream_beats_so_that_no_proxy_takes_it_for_dead(
    site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.1)
    running_job()
    with reading(site) as reader:
        reader.until("standing")

        assert [reader.next_line() for _ in range(4)] == [": still here", ""] * 2


def test_forgotten_stream_ends_and_is_resumed(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LIFE_SECONDS", 0.5)
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.1)
    running_job()
    with reading(site) as reader:
        place = reader.until("standing")[-1].place

        assert reader.next() is None
    monkeypatch.undo()
    add_step(4)
    with reading(site, place=place) as reader:
        assert steps_of(reader.until("standing")) == [4]


def test_stream_of_a_job_that_is_taken_back_by_the_chain_ends(site: str) -> None:
    running_job()
    with reading(site) as reader:
        reader.until("standing")
        with rows.projecting():
            Job.objects.all().delete()

        assert reader.until("end")[-1].name == "end"


def test_api_streams_the_same_to_who_asks_for_events(site: str) -> None:
    running_job()
    with asked(site, "/api/v1/jobs/1/events", Accept="text/event-stream") as answer:
        told = Reader(answer).until("standing")
    with asked(site, "/api/v1/jobs/1/events", Accept="application/json") as answer:
        page = json.loads(answer.read())

    assert [event.fields for event in told if event.name == "step"] == page["events"]
    assert page["last"] == 3


@pytest.mark.parametrize("path", ["/jobs/9/events", "/api/v1/jobs/9/events"])
def test_stream_of_no_job_is_a_refusal_in_words(site: str, path: str) -> None:
    with asked(site, path, Accept="text/event-stream") as answer:
        assert (answer.status, answer.headers["Content-Type"]) == (404, "application/json")
        assert json.loads(answer.read())["error"]["code"] == "job_unknown"


def test_server_that_keeps_nothing_open_tells_the_page_to_poll() -> None:
    running_job()

    assert Client().get("/jobs/1/events").status_code == 204


@pytest.mark.attack("S35")
def test_one_address_may_hold_so_many_streams_and_no_more(site: str, settings) -> None:
    settings.STREAMS_AN_ADDRESS = 3
    running_job()
    with ExitStack() as open_ones:
        for _ in range(3):
            open_ones.enter_context(reading(site)).next()
        with asked(site, "/jobs/1/events") as refused:
            error = json.loads(refused.read())["error"]

            assert (refused.status, refused.headers["Retry-After"]) == (429, "10")
            assert "3 event streams open" in error["message"]
    until = time.monotonic() + PATIENCE_SECONDS
    while (status := _status(site)) == 429 and time.monotonic() < until:
        time.sleep(0.1)
    assert status == 200


def _status(site: str) -> int:
    with asked(site, "/jobs/1/events") as answer:
        return answer.status


@pytest.mark.fault("F32")
def test_fifty_open_streams_hold_no_connection_each_and_leave_the_pages_alone(site: str, settings) -> None:
    settings.STREAMS_AN_ADDRESS = 50
    running_job()
    with ExitStack() as open_ones:
        readers = [open_ones.enter_context(reading(site)) for _ in range(50)]
        for reader in readers:
            reader.until("standing")

        held = _connections()
        started = time.monotonic()
        with asked(site, "/jobs/1") as page:
            assert page.status == 200
            assert "Progress" in page.read().decode()
        page_seconds = time.monotonic() - started
        add_step(4)
        told = [steps_of(reader.until("standing")) for reader in readers]

    assert held <= 3
    assert page_seconds < 20
    assert told == [[4]] * 50


def _connections() -> int:
    """How many the database has of this site, the test's own included."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        return cursor.fetchone()[0]


@pytest.mark.fault("F07")
def test_stream_outlives_a_database_that_is_away_for_a_while(
    site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    running_job()
    whole, failures = lookout.sights_of, []

    def away(*args):
        if len(failures) < 2:
            failures.append(1)
            raise lookout.DATABASE_AWAY[0]("the server closed the connection")
        return whole(*args)

    with reading(site) as reader:
        reader.until("standing")
        monkeypatch.setattr(lookout, "sights_of", away)
        add_step(4)

        assert steps_of(reader.until("standing")) == [4]
    assert len(failures) == 2
