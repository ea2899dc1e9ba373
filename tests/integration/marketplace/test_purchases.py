"""Buying access over the API, on the deployed contracts."""

import pytest

from chain.bindings import data_market, dataset_token, test_dollar
from tests.integration.marketplace.acts import (
    PRICE,
    ApiWallet,
    Market,
    buy,
    code_of,
    put_up,
    signed_permit,
    transfer,
)


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
    token_at = market.deployment.address_of("DatasetToken")

    strangers = researcher.post(f"listings/{first}/delisting")
    assert (strangers.status_code, code_of(strangers)) == (403, "not_the_owner")
    market.send(provider, provider.post(f"listings/{first}/delisting").json()["transaction"])
    again = provider.post(f"listings/{first}/delisting")
    assert (again.status_code, code_of(again)) == (409, "listing_not_open")
    assert provider.get(f"listings/{first}").json()["state"] == "DELISTED"
    assert len(provider.get("listings", state="OPEN").json()["results"]) == 1

    transfer(market, provider, researcher, token_id)
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


def test_listing_at_a_price_too_large_to_be_split_is_shown_without_a_quote(
    market: Market, listed: tuple[str, str], provider: ApiWallet
) -> None:
    listing_id = put_up(market, provider, listed[0], price=str(2**256 - 1))

    shown = provider.get(f"listings/{listing_id}")

    assert shown.status_code == 200
    assert (shown.json()["price"], shown.json()["quote"]) == (str(2**256 - 1), None)
