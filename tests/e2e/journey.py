"""A person at the site in a real Chromium, with wallets in the browser, and what they do in short words."""

import csv
import io
import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page

from chain.abi import Call
from chain.accounts import LocalWallet
from config.demo.api import ApiUser
from tests.e2e.browser_wallet import BrowserWallet, install
from tests.e2e.live_site import LiveSite

WITHIN_MS = 20_000
FEATURES = ("width", "height", "depth", "weight")
LABEL = "kind"


@dataclass
class Visitor:
    """A page, its wallets, what its console complained of, and what it asked from elsewhere."""

    page: Page
    site: LiveSite
    fox: BrowserWallet
    bear: BrowserWallet
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return self.fox.account.address

    @property
    def dialog(self) -> Locator:
        return self.page.locator("dialog[open]")

    def open(self, address: str) -> None:
        self.page.goto(self.site.url + address, wait_until="load")

    def press(self, label: str) -> None:
        """A button of the page, or of the dialog where one is open."""
        place = self.dialog if self.dialog.count() else self.page
        place.get_by_role("button", name=label, exact=True).first.click()

    def confirm(self) -> None:
        """Goes from the words to the wallet."""
        self.dialog.get_by_role("button", name="Open the wallet", exact=True).click()

    def sees(self, text: str) -> Locator:
        """Waits until the text is to be seen."""
        found = self.page.get_by_text(text).locator("visible=true").first
        found.wait_for(timeout=WITHIN_MS)
        return found

    def signs_in(self) -> None:
        self.page.locator("header [data-do=sign-in]").click()
        self.press(self.fox.name)
        self.press(f"Open {self.fox.name}")
        self.page.locator("header [data-do=sign-out]").wait_for(timeout=WITHIN_MS)

    def ask(self, path: str) -> Any:
        """GET of the API, with the page's session."""
        return self.page.request.get(f"{self.site.url}/api/v1/{path}").json()


@contextmanager
def visit(browser: Browser, site: LiveSite, account: LocalWallet, **screen: Any) -> Iterator[Visitor]:
    """A visitor with two wallets. At the end the page must have kept the policy and asked nobody else."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, **screen)
    context.set_default_timeout(WITHIN_MS)
    fox = BrowserWallet("Fox Wallet", "test.fox", account, site.client, site.rpc_url)
    bear = BrowserWallet("Bear Wallet", "test.bear", LocalWallet.create(), site.client, site.rpc_url)
    install(context, [fox, bear])
    visitor = Visitor(context.new_page(), site, fox, bear)
    watch(visitor, visitor.page)
    yield visitor
    context.close()
    assert [each for each in visitor.complaints if "Failed to load resource" not in each] == []
    assert visitor.strangers == []


def watch(visitor: Visitor, page: Page) -> None:
    """Notes the page's complaints and its requests to elsewhere."""
    page.on("console", lambda message: visitor.complaints.append(message.text))
    page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((visitor.site.url, "data:"))
            else visitor.strangers.append(request.url)
        ),
    )


def api_user(site: LiveSite, role: str) -> ApiUser:
    """A signed-in person without a browser, filled by the faucet."""
    user = ApiUser(site.url, role, LocalWallet.create())
    user.sign_in()
    user.post("faucet")
    return user


def write_table(rows: int = 60) -> bytes:
    """A small table of two kinds that differ, always the same."""
    chance = random.Random(7)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*FEATURES, LABEL])
    for number in range(rows):
        kind = number % 2
        writer.writerow([*(f"{chance.gauss(kind, 1):.3f}" for _ in FEATURES), ("plain", "odd")[kind]])
    return text.getvalue().encode()


def save_table(folder: Path) -> Path:
    """The same as a file."""
    file = folder / "kinds.csv"
    file.write_bytes(write_table())
    return file


def wait_until(probe: Callable[[], Any], what: str, seconds: float = 30.0) -> Any:
    """What the probe gives as soon as it gives something."""
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        found = probe()
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError(f"waited {seconds:.0f} s for {what}")


