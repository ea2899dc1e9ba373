"""A browser, a live site and its people, for the tests that act with a wallet; made once a module."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from chain.accounts import LocalWallet
from config.demo.api import ApiUser
from tests.e2e.journey import Visitor, api_user, publish_and_list, visit, wait_for_gifts
from tests.e2e.live_site import LiveSite, live_site
from tests.tools import require_tool

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = require_tool("chromium", how="apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    with live_site(tmp_path_factory.mktemp("journey")) as running:
        yield running


@pytest.fixture(scope="module")
def people(site: LiveSite) -> dict[str, ApiUser]:
    """A provider, a researcher and a member with money and votes."""
    found = {role: api_user(site, role) for role in ("provider", "researcher", "member")}
    for user in found.values():
        wait_for_gifts(user)
    return found


@pytest.fixture(scope="module")
def dataset(site: LiveSite, people: dict[str, ApiUser], tmp_path_factory: pytest.TempPathFactory) -> int:
    """A dataset that the provider has published and listed."""
    return publish_and_list(site, people["provider"], tmp_path_factory.mktemp("table"))


@pytest.fixture
def newcomer(chromium: Browser, site: LiveSite) -> Iterator[Visitor]:
    """Somebody with two wallets and an empty account."""
    with visit(chromium, site, LocalWallet.create()) as visitor:
        yield visitor


@pytest.fixture
def researcher(chromium: Browser, site: LiveSite, people: dict[str, ApiUser]) -> Iterator[Visitor]:
    """The researcher, signed in."""
    with visit(chromium, site, people["researcher"].wallet) as visitor:
        visitor.open("/account")
        visitor.signs_in()
        yield visitor
