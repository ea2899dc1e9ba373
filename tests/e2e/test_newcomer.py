"""A newcomer with an empty wallet goes the whole way by hand, from sign-in to a result, in five minutes."""

import re
import time

from playwright.sync_api import Browser, expect

from chain.accounts import LocalWallet
from tests.e2e.journey import opens_offer, visit, votes_it_through
from tests.e2e.live_site import LiveSite

FIVE_MINUTES = 300


def test_newcomer_gets_a_result_within_five_minutes(chromium: Browser, site: LiveSite, dataset: int) -> None:
    began_at = time.monotonic()
    with visit(chromium, site, LocalWallet.create()) as newcomer:
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
