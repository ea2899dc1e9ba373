"""Private data by hand: sealed in the wizard, bought, and released by the service's own process."""

import re
from pathlib import Path

import requests
from playwright.sync_api import Browser, expect

from config.demo.api import ApiUser
from tests.e2e.journey import LABEL, Visitor, opens_offer, send, visit, wait_until, write_table
from tests.e2e.live_site import LiveSite


def test_private_file_is_uploaded_bought_and_downloaded_and_its_bytes_on_ipfs_are_sealed(
    chromium: Browser, site: LiveSite, people: dict[str, ApiUser]
) -> None:
    provider = people["provider"]
    upload_id = uploads_privately(chromium, site, provider)
    upload = provider.get(f"uploads/{upload_id}")
    number = mints_and_lists(site, provider, upload_id)

    with visit(chromium, site, people["researcher"].wallet) as buyer:
        buyer.open("/datasets")
        buyer.signs_in()
        buys(buyer, number)
        rows = downloads(buyer, number)

    assert rows == write_table()
    sealed = public_bytes(site, upload["cid"])
    assert sealed.startswith(b"age-encryption.org/v1\n")
    assert upload["profile"]["preview"] == []


def uploads_privately(chromium: Browser, site: LiveSite, provider: ApiUser) -> str:
    with visit(chromium, site, provider.wallet) as visitor:
        visitor.open("/datasets/publish")
        visitor.signs_in()
        table = {"name": "ward.csv", "mimeType": "text/csv", "buffer": write_table()}
        visitor.page.set_input_files("#file", [table])
        visitor.page.locator("[name=visibility][value=private]").check()
        visitor.page.locator("[name=shown][value=mock]").check()
        visitor.press("Upload and profile")
        visitor.page.wait_for_url(re.compile(r"/datasets/publish/\d+$"))
        visitor.sees("The bytes are sealed")
        return visitor.page.url.rpartition("/")[2]


def mints_and_lists(site: LiveSite, provider: ApiUser, upload_id: str) -> int:
    dollar = site.deployment.address_of("TestDollar")
    terms = {
        "title": "A ward's measures",
        "description": "Made up: sixty things of two kinds, four measures each.",
        "licence": "CC0-1.0",
        "label_column": LABEL,
        "allow_download": True,
        "allow_compute": True,
        "rows_in_model": "never",
        "standing_consent": True,
        "payees": [{"address": provider.address, "parts": 10_000}],
    }
    send(site, provider, provider.post(f"uploads/{upload_id}/publication", terms)["transaction"])

    found = wait_until(
        lambda: provider.get("datasets", owner=provider.address)["results"], "the dataset on the site"
    )
    number = int(found[0]["token_id"])
    listing = {"right": "download", "price": "25000000", "payment_token": dollar}
    send(site, provider, provider.post(f"datasets/{number}/listings", listing)["transaction"])
    wait_until(lambda: provider.get("listings", dataset=number)["results"], "the listing on the site")
    return number


def buys(buyer: Visitor, number: int) -> None:
    opens_offer(buyer, number)
    buyer.press("Buy for 25 TUSD")
    buyer.confirm()
    buyer.sees("Buy download access to dataset")
    buyer.confirm()
    buyer.sees("Done: Buy download access")


def downloads(buyer: Visitor, number: int) -> bytes:
    """The rows, once the pass is deep enough to count."""

    def has_link() -> bool:
        buyer.open(f"/datasets/{number}")
        with buyer.page.expect_navigation():
            buyer.press("Get a download link")
        return bool(buyer.page.get_by_role("button", name="Download the rows").count())

    wait_until(has_link, "the pass to be final", seconds=60)
    expect(buyer.page.locator("main")).to_contain_text("cannot be taken back")
    with buyer.page.expect_download() as download:
        buyer.page.get_by_role("button", name="Download the rows").click()
    # The one thing that is not asked of the site itself: the release service has an address of its own.
    assert buyer.strangers == [download.value.url]
    buyer.strangers.clear()
    return Path(download.value.path()).read_bytes()


def public_bytes(site: LiveSite, cid: str) -> bytes:
    answer = requests.get(f"{site.url}/ipfs/{cid}", timeout=30)
    assert answer.status_code == 200
    return answer.content
