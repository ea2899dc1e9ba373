"""Two people at the last pass; a price that changes while a purchase is under way: the contract decides."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from chain.abi import Call
from chain.bindings import data_market, test_dollar
from tests.integration.marketplace.acts import (
    PRICE,
    ApiWallet,
    Market,
    publish,
    put_up,
    signed_permit,
)

pytestmark = pytest.mark.fault("F22")


@contextmanager
def one_block(market: Market) -> Iterator[None]:
    """What is sent meanwhile waits, and is mined together, in the order in which it came."""
    market.node.rpc("evm_setAutomine", False)
    try:
        yield
        market.node.rpc("anvil_mine", "0x1")
    finally:
        market.node.rpc("evm_setAutomine", True)
    market.follow()


def signed(market: Market, sender: ApiWallet, call: Call) -> bytes:
    """As a wallet signs it before the node could foresee how it ends."""
    return sender.wallet.sign_transaction(
        {
            "type": 2,
            "chainId": market.client.chain_id,
            "nonce": market.client.transaction_count(sender.address, "pending"),
            "to": call.to,
            "data": call.data_hex,
            "value": 0,
            "gas": 1_000_000,
            "maxFeePerGas": 10**10,
            "maxPriorityFeePerGas": 10**9,
        }
    )


def prepared(buyer: ApiWallet, listing_id: str) -> Call:
    """A purchase as the page would hand it to the wallet."""
    answer = buyer.post(f"listings/{listing_id}/purchase", signed_permit(buyer, listing_id))
    assert answer.status_code == 200, answer.content
    transaction = answer.json()["transaction"]
    return Call(transaction["to"], bytes.fromhex(transaction["data"][2:]), int(transaction["value"]))


def told(buyer: ApiWallet, tx_hash: str) -> dict[str, Any]:
    return buyer.get(f"transactions/{tx_hash}").json()


@pytest.fixture
def people(market: Market, provider: ApiWallet, researcher: ApiWallet, stranger: ApiWallet) -> None:
    """All three have signed in; both buyers hold test dollars."""
    for person in (provider, researcher, stranger):
        person.sign_in()
    gift = test_dollar.TRANSFER.call(market.dollar, to=stranger.address, value=PRICE)
    market.call(researcher, gift)


@pytest.mark.usefixtures("people")
def test_of_two_buyers_of_the_last_pass_in_one_block_one_gets_it_and_the_other_is_told_why(
    market: Market, provider: ApiWallet, researcher: ApiWallet, stranger: ApiWallet
) -> None:
    listing_id = put_up(market, provider, publish(market, provider), stock=1)
    buyers = (researcher, stranger)
    purchases = [signed(market, buyer, prepared(buyer, listing_id)) for buyer in buyers]
    before = market.client.read(market.dollar, test_dollar.BALANCE_OF, account=stranger.address)

    with one_block(market):
        hashes = [market.client.send_raw(raw) for raw in purchases]

    first, second = told(researcher, hashes[0]), told(stranger, hashes[1])
    assert (first["state"], second["state"]) == ("mined", "reverted")
    assert first["block"] == second["block"]
    assert "sold" in second["reason"]
    listing = provider.get(f"listings/{listing_id}").json()
    assert (listing["sold"], listing["state"]) == (1, "SOLD_OUT")
    assert len(researcher.get("passes", holder=researcher.address).json()["results"]) == 1
    assert stranger.get("passes", holder=stranger.address).json()["results"] == []
    assert market.client.read(market.dollar, test_dollar.BALANCE_OF, account=stranger.address) == before


@pytest.mark.usefixtures("people")
def test_price_raised_in_the_block_of_a_purchase_costs_the_buyer_nothing(
    market: Market, provider: ApiWallet, researcher: ApiWallet
) -> None:
    listing_id = put_up(market, provider, publish(market, provider))
    purchase = signed(market, researcher, prepared(researcher, listing_id))
    raised = data_market.SET_PRICE.call(
        market.deployment.address_of("DataMarket"), listing_id=int(listing_id), price=PRICE * 2
    )
    raising = signed(market, provider, raised)
    before = market.client.read(market.dollar, test_dollar.BALANCE_OF, account=researcher.address)

    with one_block(market):
        market.client.send_raw(raising)
        tx_hash = market.client.send_raw(purchase)

    assert told(researcher, tx_hash)["state"] == "reverted"
    assert "price" in told(researcher, tx_hash)["reason"]
    assert market.client.read(market.dollar, test_dollar.BALANCE_OF, account=researcher.address) == before
    assert researcher.get("passes", holder=researcher.address).json()["results"] == []
    assert provider.get(f"listings/{listing_id}").json()["price"] == str(PRICE * 2)
