"""The admin console in a real Chromium: the policy holds on every page, axe finds nothing, nothing moves."""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.test import Client
from playwright.sync_api import Browser

from accounts.models import User
from chain.models import OutboxEntry
from qjobs.models import Job, Run
from qjobs.rules.run_states import RunState
from tests.e2e.made_up_site import HOSTILE, Watched, chromium, fill, site, watching
from tests.e2e.test_look import AXE, VIEWS, faults_of
from tests.fakes import job_rows, rows

__all__ = ["chromium", "site"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.attack("S17")]
MANY = 1_000
# What the browser says of stock forms; it refuses nothing.
ADVICE = ("[DOM]", "Autofocus processing was blocked")
LISTS = [f"/admin/{each._meta.app_label}/{each._meta.model_name}/" for each in admin.site._registry]


@pytest.fixture(params=VIEWS, ids=lambda each: f"{each[0]}-{each[1]}")
def operator(request: pytest.FixtureRequest, chromium: Browser, site: str, settings) -> Iterator[Watched]:
    """An operator who is signed in, before a node that is away."""
    settings.CHAIN_RPC_URL = "http://127.0.0.1:9"
    width, scheme = request.param
    client = Client()
    client.force_login(
        User.objects.create_superuser(rows.MEMBER, "for this test alone"),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    with watching(chromium, site, width, scheme, AXE) as watched:
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}
        watched.page.context.add_cookies([cookie])
        yield watched


def fill_console() -> dict[str, int]:
    """A site with work that went wrong; keys of rows whose pages are looked at."""
    fill()
    job_rows.add_job(3, state=Job.State.RUNNING)
    run = job_rows.add_run(3, state=RunState.FAILED, message=HOSTILE)
    Run.objects.filter(pk=run.pk).update(reason=HOSTILE)
    run.files.create(name="metrics.json", cid="b" * 59, size=321, sha256=rows.digest("file"))
    entry = OutboxEntry.objects.create(
        key=f"claim:{rows.EXECUTOR}:3:0:0",
        kind="claim",
        sender="executor",
        state="FAILED",
        error=HOSTILE,
        payload={"job_id": 3},
    )
    OutboxEntry.objects.create(key="ballot:1", kind="ballot", sender="relayer", error="relayer has 0 ETH")
    return {"run": run.pk, "entry": entry.pk, "user": User.objects.get(is_superuser=True).pk}


def complaints(watched: Watched, address: str) -> list[str]:
    watched.complaints.clear()
    faults = faults_of(watched, address)
    return faults + [f"{address}: {each}" for each in watched.complaints if not each.startswith(ADVICE)]


def test_every_page_of_the_console_keeps_the_policy_and_pleases_axe(operator: Watched) -> None:
    keys = fill_console()
    pages = [
        "/admin/",
        "/admin/operations/",
        *LISTS,
        "/admin/qjobs/",
        "/admin/qjobs/job/3/change/",
        f"/admin/qjobs/run/{keys['run']}/change/",
        f"/admin/chain/outboxentry/{keys['entry']}/change/",
        f"/admin/accounts/user/{keys['user']}/change/",
        f"/admin/accounts/user/{keys['user']}/password/",
        f"/admin/accounts/user/{keys['user']}/history/",
        "/admin/accounts/user/add/",
        "/admin/password_change/",
    ]

    faults = [fault for page in pages for fault in complaints(operator, page)]

    assert faults == [], "\n".join(faults)
    assert operator.strangers == []


def test_console_without_a_row_pleases_axe(operator: Watched) -> None:
    faults = [fault for page in ("/admin/operations/", *LISTS) for fault in complaints(operator, page)]

    assert faults == [], "\n".join(faults)


def test_lists_of_a_thousand_rows_stand_still(operator: Watched) -> None:
    OutboxEntry.objects.bulk_create(
        OutboxEntry(key=f"pay:{n}", kind="withdraw", sender="executor", state="FAILED", error="refused")
        for n in range(MANY)
    )
    job_rows.add_job(1)
    job_rows.add_run(1, events=MANY)
    run = Run.objects.get()
    pages = (
        "/admin/operations/",
        "/admin/chain/outboxentry/",
        "/admin/qjobs/job/1/change/",
        f"/admin/qjobs/run/{run.pk}/change/",
    )

    faults = [fault for page in pages for fault in complaints(operator, page)]

    assert faults == [], "\n".join(faults)


@pytest.mark.attack("S37")
def test_operator_resumes_a_run_by_hand_and_says_why(operator: Watched) -> None:
    keys = fill_console()
    page = operator.page
    operator.open("/admin/operations/")

    page.get_by_label("Choose the run of job 3").check()
    page.get_by_role("button", name="Resume").click()
    assert page.evaluate("document.activeElement.name") == "reason"  # the browser asks for it
    page.locator("#reason-resume").fill("the disk was full")
    page.get_by_role("button", name="Resume").click()
    page.get_by_text("1 resumed.").wait_for(timeout=20_000)

    assert page.url.endswith("/admin/operations/")
    assert Run.objects.get(pk=keys["run"]).state == RunState.QUEUED
    operator.open("/admin/admin/logentry/")
    assert page.get_by_text("resumed. Reason: the disk was full").is_visible()


def test_console_can_be_worked_without_script(chromium: Browser, site: str, settings) -> None:
    settings.CHAIN_RPC_URL = "http://127.0.0.1:9"
    User.objects.create_superuser(rows.MEMBER, "for this test alone")
    fill_console()
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()

    page.goto(f"{site}/admin/operations/")
    page.fill("[name=username]", rows.MEMBER)
    page.fill("[name=password]", "for this test alone")
    page.click("[type=submit]")
    page.get_by_label("Choose the run of job 3").check()
    page.locator("#reason-resume").fill("the disk was full")
    page.get_by_role("button", name="Resume").click()

    assert page.get_by_text("1 resumed.").is_visible()
    context.close()
