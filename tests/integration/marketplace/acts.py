"""People at the market's API, what they do there, and the follower that brings the chain's events in."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from chain.abi import Call
from chain.accounts import LocalWallet
from chain.bindings import dataset_token
from chain.client import ChainClient
from chain.deployments import Deployment
from chain.indexer.follower import Follower, Progress
from chain.indexer.ledger import Ledger, no_failpoint
from chain.indexer.options import FollowOptions
from chain.journal import journalled_tables
from chain.projections import load
from config.stack.anvil import AnvilNode

# The first accounts of Anvil's own mnemonic ("test test ... junk"), rich on every fresh node.
DEPLOYER_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
PROVIDER_KEY = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d"
RESEARCHER_KEY = "0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a"
STRANGER_KEY = "0x7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6"
PRICE = 25_000_000
TABLE = b"radius,texture,diagnosis\n17.99,10.38,malignant\n13.54,14.36,benign\n9.5,12.44,benign\n"


@dataclass
class ApiWallet:
    """A person with a wallet at the public API."""

    wallet: LocalWallet
    client: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True))

    @property
    def address(self) -> str:
        return self.wallet.address

    def sign_in(self) -> "ApiWallet":
        message = self.get("auth/nonce", address=self.address).json()["message"]
        signature = self.wallet.personal_sign(message)
        assert self.post("auth/sign-in", {"message": message, "signature": signature}).status_code == 200
        return self

    def get(self, path: str, **query: Any) -> HttpResponse:
        return self.client.get(f"/api/v1/{path}", query)

    def post(self, path: str, document: Any = None) -> HttpResponse:
        return self.client.post(
            f"/api/v1/{path}", document or {}, content_type="application/json", headers=self._csrf()
        )

    def upload(self, content: bytes = TABLE, name: str = "breast.csv") -> HttpResponse:
        file = SimpleUploadedFile(name, content, content_type="text/csv")
        return self.client.post("/api/v1/uploads", {"file": file}, headers=self._csrf())

    def _csrf(self) -> dict[str, str]:
        cookie = self.client.cookies.get("csrftoken")
        return {"X-CSRFToken": cookie.value} if cookie else {}


@dataclass(frozen=True)
class Market:
    """The deployed contracts, and what brings their events into the database."""

    node: AnvilNode
    deployment: Deployment
    client: ChainClient

    @property
    def dollar(self) -> str:
        return self.deployment.address_of("TestDollar")

    def send(self, sender: ApiWallet, prepared: dict[str, Any]) -> str:
        """Sends a prepared transaction as the wallet would, waits for it, and follows the chain."""
        data = bytes.fromhex(prepared["data"][2:])
        return self.call(sender, Call(prepared["to"], data, int(prepared["value"])))

    def call(self, sender: ApiWallet, call: Call) -> str:
        receipt = self.client.wait_for_receipt(sender.wallet.send(self.client, call))
        self.follow()
        return receipt.tx_hash

    def follow(self) -> None:
        """Takes in every block up to the head."""
        options = FollowOptions(confirmations=1, poll_seconds=0.01)
        ledger = Ledger(
            load(["marketplace.projections"]), history_blocks=options.history_blocks, failpoint=no_failpoint
        )
        follower = Follower(client=self.client, deployment=self.deployment, ledger=ledger, options=options)
        while follower.step() is not Progress.IDLE:
            continue


def publication_terms(owner: ApiWallet, dollar: str, **change: Any) -> dict[str, Any]:
    """Terms that the contract accepts."""
    return {
        "title": "Breast cancer",
        "description": "Cell nuclei.",
        "licence": "CC-BY-4.0",
        "label_column": "diagnosis",
        "allow_download": False,
        "allow_compute": True,
        "rows_in_model": "public",
        "algorithms": ["qsvm"],
        "standing_consent": True,
        "payees": [{"address": owner.address, "parts": 10_000}],
        "job_fee": {"token": dollar, "amount": "1000000"},
        "royalty_bps": 250,
        **change,
    }


def code_of(response: HttpResponse) -> str:
    return json.loads(response.content)["error"]["code"]


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
