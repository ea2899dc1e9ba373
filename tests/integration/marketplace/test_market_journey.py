"""From an upload to paid payees over the API, on the deployed contracts; each refusal beside its permission."""

from typing import Any

import pytest
from django.db import connection

from chain.bindings import data_market, dataset_token, test_dollar
from chain.journal import journalled_tables
from marketplace.models import Dataset, DatasetVersion, Listing, MarketCredit, Purchase
from tests.integration.marketplace.conftest import ApiWallet, Market, code_of, publication_terms

PRICE = 25_000_000


def publish(market: Market, provider: ApiWallet, **change: Any) -> str:
    """The token id of a freshly minted dataset."""
    upload = provider.upload().json()
    terms = publication_terms(provider, market.dollar, **change)
    answer = provider.post(f"uploads/{upload['id']}/publication", terms)
    assert answer.status_code == 201, answer.content
    tx_hash = market.send(provider, answer.json()["transaction"])
    return next(
        row["token_id"] for row in provider.get("datasets").json()["results"] if row["minted_tx"] == tx_hash
    )


def put_up(market: Market, provider: ApiWallet, token_id: str, **change: Any) -> str:
    """The id of a fresh listing."""
    terms = {"right": "compute", "price": str(PRICE), "payment_token": market.dollar, **change}
    answer = provider.post(f"datasets/{token_id}/listings", terms)
    assert answer.status_code == 200, answer.content
    market.send(provider, answer.json()["transaction"])
    return provider.get("listings", dataset=token_id).json()["results"][0]["listing_id"]


def signed_permit(buyer: ApiWallet, listing_id: str) -> dict[str, Any]:
    offer = buyer.post(f"listings/{listing_id}/purchase", {"mode": "permit"}).json()
    signature = buyer.wallet.sign_typed_data(offer["typed_data"])
    return {
        "mode": "permit",
        "permit": {"deadline": offer["deadline"], "signature": signature},
        "max_price": offer["max_price"],
        "version": offer["version"],
    }


def buy(market: Market, buyer: ApiWallet, listing_id: str) -> str:
    body = signed_permit(buyer, listing_id)
    prepared = buyer.post(f"listings/{listing_id}/purchase", body).json()["transaction"]
    return market.send(buyer, prepared)


@pytest.fixture
def listed(market: Market, provider: ApiWallet, researcher: ApiWallet) -> tuple[str, str]:
    """(token id, listing id) of compute access for 25 TUSD; the researcher has test dollars."""
    provider.sign_in()
    researcher.sign_in()
    token_id = publish(market, provider)
    return token_id, put_up(market, provider, token_id)


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
    ("change", "status", "code"),
    [
        ({"right": "download"}, 409, "right_not_granted"),
        ({"version": 2}, 422, "invalid_input"),
        ({"closes_at": 1}, 422, "invalid_input"),
        ({"payment_token": "0x" + "11" * 20}, 409, "call_reverted"),
    ],
)
def test_list_access_that_the_contract_would_refuse_is_refused_before_signing(
    market: Market,
    listed: tuple[str, str],
    provider: ApiWallet,
    change: dict[str, Any],
    status: int,
    code: str,
) -> None:
    terms = {"right": "compute", "price": "1", "payment_token": market.dollar, **change}

    answer = provider.post(f"datasets/{listed[0]}/listings", terms)

    assert (answer.status_code, code_of(answer)) == (status, code)


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


def test_buy_with_permit_gives_a_pass_and_credits_that_are_withdrawn(
    market: Market, listed: tuple[str, str], provider: ApiWallet, researcher: ApiWallet
) -> None:
    token_id, listing_id = listed

    tx_hash = buy(market, researcher, listing_id)

    held = researcher.get("passes", holder=researcher.address, dataset=token_id).json()["results"][0]
    assert (held["issued_tx"], held["right"], held["listing_id"]) == (tx_hash, "compute", listing_id)
    assert (held["is_usable"], held["price_paid"]) == (True, str(PRICE))
    assert provider.get(f"listings/{listing_id}").json()["sold"] == 1
    earned = PRICE - PRICE * 250 // 10_000
    credit = provider.get(f"market/credits/{provider.address}").json()["results"][0]
    assert (credit["available"], credit["text"]) == (str(earned), "24.375 TUSD")
    before = market.client.read(market.dollar, test_dollar.BALANCE_OF, account=provider.address)
    market.send(provider, provider.post("market/withdrawals", {"token": market.dollar}).json()["transaction"])
    after = market.client.read(market.dollar, test_dollar.BALANCE_OF, account=provider.address)
    assert after - before == earned
    again = provider.post("market/withdrawals", {"token": market.dollar})
    assert (again.status_code, code_of(again)) == (409, "nothing_to_withdraw")


