"""The terms of the publish wizard in Chromium: what is wrong stands beside its field, and nothing is lost."""

from collections.abc import Iterator

import pytest
from django.test import Client
from playwright.sync_api import Browser, expect

from accounts.models import User
from marketplace.models import DatasetDraft, Upload
from tests.e2e.made_up_site import DESK, Watched, chromium, site, watching
from tests.fakes import rows

__all__ = ["chromium", "site"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def provider(chromium: Browser, site: str) -> Iterator[Watched]:
    """Signed in, before the terms of a file that was brought."""
    rows.add_head()
    user, _ = User.objects.get_or_create(address=rows.PROVIDER)
    file = Upload.objects.create(
        owner=user,
        file_name="kinds.csv",
        cid="bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy",
        codec=0x55,
        content_digest=rows.digest("file"),
        sha256="00" * 32,
        size_bytes=10,
        profile=rows.profile_document(3),
    )
    client = Client()
    client.force_login(user, backend="accounts.backends.WalletBackend")
    with watching(chromium, site, DESK, "light") as watched:
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}
        watched.page.context.add_cookies([cookie])
        watched.open(f"/datasets/publish/{file.pk}")
        yield watched


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(provider: Watched) -> None:
    page = provider.page
    page.fill("#description", "Forty made-up things.")
    page.fill("#licence", "no licence at all")
    press = page.get_by_role("button", name="Continue to minting")
    press.click()

    beside = page.locator(".field:has(#licence) .problem")
    expect(beside).to_contain_text("SPDX", ignore_case=True)
    assert page.evaluate("document.activeElement.id") == "licence"
    assert page.get_attribute("#licence", "aria-describedby") == "problem-licence"
    assert page.input_value("#description") == "Forty made-up things."

    page.fill("#licence", "MIT")
    expect(beside).to_have_count(0)
    page.fill("[name=payee_percent]", "60")
    press.click()
    expect(page.locator("[data-payees] .problem")).to_contain_text("they must add to 100 %")

    page.reload()
    assert (page.input_value("#licence"), page.input_value("#description")) == (
        "MIT",
        "Forty made-up things.",
    )
    assert not DatasetDraft.objects.exists()
    assert page.locator("dialog[open]").count() == 0
    assert provider.refusals() == []
