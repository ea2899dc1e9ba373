"""Pages over made-up rows in a real Chromium: who looks, and what is noted of each page."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from marketplace import tokens
from marketplace.store import content_store
from marketplace.tokens import Token
from qjobs.models import Job
from tests.e2e.conftest import QUIET
from tests.fakes import job_rows, rows
from tests.tools import require_tool

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
    "/proposals/1?support=against&sort=newest",
    "/proposals/1/effect",
    "/proposals/new",
    "/proposals/new/pay",
    "/members",
    f"/members/{rows.MEMBER}",
    "/jobs",
    "/executors",
    "/parameters",
    "/jobs/1",
    "/jobs/2",
    "/models",
    "/models/2",
    "/account",
    "/docs/",
    "/docs/wallet",
    "/docs/votes",
    "/docs/verification",
    "/docs/worker",
    "/docs/glossary",
    "/docs/api",
    "/docs/algorithms",
    "/docs/algorithms/qsvm",
    "/docs/algorithms/hardware",
    "/datasets/publish",
    "/jobs/new?dataset=1",
    "/jobs/new?dataset=2",
    *(f"/jobs/new?dataset=1&algorithm={name}" for name in ("qaoa", "qnn", "qpca", "measured")),
    "/jobs/new?algorithm=vqe",
    "/nothing-here",
)
LISTS = ("/", "/datasets", "/proposals", "/members", "/jobs", "/models")
HOSTILE = "<img src=x onerror=alert(1)>" + "w" * 150
# Sums what moves by itself, and keeps what the content security policy refused.
WITNESS = """
window.layoutShift = 0;
window.refusals = [];
new PerformanceObserver((list) => list.getEntries().forEach((each) => { window.layoutShift += each.value; }))
  .observe({ type: "layout-shift", buffered: true });
document.addEventListener("securitypolicyviolation", (event) =>
  window.refusals.push(`${event.violatedDirective} ${event.blockedURI}`));
"""


@dataclass
class Watched:
    """A page, what its console complained of, and what it asked from elsewhere."""

    page: Page
    origin: str
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def open(self, address: str) -> None:
        """The page once loaded; one that is broken is no page."""
        answer = self.page.goto(self.origin + address, wait_until="load")
        assert answer is None or answer.status < 500, f"{address} answers {answer.status}"

    def width_beyond(self) -> int:
        """How many pixels the page is wider than its window."""
        return self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")

    def layout_shift(self) -> float:
        """The page's cumulative layout shift so far."""
        return self.page.evaluate("window.layoutShift")

    def refusals(self) -> list[str]:
        """What the content security policy refused on this page."""
        return self.page.evaluate("window.refusals")

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
    without_a_node(settings, tmp_path, monkeypatch)
    return live_server.url


def without_a_node(settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Made-up contracts, an own content store, and a token that is known by heart."""
    settings.DEPLOYMENT_FILE = tmp_path / "31337.json"
    settings.STORE_DIR = tmp_path / "store"
    rows.write_deployment(settings.DEPLOYMENT_FILE)
    monkeypatch.setattr(tokens, "_ask", lambda address: Token(address, "TUSD", 6))
    monkeypatch.setattr(tokens, "_kept", {})


@contextmanager
def watching(chromium: Browser, site: str, width: int, scheme: str, *scripts: str) -> Iterator[Watched]:
    """A reader with this window and colour scheme; each script runs in every page before its own."""
    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    for script in (WITNESS, *scripts):
        context.add_init_script(script)
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
