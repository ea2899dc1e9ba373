"""What goes wrong between page, wallet and network, in Chromium: it ends in words, nothing is done twice."""

import pytest
from playwright.sync_api import Browser, expect

from chain.accounts import LocalWallet
from tests.e2e.browser_wallet import emit
from tests.e2e.journey import Visitor, opens_offer, passes, visit, wait_until, watch
from tests.e2e.live_site import LiveSite

BUY = "Buy for 25 TUSD"


def comes_to_the_purchase(visitor: Visitor, dataset: int) -> None:
    """The permit is signed; the purchase stands in words, the wallet is not open yet."""
    opens_offer(visitor, dataset)
    visitor.press(BUY)
    visitor.confirm()
    visitor.sees("Buy compute access to dataset")


@pytest.mark.fault("F24")
def test_purchase_that_was_sped_up_is_followed_to_its_end(
    researcher: Visitor, site: LiveSite, dataset: int
) -> None:
    before = passes(researcher)
    comes_to_the_purchase(researcher, dataset)

    site.mine_every(0)
    try:
        researcher.confirm()
        researcher.sees("waiting for a block")
        faster = researcher.fox.speed_up_last()
    finally:
        site.mine_every(1)

    researcher.sees("Done: Buy compute access")
    assert passes(researcher) == before + 1
    assert site.client.wait_for_receipt(faster).succeeded


@pytest.mark.fault("F24")
def test_purchase_that_the_network_dropped_ends_in_words_and_can_be_made_again(
    researcher: Visitor, site: LiveSite, dataset: int
) -> None:
    before = passes(researcher)
    comes_to_the_purchase(researcher, dataset)

    site.mine_every(0)
    try:
        researcher.confirm()
        researcher.sees("waiting for a block")
        researcher.fox.drop_last()
        researcher.page.get_by_text("The network has dropped it").first.wait_for(timeout=60_000)
    finally:
        site.mine_every(1)

    assert passes(researcher) == before
    expect(researcher.page.get_by_role("button", name=BUY)).to_be_enabled()


@pytest.mark.fault("F23")
def test_tab_closed_right_after_signing_leaves_the_purchase_to_the_next_tab(
    researcher: Visitor, dataset: int
) -> None:
    before = passes(researcher)
    comes_to_the_purchase(researcher, dataset)
    researcher.confirm()
    kept = "localStorage.getItem('qommons.pending') ?? '[]'"
    wait_until(lambda: researcher.page.evaluate(kept) != "[]", "the page to keep what was sent")

    next_tab = researcher.page.context.new_page()
    watch(researcher, next_tab)
    researcher.page.close()
    next_tab.goto(f"{researcher.site.url}/datasets")
    next_tab.get_by_text("Done: Buy compute access").wait_for()
    researcher.page = next_tab

    assert passes(researcher) == before + 1


@pytest.mark.fault("F25")
def test_account_that_changed_after_the_words_were_read_signs_nothing(
    researcher: Visitor, dataset: int
) -> None:
    comes_to_the_purchase(researcher, dataset)
    own, researcher.fox.account = researcher.fox.account, researcher.bear.account

    researcher.confirm()
    researcher.sees("but you are signed in as")

    assert "eth_sendTransaction" not in researcher.fox.methods()
    researcher.fox.account = own


@pytest.mark.fault("F25")
def test_wallet_that_is_disconnected_is_named_so_and_can_come_back(researcher: Visitor, dataset: int) -> None:
    before = passes(researcher)
    comes_to_the_purchase(researcher, dataset)

    researcher.fox.is_disconnected = True
    researcher.confirm()
    researcher.sees("The wallet is disconnected from every chain.")
    researcher.fox.is_disconnected = False
    researcher.press("Try again")
    researcher.sees("Done: Buy compute access")

    assert passes(researcher) == before + 1


def test_disconnection_between_acts_is_said_at_once(researcher: Visitor) -> None:
    emit(researcher.page, researcher.fox, "disconnect", {"code": 1013})

    researcher.sees("The wallet is disconnected from every chain.")


def test_wallet_without_ether_is_told_before_it_opens(
    chromium: Browser, site: LiveSite, dataset: int
) -> None:
    with visit(chromium, site, LocalWallet.create()) as pauper:
        pauper.open("/account")
        pauper.signs_in()
        pauper.page.locator("details:has(#delegate) > summary").or_(
            pauper.page.get_by_role("button", name="Get them")
        ).first.wait_for()
        opens_offer(pauper, dataset)
        pauper.press(BUY)

        expect(pauper.dialog).to_contain_text("TUSD")
        assert pauper.fox.sent == []


@pytest.mark.fault("F21")
def test_back_button_after_a_purchase_does_not_buy_again(researcher: Visitor, dataset: int) -> None:
    comes_to_the_purchase(researcher, dataset)
    researcher.confirm()
    researcher.sees("Done: Buy compute access")
    before = passes(researcher)

    researcher.open("/datasets")
    researcher.page.go_back()
    researcher.page.locator("main h1").wait_for()

    assert researcher.page.locator("dialog[open]").count() == 0
    assert researcher.fox.methods().count("eth_sendTransaction") == 1
    assert passes(researcher) == before
