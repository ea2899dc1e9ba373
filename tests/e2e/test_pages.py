"""Every page in a real Chromium: the policy holds, nothing comes from elsewhere, a phone is wide enough."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from accounts.models import User
from marketplace import tokens
from marketplace.store import content_store
from marketplace.tokens import Token
from qjobs.models import Job, RunEvent
from tests.fakes import job_rows, rows
from tests.tools import require_tool

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.attack("S17")]

PHONE, DESK = 375, 1280
ADDRESSES = (
    "/",
    "/datasets",
    "/datasets?q=nothing-has-this-word",
    "/datasets/1",
    "/datasets/2",
    "/proposals",
    "/proposals?open=1",
    "/proposals/1",
    "/jobs",
    "/jobs/1",
    "/jobs/2",
    "/models",
    "/models/2",
    "/account",
    "/datasets/publish",
    "/jobs/new?dataset=1",
    "/jobs/new?dataset=2",
    "/nothing-here",
)
LISTS = ("/", "/datasets", "/proposals", "/jobs", "/models")
HOSTILE = "<img src=x onerror=alert(1)>" + "w" * 150
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass
class Watched:
    """A page, what its console complained of, and what it asked from elsewhere."""

    page: Page
    origin: str
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def open(self, address: str) -> None:
        self.page.goto(self.origin + address, wait_until="load")

    def width_beyond(self) -> int:
        """How many pixels the page is wider than its window."""
        return self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")

    def broken_images(self) -> list[str]:
        return self.page.evaluate(
            "[...document.images].filter(i => !i.naturalWidth).map(i => i.src.slice(0, 80))"
        )


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, without a profile and without calls home."""
    path = require_tool("chromium", how="apt install chromium")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def site(live_server, settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The site's address, over made-up contracts and an own content store."""
    settings.DEPLOYMENT_FILE = tmp_path / "31337.json"
    settings.STORE_DIR = tmp_path / "store"
    rows.write_deployment(settings.DEPLOYMENT_FILE)
    monkeypatch.setattr(tokens, "_ask", lambda address, _period: Token(address, "TUSD", 6))
    return live_server.url


@pytest.fixture(
    params=[(PHONE, "light"), (PHONE, "dark"), (DESK, "light")], ids=lambda each: f"{each[0]}-{each[1]}"
)
def visitor(request: pytest.FixtureRequest, chromium: Browser, site: str) -> Iterator[Watched]:
    """A reader with this window and colour scheme."""
    width, scheme = request.param
    yield from _visit(chromium, site, width, scheme)


@pytest.fixture
def desk_visitor(chromium: Browser, site: str) -> Iterator[Watched]:
    yield from _visit(chromium, site, DESK, "light")


def _visit(chromium: Browser, site: str, width: int, scheme: str) -> Iterator[Watched]:
    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    watched = Watched(context.new_page(), site)
    watched.page.on("console", lambda message: watched.complaints.append(message.text))
    watched.page.on("pageerror", lambda error: watched.complaints.append(str(error)))
    watched.page.on(
        "request",
        lambda request: (
            None if request.url.startswith((site, "data:")) else watched.strangers.append(request.url)
        ),
    )
    yield watched
    context.close()


def fill() -> None:
    """Everything once with long and hostile texts, a running job, a settled one, many datasets."""
    rows.add_head()
    rows.add_quorum()
    croissant = content_store().add_block(json.dumps({"name": f"</script>{HOSTILE}"}).encode())
    rows.add_dataset(1, document="0x" + croissant.digest.hex())
    rows.add_listing(1)
    rows.add_dataset(
        2,
        title=HOSTILE,
        description=HOSTILE * 5,
        keywords=[HOSTILE],
        profile=rows.profile_document(40, HOSTILE),
    )
    for token_id in range(3, 28):
        rows.add_dataset(token_id, title=f"Set no. {token_id}")
    rows.add_proposal(1, description=f"{HOSTILE}\n\nWhy not.")
    rows.add_vote(1, 41, votes=30_000, reason=HOSTILE)
    rows.add_vote(1, 42, votes=12_000, support=0)
    rows.add_proposal(2, deadline_at=rows.NOW - 50)
    job_rows.add_job(1, state=Job.State.RUNNING)
    job_rows.add_run(1, message=HOSTILE)
    job_rows.add_job(2)
    metrics = content_store().add_block(json.dumps(job_rows.metrics_document()).encode())
    job_rows.add_result(2, metrics_digest="0x" + metrics.digest.hex())


def test_every_page_keeps_the_policy_and_fits_its_window(visitor: Watched) -> None:
    fill()

    for address in ADDRESSES:
        visitor.complaints.clear()
        visitor.open(address)

        assert [each for each in visitor.complaints if "404 (Not Found)" not in each] == [], address
        assert visitor.width_beyond() <= 0, address
        assert visitor.broken_images() == [], address
    assert visitor.strangers == []


def test_pages_can_be_read_without_javascript(chromium: Browser, site: str) -> None:
    fill()
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()

    page.goto(f"{site}/datasets/1")
    buys = page.get_by_role("button", name="Sign in to buy")

    assert page.get_by_text("The price buys the right, not secrecy").is_visible()
    assert page.get_by_text("Buying needs JavaScript").first.is_visible()
    assert not buys.is_visible()
    context.close()


def test_dataset_page_carries_its_croissant_document(desk_visitor: Watched) -> None:
    fill()

    desk_visitor.open("/datasets/1")
    text = desk_visitor.page.locator("script[type='application/ld+json']").text_content()

    assert json.loads(text or "")["name"] == f"</script>{HOSTILE}"
    assert desk_visitor.complaints == []


def test_lists_without_rows_keep_the_policy_and_fit(visitor: Watched) -> None:
    for address in LISTS:
        visitor.open(address)

        assert visitor.width_beyond() <= 0, address
    assert visitor.complaints == []
    assert visitor.strangers == []


def test_running_job_shows_new_progress_and_then_its_result_by_itself(desk_visitor: Watched) -> None:
    fill()
    desk_visitor.open("/jobs/1")
    run = RunEvent.objects.filter(run__job_id=1).latest("sequence").run

    RunEvent.objects.create(run=run, sequence=4, stage="split", step=4, steps=5, message="split four is done")
    run.events = 4
    run.save()
    desk_visitor.page.get_by_text("split four is done").first.wait_for(timeout=10_000)
    job_rows.add_result(1)
    desk_visitor.page.get_by_text("Paid out").wait_for(timeout=10_000)

    assert desk_visitor.complaints == []


def test_admin_keeps_the_policy_in_the_sites_colours(desk_visitor: Watched) -> None:
    fill()
    User.objects.create_superuser(rows.MEMBER, password="for this test")
    page = desk_visitor.page

    desk_visitor.open("/admin/login/")
    page.fill("[name=username]", rows.MEMBER)
    page.fill("[name=password]", "for this test")
    page.click("[type=submit]")
    for address in (
        "/admin/",
        "/admin/qjobs/job/",
        "/admin/qjobs/job/1/change/",
        "/admin/marketplace/dataset/",
    ):
        desk_visitor.open(address)

    assert page.get_by_text("Qommons admin").is_visible()
    assert desk_visitor.complaints == []
    assert desk_visitor.strangers == []


def test_first_tab_stop_is_the_skip_link_and_focus_is_visible(desk_visitor: Watched) -> None:
    desk_visitor.open("/")

    desk_visitor.page.keyboard.press("Tab")
    first = desk_visitor.page.evaluate("document.activeElement.textContent")
    outline = desk_visitor.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")

    assert first == "Skip to the content"
    assert outline == "solid"
