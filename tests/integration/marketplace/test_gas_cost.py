"""The gas that a dataset's page names: what the newest purchase took, as the node says."""

from collections.abc import Iterator

import pytest
from django.test import Client

from marketplace.models import Purchase
from marketplace.selectors import gas
from tests.integration.marketplace.acts import ApiWallet, Market, buy


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    gas._kept.clear()
    yield
    gas._kept.clear()


def test_page_names_the_gas_of_the_newest_purchase_and_where_the_price_goes(
    market: Market, researcher: ApiWallet, listed: tuple[str, str]
) -> None:
    token_id, listing_id = listed
    assert gas.purchase_gas() is None
    gas._kept.clear()
    buy(market, researcher, listing_id)
    receipt = market.client.receipt(Purchase.objects.get().bought_tx)

    found = gas.purchase_gas()
    text = Client().get(f"/datasets/{token_id}").text

    assert found is not None
    assert found.gas == receipt.gas_used
    for words in (f"{found.eth_text} ETH", "You pay", "Treasury", "25 TUSD"):
        assert words in text


@pytest.mark.fault("F12")
def test_gas_is_not_known_while_the_node_is_away(
    market: Market, researcher: ApiWallet, listed: tuple[str, str], settings
) -> None:
    buy(market, researcher, listed[1])
    settings.CHAIN_RPC_URL = "http://127.0.0.1:1"

    assert gas.purchase_gas() is None
    assert Client().get(f"/datasets/{listed[0]}").status_code == 200
