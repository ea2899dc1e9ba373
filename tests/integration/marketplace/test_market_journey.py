"""From an upload to a listing over the API, on the deployed contracts; rows that follow the chain."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from marketplace.models import Dataset, DatasetVersion, Listing, MarketCredit, Purchase
from tests.integration.marketplace.acts import (
    PRICE,
    ApiWallet,
    Market,
    buy,
    code_of,
    projected_rows,
    publication_terms,
    publish,
    transfer,
)


def test_publish_shows_chain_facts_and_pinned_words(market: Market, provider: ApiWallet) -> None:
    provider.sign_in()

    token_id = publish(market, provider)

    dataset = provider.get(f"datasets/{token_id}").json()
    assert (dataset["owner"], dataset["standing_consent"]) == (provider.address, True)
    assert dataset["policy"] == {
        "download": False,
        "compute": True,
        "rows_in_model": "public",
        "algorithms": ["qsvm"],
    }
    assert dataset["job_fee"] == {
        "token": {"address": market.dollar, "symbol": "TUSD", "decimals": 6},
        "amount": "1000000",
        "text": "1 TUSD",
    }
    assert dataset["payees"] == [{"address": provider.address, "parts": 10_000}]
    metadata = dataset["newest_version"]["metadata"]
    assert (metadata["state"], metadata["problem"], metadata["title"]) == ("READ", None, "Breast cancer")
    assert (metadata["label_column"], metadata["rows"]) == ("diagnosis", 3)
    version = provider.get(f"datasets/{token_id}/versions/1").json()
    assert version["profile"]["label"]["classes"][0] == {"value": "benign", "count": 2}
    upload = provider.get("uploads").json()["results"][0]
    drafts = provider.get(f"uploads/{upload['id']}").json()["drafts"]
    assert [(draft["state"], draft["token_id"]) for draft in drafts] == [("MINTED", token_id)]


def test_publish_twice_with_the_same_words_pins_the_same_document(
    market: Market, provider: ApiWallet
) -> None:
    provider.sign_in()
    upload = provider.upload().json()
    terms = publication_terms(provider, market.dollar)

    first, second = (provider.post(f"uploads/{upload['id']}/publication", terms).json() for _ in range(2))

    assert first["metadata_cid"] == second["metadata_cid"]
    assert first["draft_id"] == second["draft_id"]


def test_catalogue_finds_by_words_of_the_pinned_document(market: Market, provider: ApiWallet) -> None:
    provider.sign_in()
    publish(market, provider)

    assert len(provider.get("datasets", q="BREAST").json()["results"]) == 1
    assert provider.get("datasets", q="iris").json()["results"] == []
    assert provider.get("datasets", owner=market.dollar).json()["results"] == []


def test_list_access_by_a_stranger_is_refused(
    market: Market, listed: tuple[str, str], stranger: ApiWallet
) -> None:
    stranger.sign_in()
    terms = {"right": "compute", "price": "1", "payment_token": market.dollar}

    answer = stranger.post(f"datasets/{listed[0]}/listings", terms)

    assert (answer.status_code, code_of(answer)) == (403, "not_the_owner")


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"right": "download"}, (409, "right_not_granted")),
        ({"version": 2}, (422, "invalid_input")),
        ({"closes_at": 1}, (422, "invalid_input")),
        ({"payment_token": "0x" + "11" * 20}, (409, "call_reverted")),
    ],
)
def test_list_access_that_the_contract_would_refuse_is_refused_before_signing(
    listed: tuple[str, str],
    market: Market,
    provider: ApiWallet,
    change: dict[str, Any],
    refusal: tuple[int, str],
) -> None:
    terms = {"right": "compute", "price": "1", "payment_token": market.dollar, **change}

    answer = provider.post(f"datasets/{listed[0]}/listings", terms)

    assert (answer.status_code, code_of(answer)) == refusal


def test_listing_shows_where_the_price_goes(
    market: Market, listed: tuple[str, str], provider: ApiWallet
) -> None:
    listing = provider.get(f"listings/{listed[1]}").json()

    assert (listing["price"], listing["price_text"], listing["state"]) == (str(PRICE), "25 TUSD", "OPEN")
    fee = PRICE * 250 // 10_000
    assert listing["quote"] == {
        "price": str(PRICE),
        "treasury_fee": str(fee),
        "royalty": "0",
        "to_payees": str(PRICE - fee),
        "payees": [{"address": provider.address, "parts": 10_000, "amount": str(PRICE - fee)}],
    }


def test_listing_without_a_node_is_shown_without_a_quote(
    market: Market, listed: tuple[str, str], provider: ApiWallet, settings
) -> None:
    settings.CHAIN_RPC_URL = "http://127.0.0.1:9"

    answer = provider.get(f"listings/{listed[1]}")

    assert (answer.status_code, answer.json()["quote"]) == (200, None)


@pytest.mark.fault("F12")
def test_reorganisation_that_drops_a_purchase_takes_all_of_its_rows_back(
    market: Market, listed: tuple[str, str], researcher: ApiWallet
) -> None:
    before = projected_rows()
    buy(market, researcher, listed[1])
    after = projected_rows()
    assert after != before

    market.node.rpc("anvil_reorg", 1, [])
    market.follow()

    assert (Purchase.objects.count(), MarketCredit.objects.count()) == (0, 0)
    assert projected_rows() == before
    assert (Dataset.objects.count(), DatasetVersion.objects.count(), Listing.objects.count()) == (1, 1, 1)


def test_rebuild_from_stored_events_gives_the_same_rows(
    market: Market, listed: tuple[str, str], provider: ApiWallet, researcher: ApiWallet, settings
) -> None:
    buy(market, researcher, listed[1])
    transfer(market, provider, researcher, listed[0])
    settings.PROJECTIONS = ["marketplace.projections"]
    before = projected_rows()

    call_command("rebuild_projections", stdout=StringIO())

    assert projected_rows() == before
