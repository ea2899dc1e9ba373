"""How pages look to everybody: axe finds nothing, nothing moves by itself, all can be read without script."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page

from accounts.models import User
from config.stack.layout import ROOT
from marketplace.models import Dataset
from qjobs.views.forms.registry import FORMS
from tests.e2e.made_up_site import ADDRESSES, DESK, LISTS, Watched, chromium, fill, site, watching
from tests.fakes import rows

__all__ = ["chromium", "site"]
pytestmark = pytest.mark.django_db(transaction=True)

AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE = 390
MANY = 1_000
SHIFT_ALLOWED = 0.001
SIGNED_IN = ("/account", "/datasets/publish", "/datasets/1", "/jobs/new?dataset=1", "/jobs/1", "/proposals/1")
# Every field of a form, also those that wait for a choice.
UNFOLD = """
for (const each of document.querySelectorAll("details")) each.open = true;
for (const each of document.querySelectorAll(".field[hidden]")) each.hidden = false;
"""
VIEWS = [(width, scheme) for width in (PHONE, DESK) for scheme in ("light", "dark")]


@pytest.fixture(params=VIEWS, ids=lambda each: f"{each[0]}-{each[1]}")
def reader(request: pytest.FixtureRequest, chromium: Browser, site: str) -> Iterator[Watched]:
    width, scheme = request.param
    with watching(chromium, site, width, scheme, AXE) as watched:
        yield watched


def complaints_of(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA and good practice, one line a rule with the first element."""
    found: list[dict[str, Any]] = page.evaluate(
        "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations'], preload: false})"
        ".then(all => all.violations)",
        WCAG,
    )
    return [f"{each['id']}: {each['help']} at {each['nodes'][0]['html'][:160]}" for each in found]


def faults_of(watched: Watched, address: str) -> list[str]:
    """Everything that is wrong with one page."""
    watched.open(address)
    faults = [f"{address}: {each}" for each in complaints_of(watched.page)]
    faults += [f"{address}: the policy refused {each}" for each in watched.refusals()]
    if watched.layout_shift() > SHIFT_ALLOWED:
        faults.append(f"{address}: shifts by {watched.layout_shift():.4f}")
    if watched.width_beyond() > 0:
        faults.append(f"{address}: {watched.width_beyond()} px too wide")
    return faults


def sign_in(watched: Watched, address: str) -> None:
    """The session of a wallet, without the wallet."""
    user, _ = User.objects.get_or_create(address=address)
    client = Client()
    client.force_login(user, backend="accounts.backends.WalletBackend")
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": watched.origin}
    watched.page.context.add_cookies([cookie])


def test_every_page_pleases_axe_and_stands_still(reader: Watched) -> None:
    fill()

    faults = [fault for address in ADDRESSES for fault in faults_of(reader, address)]

    assert faults == [], "\n".join(faults)
    assert reader.strangers == []


def test_lists_without_a_row_please_axe_and_teach(reader: Watched) -> None:
    faults = [fault for address in LISTS for fault in faults_of(reader, address)]

    assert faults == [], "\n".join(faults)


def test_lists_of_a_thousand_rows_please_axe_and_stand_still(reader: Watched) -> None:
    rows.add_head()
    rows.add_quorum()
    for number in range(1, MANY + 1):
        rows.add_dataset(number, title=f"Set no. {number}")
        rows.add_proposal(number, description=f"Change no. {number}")

    faults = [fault for address in ("/", "/datasets", "/proposals") for fault in faults_of(reader, address)]

    assert faults == [], "\n".join(faults)


def test_pages_of_a_signed_in_wallet_please_axe_and_stand_still(reader: Watched) -> None:
    fill()
    sign_in(reader, rows.MEMBER)

    faults = [fault for address in SIGNED_IN for fault in faults_of(reader, address)]

    assert faults == [], "\n".join(faults)


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "dark"), (DESK, "light")])
def test_every_request_form_pleases_axe_with_all_its_fields_unfolded(
    chromium: Browser, site: str, width: int, scheme: str
) -> None:
    rows.add_head()
    rows.add_dataset(1)
    with rows.projecting():
        Dataset.objects.filter(pk=1).update(algorithms=[])
    faults = []
    with watching(chromium, site, width, scheme, AXE) as reader:
        sign_in(reader, rows.MEMBER)
        for key in FORMS:
            reader.open(f"/jobs/new?dataset=1&algorithm={key}")
            shifts = reader.layout_shift() > SHIFT_ALLOWED
            reader.page.evaluate(UNFOLD)
            found = [*complaints_of(reader.page), *reader.refusals(), *["shifts"] * shifts]
            found += ["too wide"] * (reader.width_beyond() > 0)
            faults += [f"{key}: {each}" for each in found]

            assert reader.page.locator("form[data-act=spec]").is_visible(), key

    assert faults == [], "\n".join(faults)


def test_every_page_can_be_read_without_script(chromium: Browser, site: str) -> None:
    fill()
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()

    for address in ADDRESSES:
        page.goto(site + address)

        assert page.locator("h1").inner_text(), address
        assert len(page.locator("main").inner_text()) > 60, address
        assert page.locator("[data-do]:visible, form[data-act]:visible").count() == 0, address
        assert page.locator("dialog:visible").count() == 0, address
    context.close()
