"""The pages of private data: choosing it, downloading it, erasing it."""

from typing import Any

import pytest

from marketplace.models import ContentKey
from tests.integration.marketplace.acts import TABLE, ApiWallet, Market
from tests.integration.marketplace.private import (
    buy_right,
    bytes_of,
    make_release_key,
    mint,
    release,
    settle_deep,
    upload_privately,
)

CANNOT_BE_TAKEN_BACK = "cannot be taken back"


@pytest.fixture
def private_upload(market: Market, provider: ApiWallet, researcher: ApiWallet, settings, tmp_path) -> Any:
    settings.KEYS_DIR = tmp_path / "keys"
    make_release_key()
    provider.sign_in()
    researcher.sign_in()
    return upload_privately(provider, shown=("columns", "mock")).json()


def page_of(wallet: ApiWallet, path: str) -> str:
    return wallet.client.get(path).content.decode()


def post_form(wallet: ApiWallet, path: str, **fields: str) -> Any:
    fields["csrfmiddlewaretoken"] = wallet.client.cookies["csrftoken"].value
    return wallet.client.post(path, fields)


def test_wizard_offers_private_and_says_what_may_be_shown(provider: ApiWallet, transactional_db) -> None:
    page = page_of(provider.sign_in(), "/datasets/publish")

    assert 'name="visibility" value="private"' in page
    words = ("columns", "counts", "spread", "values", "mock")
    assert [word for word in words if f'name="shown" value="{word}"' not in page] == []
    assert "What you do not tick is not kept" in page


def test_holder_of_a_download_pass_finds_a_link_on_the_page_and_a_stranger_does_not(
    market: Market, provider: ApiWallet, researcher: ApiWallet, stranger: ApiWallet, private_upload: Any
) -> None:
    token_id = mint(market, provider, private_upload)
    buy_right(market, provider, researcher, token_id, "download")
    settle_deep(market)
    path = f"/datasets/{token_id}/versions/1/download"

    page = page_of(researcher, f"/datasets/{token_id}")
    given = post_form(researcher, path)

    assert CANNOT_BE_TAKEN_BACK in page
    assert f'action="{path}"' in page
    url = given.content.decode().split('href="http', 1)[1].split('"', 1)[0]
    assert bytes_of(release(f"http{url}")) == TABLE
    assert CANNOT_BE_TAKEN_BACK in given.content.decode()
    stranger.sign_in()
    assert f'action="{path}"' not in page_of(stranger, f"/datasets/{token_id}")
    refused = post_form(stranger, path)
    assert (refused.status_code, "nothing to release" in refused.content.decode().lower()) == (404, True)


def test_recipient_that_is_not_quantum_safe_is_refused_in_words(
    market: Market, provider: ApiWallet, researcher: ApiWallet, private_upload: Any
) -> None:
    token_id = mint(market, provider, private_upload)
    buy_right(market, provider, researcher, token_id, "download")
    settle_deep(market)

    answer = post_form(
        researcher,
        f"/datasets/{token_id}/versions/1/download",
        recipient="age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
    )

    assert answer.status_code == 422
    assert "not quantum-safe" in answer.content.decode()


def test_page_of_private_data_shows_columns_and_made_up_rows_and_no_value(
    market: Market, provider: ApiWallet, private_upload: Any
) -> None:
    token_id = mint(market, provider, private_upload)

    page = page_of(provider, f"/datasets/{token_id}")

    assert "radius" in page
    assert "Made-up rows" in page
    assert not [secret for secret in ("malignant", "17.99", "ward-7") if secret in page]


def test_erasure_says_first_what_it_leaves_and_then_destroys_the_key(
    provider: ApiWallet, stranger: ApiWallet, private_upload: Any
) -> None:
    path = f"/datasets/publish/{private_upload['id']}/erase"
    stranger.sign_in()

    before = page_of(provider, path)
    refused = post_form(stranger, path).status_code
    done = post_form(provider, path)

    assert "was released before stays" in before
    assert "Destroy the key for good" in before
    assert (refused, done.status_code) == (404, 302)
    assert ContentKey.objects.count() == 0
    assert "Destroy the key" not in page_of(provider, path)
    assert "Erased" in page_of(provider, f"/datasets/publish/{private_upload['id']}")
