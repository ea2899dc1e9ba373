"""Texts that strangers write, on every page that shows them: shown as text, never as markup."""

import json
from html.parser import HTMLParser

import pytest
from django.test import Client

from accounts.models import User
from marketplace.models import DatasetDraft, Upload
from marketplace.store import content_store
from qjobs.models import Job
from tests.fakes import job_rows, rows

pytestmark = [pytest.mark.django_db, pytest.mark.attack("S18")]

PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "</title></textarea></script><script>alert(1)</script>",
    "javascript:alert(1)",
    "{{ settings.SECRET_KEY }}{% load static %}",
    "\u202egnp.exe\u2066",
    "a" * 200,
    "line\u2028separator & ampersand <!-- comment",
)
PAGES = (
    "/",
    "/datasets",
    "/datasets?q=script",
    "/datasets?sort=rows&licence=x",
    "/datasets/1",
    "/proposals",
    "/proposals/1",
    f"/members/{rows.address(41)}",
    "/jobs",
    "/jobs/1",
    "/jobs/1/progress",
    "/jobs/2",
    "/models",
    "/models/2",
)
OWN_SCRIPTS = (
    "/static/jobs/curve.js",
    "/static/jobs/live.js",
    "/static/jobs/verify.js",
    "/static/vendor/uplot/uPlot.iife.min.js",
    "/static/governance/ballots.js",
    "/static/governance/countdown.js",
    "/static/vendor/htmx/htmx.min.js",
    "/static/wallet/main.js",
    "/static/wallet/faucet.js",
    "/static/wallet/job_form.js",
    "/static/wallet/publish.js",
    "/static/verify/button.js",
    "/static/verify/row_form.js",
    "/static/verify/use.js",
    "/static/jobs/predict.js",
)
OWN_PAGES = (
    "/account",
    "/datasets/1",
    "/datasets/publish/1",
    "/jobs/1",
    "/jobs/new?dataset=1",
    "/proposals/1",
)


class Markup(HTMLParser):
    """Collects what could run: scripts, event attributes, javascript: addresses, inline style."""

    def __init__(self) -> None:
        super().__init__()
        self.dangers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        is_own = tag == "script" and (
            given.get("src") in OWN_SCRIPTS or given.get("type") == "application/ld+json"
        )
        if tag in {"script", "style", "iframe", "object", "base", "svg"} and not is_own:
            self.dangers.append(f"<{tag}>")
        for name, value in attrs:
            is_address = name in {"href", "src", "action", "formaction", "hx-get"}
            leads_to_script = is_address and (value or "").strip().lower().startswith("javascript:")
            if name.startswith("on") or name == "style" or leads_to_script:
                self.dangers.append(f"{tag} {name}={value}")


@pytest.fixture(params=PAYLOADS, ids=range(len(PAYLOADS)))
def payload(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def hostile_rows(payload: str) -> None:
    """The payload in every text that a stranger chooses."""
    rows.add_head()
    rows.add_quorum()
    short = payload[:200]
    rows.add_dataset(
        1,
        title=short,
        description=payload,
        licence=short,
        creator=short,
        keywords=[payload],
        file_name=short,
        label_column=short,
        profile=rows.profile_document(3, payload) | {"preview": [[payload] * 4]},
    )
    rows.add_listing(1)
    rows.add_proposal(1, description=payload)
    rows.add_vote(1, 41, reason=payload)
    job_rows.add_job(1, state=Job.State.RUNNING, algorithm=payload[:66], engine=payload[:66])
    job_rows.add_run(1, message=payload)
    job_rows.add_job(2)
    metrics = {
        "models": {payload: {"mean_accuracy": 0.5, "interval": [0.4, 0.6]}},
        "verdict_sentence": payload,
    }
    block = content_store().add_block(json.dumps(metrics).encode())
    job_rows.add_result(2, metrics_digest="0x" + block.digest.hex())


@pytest.mark.usefixtures("hostile_rows")
def test_no_page_lets_a_strangers_text_become_markup(reader: Client) -> None:
    for address in PAGES:
        page = reader.get(address)
        markup = Markup()
        markup.feed(page.text)

        assert page.status_code == 200, address
        assert markup.dangers == [], address


@pytest.mark.usefixtures("hostile_rows")
def test_pages_of_a_signed_in_wallet_neither(owner: Client, payload: str) -> None:
    file = Upload.objects.create(
        pk=1,
        owner=User.objects.get(address=rows.PROVIDER),
        file_name=payload[:200],
        cid="bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy",
        codec=0x55,
        content_digest=rows.digest("file"),
        sha256="00" * 32,
        size_bytes=10,
        profile=rows.profile_document(3, payload) | {"preview": [[payload]]},
    )
    DatasetDraft.objects.create(
        upload=file,
        title=payload[:200],
        metadata_cid="cid",
        metadata_digest=rows.digest("draft"),
        terms={"title": payload[:200], "creator": payload, "keywords": [payload], "payees": []},
    )
    for address in OWN_PAGES:
        page = owner.get(address)
        markup = Markup()
        markup.feed(page.text)

        assert page.status_code == 200, address
        assert markup.dangers == [], address


def test_search_words_are_shown_as_text(reader: Client, payload: str) -> None:
    page = reader.get("/datasets", {"q": payload})
    markup = Markup()
    markup.feed(page.text)

    assert markup.dangers == []
