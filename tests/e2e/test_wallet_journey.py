"""The journey by hand: a real Chromium with two wallets before a real site, from sign-in to approval."""

import re

import pytest
from playwright.sync_api import Browser, expect

from chain.bindings import erc20
from config.demo.api import ApiUser
from tests.e2e.browser_wallet import emit
from tests.e2e.journey import (
    Visitor,
    delegate_to_self,
    opens_offer,
    passes,
    visit,
    votes_it_through,
    wait_until,
    watch,
    write_table,
)
from tests.e2e.live_site import LiveSite

PRICE = "25 TUSD"


def test_sign_in_lists_both_wallets_survives_a_refusal_and_adds_the_chain(newcomer: Visitor) -> None:
    fox = newcomer.fox
    fox.chain_id, fox.known_chains, fox.refusing = 1, {1}, {"personal_sign"}

    newcomer.open("/")
    newcomer.page.locator("header [data-do=sign-in]").click()
    assert newcomer.dialog.locator(".wallets button").all_inner_texts() == ["Bear Wallet", "Fox Wallet"]
    newcomer.press("Fox Wallet")
    newcomer.sees("Your wallet is on another chain")
    newcomer.press("Switch the wallet")
    newcomer.press("Open Fox Wallet")
    newcomer.sees("You declined in the wallet. Nothing was sent.")
    fox.refusing = set()
    newcomer.press("Try again")

    header = newcomer.page.locator("header .signed-in")
    expect(header).to_contain_text(f"{newcomer.address[:6]}…{newcomer.address[-4:]}")
    assert "wallet_addEthereumChain" in fox.methods()
    assert fox.chain_id == 31337
    assert newcomer.bear.asked == []


@pytest.mark.fault("F25")
def test_another_account_or_chain_in_the_wallet_ends_the_session(newcomer: Visitor) -> None:
    newcomer.open("/")
    newcomer.signs_in()

    emit(newcomer.page, newcomer.fox, "accountsChanged", [newcomer.bear.account.address])
    newcomer.sees("so you were signed out")
    assert newcomer.ask("auth/me")["address"] is None

    newcomer.signs_in()
    emit(newcomer.page, newcomer.fox, "chainChanged", "0x1")
    newcomer.sees("The wallet left this site's chain")
    assert newcomer.ask("auth/me")["address"] is None


def test_sign_out_forgets_the_session(newcomer: Visitor) -> None:
    newcomer.open("/")
    newcomer.signs_in()

    newcomer.press("Sign out")

    newcomer.page.locator("header [data-do=sign-in]").wait_for()
    assert newcomer.ask("auth/me")["address"] is None


def test_get_started_gives_money_and_votes_and_delegates_them(newcomer: Visitor) -> None:
    newcomer.open("/account")
    newcomer.signs_in()

    newcomer.press("Get them")
    newcomer.sees("Arrived")
    newcomer.page.locator("#start").get_by_role("button", name="Delegate").click()
    newcomer.sees("Delegate your votes to yourself")
    newcomer.confirm()
    newcomer.sees("Done: Delegate your votes to yourself")

    assert newcomer.ask(f"members/{newcomer.address}")["can_propose"] is True
    expect(newcomer.page.locator("main")).to_contain_text("yourself")


@pytest.mark.fault("F21")
def test_double_click_on_buy_buys_once_after_every_field_was_shown(researcher: Visitor, dataset: int) -> None:
    before = passes(researcher)
    opens_offer(researcher, dataset)

    researcher.page.get_by_role("button", name=f"Buy for {PRICE}").dblclick()
    words = researcher.dialog.inner_text()
    for word in ("Permit", "Test Dollar", "Who may take it", f"{PRICE} (25000000 base units)", "Until"):
        assert word in words
    researcher.confirm()
    researcher.sees("Buy compute access to dataset")
    words = researcher.dialog.inner_text()
    for word in ("Seller", "At most", "Newest version", "Network fee, about", "31337", researcher.address):
        assert word in words
    researcher.confirm()
    researcher.sees("Done: Buy compute access")

    assert passes(researcher) == before + 1
    assert researcher.fox.methods().count("eth_sendTransaction") == 1
    expect(researcher.page.locator("main")).to_contain_text("You hold pass")


def test_purchase_that_is_refused_in_the_wallet_sends_nothing(researcher: Visitor, dataset: int) -> None:
    before = passes(researcher)
    opens_offer(researcher, dataset)

    researcher.fox.refusing = {"eth_sendTransaction"}
    researcher.press(f"Buy for {PRICE}")
    researcher.confirm()
    researcher.sees("Buy compute access to dataset")
    researcher.confirm()
    researcher.sees("You declined in the wallet. Nothing was sent.")
    researcher.press("Cancel")

    assert passes(researcher) == before
    expect(researcher.page.get_by_role("button", name=f"Buy for {PRICE}")).to_be_enabled()


def test_wallet_that_left_the_chain_in_silence_is_switched_before_it_sends(
    researcher: Visitor, dataset: int
) -> None:
    opens_offer(researcher, dataset)
    researcher.press(f"Buy for {PRICE}")
    researcher.confirm()
    researcher.sees("Buy compute access to dataset")

    researcher.fox.chain_id = 1
    researcher.confirm()
    researcher.sees("Done: Buy compute access")

    assert researcher.fox.methods()[-20:].count("wallet_switchEthereumChain") == 1