def test_buy_with_approval_takes_exactly_the_price(
    market: Market, listed: tuple[str, str], researcher: ApiWallet
) -> None:
    path = f"listings/{listed[1]}/purchase"

    approval, purchase = researcher.post(path, {"mode": "approve"}).json()["transactions"]
    market.send(researcher, approval)
    market.send(researcher, purchase)

    left = market.client.read(
        market.dollar,
        test_dollar.ALLOWANCE,
        owner=researcher.address,
        spender=market.deployment.address_of("DataMarket"),
    )
    assert left == 0
    assert len(researcher.get("passes", holder=researcher.address).json()["results"]) == 1


@pytest.mark.attack("S04")
def test_permit_to_sign_names_exactly_token_spender_value_and_a_short_deadline(
    market: Market, listed: tuple[str, str], researcher: ApiWallet
) -> None:
    offer = researcher.post(f"listings/{listed[1]}/purchase", {"mode": "permit"}).json()

    typed = offer["typed_data"]
    assert typed["domain"] == {
        "name": "Test Dollar",
        "version": "1",
        "chainId": "31337",
        "verifyingContract": market.dollar,
    }
    deadline = market.client.head().timestamp + 1800
    assert typed["message"] == {
        "owner": researcher.address,
        "spender": market.deployment.address_of("DataMarket"),
        "value": str(PRICE),
        "nonce": "0",
        "deadline": str(deadline),
    }


@pytest.mark.attack("S08")
def test_buy_at_a_raised_price_is_refused_in_words(
    market: Market, listed: tuple[str, str], provider: ApiWallet, researcher: ApiWallet
) -> None:
    body = signed_permit(researcher, listed[1])
    raised = data_market.SET_PRICE.call(
        market.deployment.address_of("DataMarket"), listing_id=int(listed[1]), price=PRICE * 2
    )
    market.call(provider, raised)

    answer = researcher.post(f"listings/{listed[1]}/purchase", body)

    assert (answer.status_code, code_of(answer)) == (409, "price_changed")
    assert "50 TUSD" in answer.json()["error"]["message"]


@pytest.mark.attack("S08")
def test_buy_after_a_new_version_is_refused_in_words(
    market: Market, listed: tuple[str, str], provider: ApiWallet, researcher: ApiWallet
) -> None:
    body = signed_permit(researcher, listed[1])
    version = {
        "codec": 0x55,
        "contentDigest": "0x" + "ab" * 32,
        "metadataDigest": "0x" + "cd" * 32,
        "licenceHash": "0x" + "ef" * 32,
        "sizeBytes": 7,
    }
    dataset_contract = market.deployment.address_of("DatasetToken")
    market.call(
        provider,
        dataset_token.PUBLISH_VERSION.call(dataset_contract, tokenId=int(listed[0]), version=version),
    )

    answer = researcher.post(f"listings/{listed[1]}/purchase", body)

    assert (answer.status_code, code_of(answer)) == (409, "version_changed")
    newest = provider.get(f"datasets/{listed[0]}").json()["newest_version"]
    assert (newest["number"], newest["metadata"]["state"]) == (2, "MISSING")


def test_buy_by_a_wallet_without_funds_is_refused_with_both_numbers(
    market: Market, listed: tuple[str, str], stranger: ApiWallet
) -> None:
    answer = stranger.sign_in().post(f"listings/{listed[1]}/purchase", {"mode": "permit"})

    assert (answer.status_code, code_of(answer)) == (409, "not_enough_funds")
    assert "0 TUSD" in answer.json()["error"]["message"]
    assert "25 TUSD" in answer.json()["error"]["message"]


def test_buy_with_somebody_elses_permit_is_refused(
    market: Market, listed: tuple[str, str], provider: ApiWallet, researcher: ApiWallet
) -> None:
    body = signed_permit(researcher, listed[1])

    answer = provider.post(f"listings/{listed[1]}/purchase", body)

    assert (answer.status_code, code_of(answer)) == (409, "call_reverted")


