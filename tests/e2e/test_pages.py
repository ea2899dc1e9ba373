"""Every page in a real Chromium: the policy holds, nothing comes from elsewhere, a phone is wide enough."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from accounts.models import User
from qjobs.models import RunEvent
from tests.e2e.made_up_site import (
    ADDRESSES,
    DESK,
    HOSTILE,
    LISTS,
    PHONE,
    Watched,
    chromium,
    fill,
    site,
    watching,
)
from tests.fakes import job_rows, rows

__all__ = ["chromium", "site"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.attack("S17")]


@pytest.fixture(
    params=[(PHONE, "light"), (PHONE, "dark"), (DESK, "light")], ids=lambda each: f"{each[0]}-{each[1]}"
)
def visitor(request: pytest.FixtureRequest, chromium: Browser, site: str) -> Iterator[Watched]:
    """A reader with this window and colour scheme."""
    width, scheme = request.param
    with watching(chromium, site, width, scheme) as watched:
        yield watched


@pytest.fixture
def desk_visitor(chromium: Browser, site: str) -> Iterator[Watched]:
    with watching(chromium, site, DESK, "light") as watched:
        yield watched


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