def wait_for_gifts(user: ApiUser) -> None:
    """Until the faucet's ETH, dollars and votes are in blocks."""
    wait_until(
        lambda: {entry["state"] for entry in user.get("faucet")["entries"]} <= {"MINED", "FINAL"},
        f"the gifts to {user.role}",
    )


def send(site: LiveSite, user: ApiUser, transaction: dict[str, str]) -> str:
    """Signs and sends what the API prepared; gives the hash once it is mined."""
    call = Call(to=transaction["to"], data=bytes.fromhex(transaction["data"][2:]), value=0)
    tx_hash = user.wallet.send(site.client, call)
    assert site.client.wait_for_receipt(tx_hash).succeeded
    return tx_hash


def publish_and_list(site: LiveSite, provider: ApiUser, folder: Path) -> int:
    """A small dataset with a listing for 25 dollars; gives its number once the site shows both."""
    dollar = site.deployment.address_of("TestDollar")
    upload = provider.upload("uploads", save_table(folder))
    terms = {
        "title": "Two kinds of things",
        "description": "Made up: sixty things of two kinds, four measures each.",
        "licence": "CC0-1.0",
        "label_column": LABEL,
        "allow_download": False,
        "allow_compute": True,
        "rows_in_model": "public",
        "standing_consent": True,
        "payees": [{"address": provider.address, "parts": 10_000}],
        "job_fee": {"token": dollar, "amount": "1000000"},
    }
    send(site, provider, provider.post(f"uploads/{upload['id']}/publication", terms)["transaction"])
    found = wait_until(
        lambda: provider.get("datasets", owner=provider.address)["results"], "the dataset on the site"
    )
    number = int(found[0]["token_id"])
    listing = {"right": "compute", "price": "25000000", "payment_token": dollar}
    send(site, provider, provider.post(f"datasets/{number}/listings", listing)["transaction"])
    wait_until(lambda: provider.get("listings", dataset=number)["results"], "the listing on the site")
    return number


def delegate_to_self(site: LiveSite, user: ApiUser) -> None:
    """Makes the member's votes count, and waits until the site knows."""
    send(site, user, user.post("delegations", {"delegate": user.address})["transaction"])
    wait_until(lambda: int(user.get(f"members/{user.address}")["power"]), "the member's power")


def passes(visitor: Visitor) -> int:
    return len(visitor.ask(f"passes?holder={visitor.address}")["results"])


def votes_it_through(owner: Visitor, *, with_demo_member: bool = False) -> None:
    """From the page of a requested job over propose, vote, queue and execute, and back to it."""
    job = owner.page.url
    owner.page.fill("#note", "A small question.")
    owner.press("Propose it")
    owner.sees("Propose: Run job")
    owner.confirm()
    owner.page.wait_for_url(re.compile(r"/proposals/\d+$"))
    owner.page.locator("[name=support][value=for]").check()
    owner.page.fill("#reason", "Small and clear.")
    owner.press("Vote")
    owner.sees("Vote for: Run job")
    owner.confirm()
    owner.sees("You voted")
    if with_demo_member:
        owner.press("Ask the demo member to vote")
        owner.sees("The demo member was asked.")
        proposal = owner.page.url.rsplit("/", 1)[-1]
        wait_until(
            lambda: len(owner.ask(f"proposals/{proposal}/votes")["results"]) == 2, "the demo member's vote"
        )
    for label, words in (("Queue it", "Queue proposal"), ("Execute it", "Execute proposal")):
        owner.page.get_by_role("button", name=label).wait_for(timeout=90_000)
        owner.press(label)
        owner.sees(words)
        owner.confirm()
        owner.sees(f"Done: {words}")

    owner.page.goto(job)


def opens_offer(visitor: Visitor, dataset: int) -> None:
    """The dataset's page with the buy button in view; whoever holds a pass unfolds it first."""
    visitor.open(f"/datasets/{dataset}")
    folded = visitor.page.locator("details:has([data-act=purchase]):not([open]) > summary")
    if folded.count():
        folded.first.click()
