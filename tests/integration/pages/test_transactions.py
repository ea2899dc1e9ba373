"""GET /api/v1/transactions/{hash}: what the page that sent a transaction is told."""

import pytest
from django.test import Client

from chain.blocks import Receipt
from chain.errors import NodeUnavailable
from governance.api import transactions
from tests.fakes import rows

pytestmark = pytest.mark.django_db
HASH = "0x" + "ab" * 32


class FakeNode:
    """A node that knows one receipt at most."""

    def __init__(self, receipt: Receipt | None = None, count: int = 0) -> None:
        self.found, self.count = receipt, count

    def receipt(self, tx_hash: str) -> Receipt | None:
        return self.found

    def transaction_count(self, address: str) -> int:
        return self.count


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
    monkeypatch.setattr(transactions, "client", lambda: FakeNode(receipt))

    answer = reader.get(f"/api/v1/transactions/{HASH}").json()

    assert (answer["state"], answer["is_indexed"]) == (state, is_indexed)
    assert answer["block"] == (receipt.block_number if receipt else None)
    assert bool(answer["reason"]) is (state == "reverted")


@pytest.mark.fault("F24")
@pytest.mark.parametrize(("count", "state"), [(5, "pending"), (6, "unknown")])
def test_transaction_whose_nonce_another_took_is_unknown(
    reader: Client, monkeypatch: pytest.MonkeyPatch, count: int, state: str
) -> None:
    monkeypatch.setattr(transactions, "client", lambda: FakeNode(count=count))

    answer = reader.get(f"/api/v1/transactions/{HASH}?sender={rows.MEMBER}&nonce=5").json()

    assert answer["state"] == state


def test_what_is_no_hash_is_refused(reader: Client) -> None:
    assert reader.get("/api/v1/transactions/0x12").status_code == 422


def test_node_that_is_away_is_named_as_such(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> FakeNode:
        raise NodeUnavailable("the node does not answer")

    monkeypatch.setattr(transactions, "client", away)

    assert reader.get(f"/api/v1/transactions/{HASH}").status_code == 503