@pytest.mark.fault("F23")
def test_pending_purchase_survives_a_reload_and_ends_in_words(
    researcher: Visitor, site: LiveSite, dataset: int
) -> None:
    before = passes(researcher)
    opens_offer(researcher, dataset)
    researcher.press(f"Buy for {PRICE}")
    researcher.confirm()
    researcher.sees("Buy compute access to dataset")

    site.mine_every(0)
    try:
        researcher.confirm()
        researcher.sees("waiting for a block")
        researcher.page.reload()
        researcher.sees("waiting for a block")
        opens_offer(researcher, dataset)
        expect(researcher.page.get_by_role("button", name=f"Buy for {PRICE}")).to_be_disabled()
    finally:
        site.mine_every(1)

    researcher.sees("Done: Buy compute access")
    assert passes(researcher) == before + 1


@pytest.mark.fault("F24")
def test_purchase_that_was_cancelled_in_the_wallet_is_named_so(
    researcher: Visitor, site: LiveSite, dataset: int
) -> None:
    before = passes(researcher)
    opens_offer(researcher, dataset)
    researcher.press(f"Buy for {PRICE}")
    researcher.confirm()
    researcher.sees("Buy compute access to dataset")

    site.mine_every(0)
    try:
        researcher.confirm()
        researcher.sees("waiting for a block")
        researcher.fox.cancel_last()
    finally:
        site.mine_every(1)

    researcher.sees("You cancelled it in the wallet. Nothing has changed.")
    assert passes(researcher) == before


@pytest.mark.fault("F21")
def test_second_tab_does_not_start_what_the_first_is_doing(researcher: Visitor, dataset: int) -> None:
    opens_offer(researcher, dataset)
    researcher.press(f"Buy for {PRICE}")
    researcher.sees("Allow the market to take")

    second = researcher.page.context.new_page()
    watch(researcher, second)
    second.goto(researcher.page.url)
    second.locator("details:has([data-act=purchase]) > summary").first.click()
    second.get_by_role("button", name=f"Buy for {PRICE}").click()

    expect(second.locator(".strip")).to_contain_text("Another tab of this site is doing this already.")
    assert second.locator("dialog[open]").count() == 0


def test_session_that_ended_elsewhere_is_named_so(researcher: Visitor, dataset: int) -> None:
    opens_offer(researcher, dataset)
    researcher.page.context.clear_cookies(name="sessionid")

    researcher.press(f"Buy for {PRICE}")

    researcher.sees("the session has ended. Nothing was sent.")


def test_exact_approval_then_purchase_leaves_no_allowance(
    researcher: Visitor, site: LiveSite, dataset: int
) -> None:
    before = passes(researcher)
    opens_offer(researcher, dataset)

    researcher.press("Or approve first, then buy")
    researcher.sees(f"Allow the market to take exactly {PRICE}")
    researcher.confirm()
    researcher.sees("Buy compute access to dataset")
    researcher.confirm()
    wait_until(lambda: passes(researcher) == before + 1, "the pass")

    allowance = site.client.read(
        site.deployment.address_of("TestDollar"),
        erc20.ALLOWANCE,
        owner=researcher.address,
        spender=site.deployment.address_of("DataMarket"),
    )
    assert allowance == 0


def test_publish_wizard_survives_a_reload_at_every_step(
    chromium: Browser, site: LiveSite, people: dict[str, ApiUser]
) -> None:
    with visit(chromium, site, people["member"].wallet) as provider:
        provider.open("/datasets/publish")
        provider.signs_in()
        table = {"name": "my_table.csv", "mimeType": "text/csv", "buffer": write_table(40)}
        provider.page.set_input_files("#file", [table])
        provider.press("Upload and profile")
        provider.page.wait_for_url(re.compile(r"/datasets/publish/\d+$"))
        provider.page.fill("#description", "Forty made-up things.")
        provider.page.reload()
        expect(provider.page.locator("#description")).to_have_value("Forty made-up things.")
        provider.press("Continue to minting")
        provider.sees('Publish "My table" as a dataset token')
        provider.press("Cancel")
        provider.page.reload()
        provider.sees("Prepared, not minted yet")
        provider.press("Mint it")
        provider.sees('Publish "My table" as a dataset token')
        provider.confirm()
        provider.sees("Minted as")
        provider.page.reload()
        provider.page.fill("#list-price", "2.5")
        provider.press("List it")
        provider.sees("List compute access")
        provider.confirm()
        provider.page.wait_for_url(re.compile(r"/datasets/\d+$"))

        provider.sees("2.5 TUSD")
        provider.sees("Done: List compute access")


def test_job_goes_from_the_form_over_a_vote_to_its_approval(
    chromium: Browser, site: LiveSite, people: dict[str, ApiUser], dataset: int
) -> None:
    delegate_to_self(site, people["provider"])
    with visit(chromium, site, people["provider"].wallet) as owner:
        owner.open(f"/jobs/new?dataset={dataset}")
        owner.signs_in()
        owner.page.fill("#title", "Can two qubits tell the kinds apart?")
        owner.page.fill("#qubits", "2")
        owner.press("Write the document")
        owner.page.wait_for_url(re.compile(r"spec=0x"))
        owner.sees("Into escrow")
        owner.page.locator("pre[aria-label='The circuit']").wait_for()
        owner.press("Request for 11.25 TUSD")
        owner.sees("Allow the job board to take 11.25 TUSD into escrow")
        owner.confirm()
        owner.sees("Request job: Can two qubits")
        owner.confirm()
        owner.page.wait_for_url(re.compile(r"/jobs/\d+$"))

        votes_it_through(owner)

        owner.sees("Approved by the vote")
        expect(owner.page.locator("main .badge").first).not_to_have_text("Requested")
