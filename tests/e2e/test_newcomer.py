"""A newcomer with an empty wallet goes the whole way by hand, from sign-in to a result, in five minutes."""

import re
import time

from playwright.sync_api import Browser, expect

from chain.accounts import LocalWallet
from config.demo.api import ApiUser
from tests.e2e.journey import Visitor, opens_offer, visit, votes_it_through, wait_until
from tests.e2e.live_site import LiveSite

FIVE_MINUTES = 300


def test_newcomer_gets_a_result_within_five_minutes_and_sells_the_model_to_another_by_hand(
    chromium: Browser, site: LiveSite, dataset: int, people: dict[str, ApiUser]
) -> None:
    began_at = time.monotonic()
    wallet = LocalWallet.create()
    with visit(chromium, site, wallet) as newcomer:
        newcomer.fox.chain_id, newcomer.fox.known_chains = 1, {1}
        newcomer.open("/account")
        newcomer.page.locator("header [data-do=sign-in]").click()
        newcomer.press("Fox Wallet")
        newcomer.press("Switch the wallet")
        newcomer.press("Open Fox Wallet")
        newcomer.page.locator("header [data-do=sign-out]").wait_for()
        newcomer.press("Get them")
        newcomer.sees("Arrived")
        newcomer.page.locator("#start").get_by_role("button", name="Delegate").click()
        newcomer.sees("Delegate your votes to yourself")
        newcomer.confirm()
        newcomer.sees("Done: Delegate your votes to yourself")

        opens_offer(newcomer, dataset)
        newcomer.press("Buy for 25 TUSD")
        newcomer.confirm()
        newcomer.sees("Buy compute access to dataset")
        newcomer.confirm()
        newcomer.sees("Done: Buy compute access")

        newcomer.open(f"/jobs/new?dataset={dataset}")
        newcomer.page.fill("#title", "My first quantum job")
        newcomer.page.fill("#qubits", "2")
        newcomer.press("Write the document")
        newcomer.page.wait_for_url(re.compile(r"spec=0x"))
        newcomer.page.get_by_role("button", name=re.compile(r"^Request for ")).click()
        newcomer.sees("into escrow")
        newcomer.confirm()
        newcomer.sees("Request job: My first quantum job")
        newcomer.confirm()
        newcomer.page.wait_for_url(re.compile(r"/jobs/\d+$"))
        votes_it_through(newcomer, with_demo_member=True)

        newcomer.page.get_by_text("Paid out").first.wait_for(timeout=FIVE_MINUTES * 1000)
        expect(newcomer.page.locator("main")).to_contain_text("baseline")
    taken = time.monotonic() - began_at

    assert taken < FIVE_MINUTES, f"the newcomer took {taken:.0f} s"
    with visit(chromium, site, wallet) as seller:
        model = puts_the_model_up(seller)
    with visit(chromium, site, people["researcher"].wallet) as buyer:
        buys_the_model(buyer, model)


def puts_the_model_up(seller: Visitor) -> str:
    """From the newcomer's own page to an offer of the model itself; gives the model's number."""
    seller.open("/account")
    seller.signs_in()
    (model,) = seller.ask(f"models?owner={seller.address}")["results"]
    number = model["token_id"]
    seller.open(f"/models/{number}")
    seller.page.get_by_text("Sell this model").click()
    seller.page.get_by_label("Price of the model").fill("10")
    seller.press("Allow and list it")
    seller.sees(f"Allow the market to hand over model {number}")
    seller.confirm()
    seller.sees(f"Sell model {number} itself")
    seller.confirm()
    seller.sees(f"Done: Sell model {number} itself")
    return number


def buys_the_model(buyer: Visitor, number: str) -> None:
    buyer.open(f"/models/{number}")
    buyer.signs_in()
    sale = buyer.page.locator("#sale")
    expect(sale).to_contain_text("the buyer becomes owner number 2")
    sale.get_by_role("button", name="Buy for 10 TUSD").click()
    buyer.confirm()
    buyer.sees(f"Buy model {number} itself for 10 TUSD")
    buyer.confirm()
    buyer.sees(f"Done: Buy model {number} itself")

    wait_until(
        lambda: number in [one["token_id"] for one in buyer.ask(f"models?owner={buyer.address}")["results"]],
        "the model among the buyer's own",
    )
    buyer.open("/account")
    expect(buyer.page.locator("main")).to_contain_text("Your models")
