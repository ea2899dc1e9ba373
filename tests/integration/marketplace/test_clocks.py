"""Clocks ten minutes off, on the server or on the node: rules go by the chain's time alone."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from tests.integration.marketplace.acts import ApiWallet, Market, buy, code_of, publish, put_up

pytestmark = pytest.mark.fault("F26")
SKEW = timedelta(minutes=10)


@pytest.fixture(params=[SKEW, -SKEW], ids=["server ahead", "server behind"])
def wrong_server_clock(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    true_now = timezone.now

    def now() -> datetime:
        return true_now() + request.param

    monkeypatch.setattr(timezone, "now", now)


@pytest.mark.usefixtures("wrong_server_clock")
def test_server_with_a_wrong_clock_signs_people_in_and_sells(
    market: Market, provider: ApiWallet, researcher: ApiWallet
) -> None:
    provider.sign_in()
    researcher.sign_in()
    closes_at = market.client.head().timestamp + 300
    listing_id = put_up(market, provider, publish(market, provider), closes_at=closes_at)

    buy(market, researcher, listing_id)

    assert provider.get(f"listings/{listing_id}").json()["sold"] == 1


@pytest.mark.usefixtures("wrong_server_clock")
def test_listing_is_closed_by_the_chains_clock_whatever_the_server_believes(
    market: Market, provider: ApiWallet, researcher: ApiWallet
) -> None:
    provider.sign_in()
    researcher.sign_in()
    closes_at = market.client.head().timestamp + 300
    listing_id = put_up(market, provider, publish(market, provider), closes_at=closes_at)

    market.node.rpc("evm_increaseTime", 301)
    market.node.rpc("anvil_mine", "0x1")
    market.follow()

    answer = researcher.post(f"listings/{listing_id}/purchase", {"mode": "permit"})
    assert provider.get(f"listings/{listing_id}").json()["state"] == "CLOSED"
    assert (answer.status_code, code_of(answer)) == (409, "listing_not_open")


def test_node_ten_minutes_ahead_of_the_server_still_takes_a_permit(
    market: Market, listed: tuple[str, str], researcher: ApiWallet
) -> None:
    market.node.rpc("evm_increaseTime", int(SKEW.total_seconds()))
    market.node.rpc("anvil_mine", "0x1")
    market.follow()

    buy(market, researcher, listed[1])

    assert researcher.get(f"listings/{listed[1]}").json()["sold"] == 1
