"""GET /api/v1/transactions/{hash}: what the page that sent a transaction is told."""

from typing import Any

import pytest
from django.test import Client

from chain.abi import Call
from chain.accounts import LocalWallet
from chain.blocks import Receipt, SentTransaction
from chain.client import ChainClient
from chain.errors import CallReverted, NodeUnavailable
from config.stack.anvil import AnvilNode
from governance.api import transactions
from tests.fakes import rows

pytestmark = pytest.mark.django_db
HASH = "0x" + "ab" * 32


class FakeNode:
    """A node that knows one transaction at most."""

    def __init__(self, receipt: Receipt | None = None, sent: SentTransaction | None = None) -> None:
        self.found, self.sent = receipt, sent

    def receipt(self, tx_hash: str) -> Receipt | None:
        return self.found

    def transaction(self, tx_hash: str) -> SentTransaction | None:
        return self.sent

    def call(self, call: Call, *, sender: str, block: int) -> bytes:
        raise CallReverted("market: price changed")


SENT = SentTransaction(HASH, rows.MEMBER.lower(), 5, "0x" + "12" * 20, "0x01", 0, None)


def mined(block: int, *, succeeded: bool = True) -> Receipt:
    return Receipt(HASH, block, rows.digest("block"), succeeded, 21_000)


@pytest.mark.parametrize(
    ("receipt", "state", "is_indexed"),
    [
        (None, "pending", False),
        (mined(rows.BLOCK), "mined", True),
        (mined(rows.BLOCK + 1), "mined", False),
        (mined(rows.BLOCK - 4), "final", True),
        (mined(rows.BLOCK, succeeded=False), "reverted", True),
    ],
)
def test_transaction_is_followed_to_its_end(
    reader: Client, monkeypatch: pytest.MonkeyPatch, receipt: Receipt | None, state: str, is_indexed: bool
) -> None:
    rows.add_head()
    monkeypatch.setattr(transactions, "client", lambda: FakeNode(receipt, SENT))

    answer = reader.get(f"/api/v1/transactions/{HASH}").json()

    assert (answer["state"], answer["is_indexed"]) == (state, is_indexed)
    assert answer["block"] == (receipt.block_number if receipt else None)
    assert bool(answer["reason"]) is (state == "reverted")


def test_transaction_that_no_node_knows_is_dropped(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "client", lambda: FakeNode(sent=None))

    answer = reader.get(f"/api/v1/transactions/{HASH}").json()

    assert (answer["state"], answer["replaced_by"]) == ("dropped", None)


def test_reverted_transaction_says_the_contracts_own_word(
    reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows.add_head()
    monkeypatch.setattr(transactions, "client", lambda: FakeNode(mined(rows.BLOCK, succeeded=False), SENT))

    answer = reader.get(f"/api/v1/transactions/{HASH}").json()

    assert "market: price changed" in answer["reason"]


@pytest.mark.fault("F24")
def test_replaced_transaction_names_what_took_its_place(
    reader: Client, anvil: AnvilNode, settings: Any
) -> None:
    settings.CHAIN_RPC_URL = anvil.rpc_url
    node, wallet = ChainClient(anvil.rpc_url), LocalWallet.create()
    anvil.rpc("anvil_setBalance", wallet.address, hex(10**20))
    first = wallet.send(node, Call(to="0x" + "12" * 20, data=b""))
    node.wait_for_receipt(first)
    second = wallet.send(node, Call(to="0x" + "34" * 20, data=b"\x01"))
    node.wait_for_receipt(second)

    answer = reader.get(f"/api/v1/transactions/{HASH}?sender={wallet.address}&nonce=1").json()
    free = reader.get(f"/api/v1/transactions/{HASH}?sender={wallet.address}&nonce=2").json()

    assert answer["state"] == "replaced"
    assert answer["replaced_by"] == {"hash": second, "to": "0x" + "34" * 20, "data": "0x01"}
    assert free["state"] == "dropped"


def test_what_is_no_hash_is_refused(reader: Client) -> None:
    assert reader.get("/api/v1/transactions/0x12").status_code == 422


def test_node_that_is_away_is_named_as_such(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> FakeNode:
        raise NodeUnavailable("the node does not answer")

    monkeypatch.setattr(transactions, "client", away)

    assert reader.get(f"/api/v1/transactions/{HASH}").status_code == 503