@pytest.mark.parametrize("signature", ["0x", "0x" + "00" * 65, "zz", "0x" + "ff" * 65])
def test_buy_with_a_malformed_permit_is_refused(
    market: Market, listed: tuple[str, str], researcher: ApiWallet, signature: str
) -> None:
    body = signed_permit(researcher, listed[1])
    body["permit"]["signature"] = signature

    answer = researcher.post(f"listings/{listed[1]}/purchase", body)

    assert answer.status_code in {409, 422}
    assert code_of(answer) in {"wrong_signature", "call_reverted"}


def test_listing_taken_back_or_of_a_transferred_or_retired_dataset_is_not_open(
    market: Market, listed: tuple[str, str], provider: ApiWallet, researcher: ApiWallet
) -> None:
    token_id, first = listed
    second = put_up(market, provider, token_id)
    data_market_at = market.deployment.address_of("DataMarket")
    token_at = market.deployment.address_of("DatasetToken")

    market.call(provider, data_market.DELIST.call(data_market_at, listing_id=int(first)))
    assert provider.get(f"listings/{first}").json()["state"] == "DELISTED"
    assert len(provider.get("listings", state="OPEN").json()["results"]) == 1

    _transfer(market, provider, researcher, token_id)
    assert provider.get(f"listings/{second}").json()["state"] == "LAPSED"
    assert provider.get("listings", state="OPEN").json()["results"] == []
    refused = researcher.post(f"listings/{second}/purchase", {"mode": "permit"})
    assert (refused.status_code, code_of(refused)) == (409, "listing_not_open")
    dataset = provider.get(f"datasets/{token_id}").json()
    assert (dataset["owner"], dataset["standing_consent"], dataset["consent_epoch"]) == (
        researcher.address,
        False,
        "1",
    )

    third = put_up(market, researcher, token_id)
    market.call(researcher, dataset_token.RETIRE.call(token_at, tokenId=int(token_id)))
    assert provider.get(f"listings/{third}").json()["state"] == "LAPSED"
    assert provider.get("datasets").json()["results"] == []
    assert len(provider.get("datasets", include_retired="1").json()["results"]) == 1
    late = researcher.post(
        f"datasets/{token_id}/listings", {"right": "compute", "price": "1", "payment_token": market.dollar}
    )
    assert (late.status_code, code_of(late)) == (409, "dataset_retired")


def test_last_pass_in_stock_is_sold_once(
    market: Market, listed: tuple[str, str], provider: ApiWallet, researcher: ApiWallet
) -> None:
    listing_id = put_up(market, provider, listed[0], stock=1)

    buy(market, researcher, listing_id)

    assert provider.get(f"listings/{listing_id}").json()["state"] == "SOLD_OUT"
    again = researcher.post(f"listings/{listing_id}/purchase", {"mode": "permit"})
    assert code_of(again) == "listing_not_open"


@pytest.mark.fault("F12")
def test_undoing_blocks_takes_every_row_back_and_following_again_gives_the_same_rows(
    market: Market, listed: tuple[str, str], researcher: ApiWallet
) -> None:
    before = _projected_rows()
    buy(market, researcher, listed[1])
    after = _projected_rows()
    assert after != before

    market.node.rpc("anvil_reorg", 2, [])
    market.follow()

    assert (Purchase.objects.count(), MarketCredit.objects.count()) == (0, 0)
    assert _projected_rows() == before
    assert (Dataset.objects.count(), DatasetVersion.objects.count(), Listing.objects.count()) == (1, 1, 1)


def _transfer(market: Market, owner: ApiWallet, to: ApiWallet, token_id: str) -> None:
    call = dataset_token.TRANSFER_FROM.call(
        market.deployment.address_of("DatasetToken"),
        from_=owner.address,
        to=to.address,
        tokenId=int(token_id),
    )
    market.call(owner, call)


def _projected_rows() -> dict[str, list[Any]]:
    rows = {}
    with connection.cursor() as cursor:
        for table in journalled_tables():
            if table.startswith("marketplace_"):
                cursor.execute(f"SELECT t::text FROM {table} t ORDER BY 1")
                rows[table] = cursor.fetchall()
    return rows
