"""Private data at the API and at the release service, for the tests of both."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client, override_settings

from storage.age.key_file import ensure_identity
from tests.integration.marketplace.acts import TABLE, ApiWallet, Market, buy, publication_terms, put_up

ALL_SHOWN = ("columns", "counts", "spread", "values", "mock")
SEALED_ROWS = TABLE + b"".join(b"%d.5,%d.25,benign\n" % (row, row) for row in range(150_000))
"""More than two pieces of a release."""


@dataclass(frozen=True)
class PrivateDataset:
    """A minted private dataset whose download pass the researcher holds, deep enough to count."""

    token_id: str
    upload: dict[str, Any]
    pass_id: str

    @property
    def grants(self) -> str:
        return f"datasets/{self.token_id}/versions/1/grants"


def make_release_key() -> None:
    ensure_identity(Path(settings.KEYS_DIR) / "release-age.key")


def upload_privately(provider: ApiWallet, content: bytes = TABLE, shown: Any = ALL_SHOWN) -> HttpResponse:
    file = SimpleUploadedFile("ward-7.csv", content, content_type="text/csv")
    form = {"file": file, "visibility": "private", "shown": list(shown)}
    csrf = {"X-CSRFToken": provider.client.cookies["csrftoken"].value}
    return provider.client.post("/api/v1/uploads", form, headers=csrf)


def mint(market: Market, provider: ApiWallet, upload: dict[str, Any], **change: Any) -> str:
    terms = publication_terms(provider, market.dollar, allow_download=True, **change)
    answer = provider.post(f"uploads/{upload['id']}/publication", terms)
    assert answer.status_code == 201, answer.content
    market.send(provider, answer.json()["transaction"])
    return provider.get("datasets").json()["results"][0]["token_id"]


def buy_right(
    market: Market, provider: ApiWallet, buyer: ApiWallet, token_id: str, right: str, **terms: Any
) -> str:
    """The pass, not deep yet."""
    buy(market, buyer, put_up(market, provider, token_id, right=right, **terms))
    return buyer.get("passes", holder=buyer.address, dataset=token_id).json()["results"][0]["pass_id"]


def settle_deep(market: Market) -> None:
    """Blocks on top, so that what was done counts as final."""
    market.node.rpc("anvil_mine", hex(settings.CHAIN_CONFIRMATIONS + 1))
    market.follow()


def release(url: str, **headers: str) -> HttpResponse:
    """What the release service answers to a link."""
    with override_settings(ROOT_URLCONF="marketplace.release.urls"):
        return Client().get(url.removeprefix(settings.RELEASE_URL), headers=headers)


def bytes_of(answer: HttpResponse) -> bytes:
    return answer.getvalue() if answer.streaming else answer.content
