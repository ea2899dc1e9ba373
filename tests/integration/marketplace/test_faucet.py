"""The local faucet: each gift once a wallet, built from the faucet's own balances."""

import pytest
from django.test import Client

from chain.abi import Call
from chain.bindings import test_dollar, vote_token
from chain.models import OutboxEntry
from chain.signer import Signer
from marketplace import faucet
from marketplace.errors import FaucetEmpty
from tests.integration.marketplace.acts import PROVIDER_KEY, STRANGER_KEY, ApiWallet, Market

NEWCOMER = "0x" + "42" * 20


def entry_of(address: str) -> OutboxEntry:
    return OutboxEntry(key="faucet:test", payload={"address": address})


@pytest.mark.django_db
def test_ask_faucet_puts_three_gifts_into_the_outbox_once(provider: ApiWallet) -> None:
    provider.sign_in()

    first, second = provider.post("faucet"), provider.post("faucet")

    assert (first.status_code, first.json()) == (202, second.json())
    assert [entry["kind"] for entry in first.json()["entries"]] == ["eth", "dollars", "votes"]
    assert {entry["state"] for entry in provider.get("faucet").json()["entries"]} == {"PENDING"}
    gifts = OutboxEntry.objects.filter(sender="faucet")
    assert sorted(gifts.values_list("key", flat=True)) == [
        f"faucet:{kind}:{provider.address}" for kind in ("dollars", "eth", "votes")
    ]


@pytest.mark.django_db
def test_first_newcomer_wakes_the_demo_member_once(provider: ApiWallet, stranger: ApiWallet) -> None:
    for newcomer in (provider, stranger):
        newcomer.sign_in().post("faucet")

    woken = OutboxEntry.objects.get(sender="demo-member")
    assert (woken.kind, woken.key) == ("demo_delegate", "demo-member:delegate")


@pytest.mark.django_db
def test_faucet_shows_only_ones_own_gifts(provider: ApiWallet, stranger: ApiWallet) -> None:
    provider.sign_in().post("faucet")

    assert stranger.sign_in().get("faucet").json()["entries"] == []


@pytest.mark.django_db
def test_faucet_that_failed_says_why(provider: ApiWallet) -> None:
    provider.sign_in().post("faucet")

    OutboxEntry.objects.filter(kind="faucet_votes").update(state="FAILED", error="the faucet is empty: ...")

    votes = provider.get("faucet").json()["entries"][2]
    assert (votes["state"], votes["error"]) == ("FAILED", "the faucet is empty: ...")


@pytest.mark.django_db
def test_faucet_takes_no_terms(provider: ApiWallet) -> None:
    provider.sign_in()

    assert provider.post("faucet", {"address": NEWCOMER}).status_code == 422
    assert OutboxEntry.objects.count() == 0


@pytest.mark.django_db
def test_faucet_on_another_chain_does_not_exist(provider: ApiWallet, settings) -> None:
    provider.sign_in()
    settings.IS_LOCAL_CHAIN = False

    assert provider.get("faucet").status_code == 404
    assert provider.post("faucet").status_code == 404
    assert Client().post("/api/v1/faucet").status_code == 404


def test_gifts_arrive_on_chain(market: Market, provider: ApiWallet) -> None:
    giver = Signer("faucet", bytes.fromhex(PROVIDER_KEY[2:]))

    for build in (faucet.build_eth, faucet.build_dollars, faucet.build_votes):
        market.call(provider, build(entry_of(NEWCOMER), giver))

    votes = market.deployment.address_of("VoteToken")
    supply = market.client.read(votes, vote_token.TOTAL_SUPPLY)
    assert market.client.balance(NEWCOMER) == 10 * 10**18
    assert market.client.read(market.dollar, test_dollar.BALANCE_OF, account=NEWCOMER) == 10_000 * 10**6
    assert market.client.read(votes, vote_token.BALANCE_OF, account=NEWCOMER) * 20 == supply


@pytest.mark.parametrize("build", [faucet.build_dollars, faucet.build_votes])
def test_faucet_that_is_empty_says_so(market: Market, build) -> None:
    empty = Signer("faucet", bytes.fromhex(STRANGER_KEY[2:]))

    with pytest.raises(FaucetEmpty, match="the faucet is empty"):
        build(entry_of(NEWCOMER), empty)


def test_faucet_without_ether_says_so(market: Market) -> None:
    empty = Signer("faucet", bytes.fromhex("77" * 32))
    assert market.client.balance(empty.address) == 0

    with pytest.raises(FaucetEmpty, match="10 ETH"):
        faucet.build_eth(entry_of(NEWCOMER), empty)


def test_build_eth_is_a_plain_transfer(market: Market) -> None:
    giver = Signer("faucet", bytes.fromhex(PROVIDER_KEY[2:]))

    assert faucet.build_eth(entry_of(NEWCOMER), giver) == Call(to=NEWCOMER, data=b"", value=10 * 10**18)
