"""What people do at the market, each act as the site's own API and the wallet do it together."""

from typing import Any

from django.db import connection

from chain.bindings import dataset_token
from chain.journal import journalled_tables
from tests.integration.marketplace.conftest import ApiWallet, Market, publication_terms

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


def transfer(market: Market, owner: ApiWallet, to: ApiWallet, token_id: str) -> None:
    call = dataset_token.TRANSFER_FROM.call(
        market.deployment.address_of("DatasetToken"),
        from_=owner.address,
        to=to.address,
        tokenId=int(token_id),
    )
    market.call(owner, call)


def projected_rows() -> dict[str, list[Any]]:
    rows = {}
    with connection.cursor() as cursor:
        for table in journalled_tables():
            if table.startswith("marketplace_"):
                cursor.execute(f"SELECT t::text FROM {table} t ORDER BY 1")
                rows[table] = cursor.fetchall()
    return rows
