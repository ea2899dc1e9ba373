"""A toy projection over TestDollar transfers: order matters in it, rows come, change and go."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from chain.abi import function
from chain.accounts import LocalWallet, checksum
from chain.bindings import test_dollar
from chain.client import ChainClient
from chain.deployments import Deployment
from chain.events import LogEvent
from chain.indexer.follower import Follower
from chain.indexer.ledger import Ledger, no_failpoint
from chain.indexer.options import FollowOptions
from chain.models import Block, ChainEvent, IndexCursor
from chain.projections import Projections
from chain.signer import Signer
from config.stack.anvil import AnvilNode, start_anvil
from tests.tools import missing
from tests.unit.chain.fake_chain import ZERO

# Every column type that projections use, so that undoing is proved to give back the very values.
TOY_TABLES = """
CREATE TABLE toy_account (
    address text PRIMARY KEY,
    balance numeric(78, 0) NOT NULL,
    newest_partner text NOT NULL,
    seen jsonb
);
CREATE TABLE toy_transfer (
    block_number bigint,
    log_index integer,
    digest bytea NOT NULL,
    at timestamptz NOT NULL,
    share double precision NOT NULL,
    tags text[] NOT NULL,
    PRIMARY KEY (block_number, log_index)
);
SELECT chain_journal_install('toy_account');
SELECT chain_journal_install('toy_transfer');
"""
SMALL = FollowOptions(
    confirmations=3, history_blocks=8, dense_span=3, sparse_span=5, lag_grace_seconds=0, poll_seconds=0.05
)


class ToyProjection:
    """Plays the part of an app's projections module."""

    def __init__(self) -> None:
        self.source = "the toy's first code"
        self.deep_calls: list[tuple[int, int]] = []
        self.deep_reorgs: list[tuple[int, int]] = []

    def projections(self) -> Projections:
        return Projections(
            handlers={("TestDollar", "Transfer"): [on_transfer]},
            deep_block_hooks=[lambda number, at: self.deep_calls.append((number, at))],
            deep_reorg_hooks=[lambda fork, deep: self.deep_reorgs.append((fork, deep))],
            sources=[self.source],
        )


def on_transfer(event: LogEvent) -> None:
    sender, to, value = event.args["from"], event.args["to"], event.args["value"]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO toy_transfer VALUES (%s, %s, %s, to_timestamp(%s), %s, %s)",
            [
                event.block_number,
                event.log_index,
                bytes.fromhex(event.tx_hash[2:]),
                event.block_timestamp + 0.123456,
                value / 7,
                [sender, to],
            ],
        )
        if sender != ZERO:
            _add(cursor, sender, -value, to)
        _add(cursor, to, value, sender)
        cursor.execute("DELETE FROM toy_account WHERE balance = 0")


def _add(cursor: Any, address: str, amount: int, partner: str) -> None:
    cursor.execute(
        "INSERT INTO toy_account VALUES (%s, %s, %s, %s) ON CONFLICT (address) DO UPDATE SET"
        " balance = toy_account.balance + EXCLUDED.balance, newest_partner = EXCLUDED.newest_partner,"
        " seen = jsonb_build_object('before', toy_account.balance)",
        [address, amount, partner, None],
    )


@pytest.fixture
def toy(transactional_db) -> Iterator[ToyProjection]:
    with connection.cursor() as cursor:
        cursor.execute(TOY_TABLES)
    yield ToyProjection()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE toy_account, toy_transfer; TRUNCATE chain_journal")


def follower_of(
    client: Any,
    toy: ToyProjection,
    *,
    deployment: Deployment | None = None,
    options: FollowOptions = SMALL,
    failpoint=no_failpoint,
    **further: Any,
) -> Follower:
    ledger = Ledger(toy.projections(), history_blocks=options.history_blocks, failpoint=failpoint)
    return Follower(
        client=client,
        deployment=deployment or client.deployment(),
        ledger=ledger,
        options=options,
        **further,
    )


def toy_rows() -> dict[str, list[tuple[Any, ...]]]:
    """Every projected row, to the last digit."""
    rows: dict[str, list[tuple[Any, ...]]] = {}
    with connection.cursor() as cursor:
        for table in ("toy_account", "toy_transfer"):
            cursor.execute(f"SELECT t::text FROM {table} t ORDER BY 1")
            rows[table] = cursor.fetchall()
    return rows


def insert_an_account(address: str) -> None:
    """A projected row that no event made; needs a scope of the journal."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO toy_account VALUES (%s, 1, '', NULL)", [address])


def balances() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT address, balance FROM toy_account")
        return {address: int(balance) for address, balance in cursor.fetchall()}


def stored_logs() -> list[tuple[int, int, str, str]]:
    """The events in the database as (block, index, block hash, transaction)."""
    return list(
        ChainEvent.objects.order_by("block_number", "log_index").values_list(
            "block_number", "log_index", "block_hash", "tx_hash"
        )
    )


def forget_everything() -> None:
    """An empty database between two examples of a property test."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE toy_account, toy_transfer, chain_journal")
    for model in (Block, ChainEvent, IndexCursor):
        model.objects.all().delete()


BYTECODE = Path(__file__).resolve().parents[3] / "build" / "bytecode" / "TestDollar.json"
# The first accounts of Anvil's own mnemonic ("test test ... junk"), rich on every fresh node.
HOLDER_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
BUYER_KEY = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d"
EXECUTOR_KEY = "0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a"
HOLDINGS = 1_000_000


@dataclass(frozen=True)
class DollarChain:
    """An Anvil of this test alone, with TestDollar on it; `holder` owns all of it."""

    node: AnvilNode
    client: ChainClient
    deployment: Deployment
    holder: LocalWallet

    @property
    def dollar(self) -> str:
        return self.deployment.address_of("TestDollar")

    def pay(self, to: str, value: int) -> str:
        """Transfers, waits until that is mined, and gives its hash."""
        call = test_dollar.TRANSFER.call(self.dollar, to=to, value=value)
        return self.client.wait_for_receipt(self.holder.send(self.client, call)).tx_hash

    def balances(self, *addresses: str) -> dict[str, int]:
        """What the contract itself says, without accounts that have nothing."""
        found = {
            address: self.client.read(self.dollar, test_dollar.BALANCE_OF, account=address)
            for address in addresses
        }
        return {address: value for address, value in found.items() if value}


@pytest.fixture
def node() -> Iterator[AnvilNode]:
    with start_anvil() as started:
        yield started


@pytest.fixture
def dollars(node) -> DollarChain:
    if not BYTECODE.exists():
        missing("the contracts are not compiled (make setup)")
    client = ChainClient(node.rpc_url, node.chain_id)
    holder, executor = LocalWallet(HOLDER_KEY), LocalWallet(EXECUTOR_KEY)
    constructor = function("constructor(address[] holders, uint256[] amounts)").encode(
        holders=[holder.address, executor.address], amounts=[HOLDINGS, HOLDINGS]
    )
    raw = holder.sign_transaction(
        {
            "type": 2,
            "chainId": node.chain_id,
            "nonce": 0,
            "data": json.loads(BYTECODE.read_text())["bytecode"] + constructor[4:].hex(),
            "value": 0,
            "gas": 3_000_000,
            "maxFeePerGas": 10**10,
            "maxPriorityFeePerGas": 10**9,
        }
    )
    tx_hash = client.send_raw(raw)
    receipt = client.wait_for_receipt(tx_hash)
    address = node.rpc("eth_getTransactionReceipt", tx_hash)["contractAddress"]
    deployment = Deployment(
        chain_id=node.chain_id,
        start_block=receipt.block_number,
        contracts={"TestDollar": checksum(address)},
        genesis_hash=client.block(0).hash,
    )
    return DollarChain(node, client, deployment, holder)


@pytest.fixture
def payments(settings, transactional_db) -> None:
    """The outbox knows one kind of transaction: a payment in TestDollar."""
    settings.OUTBOX_KINDS = {"pay": "tests.integration.chain.sending.build_pay"}


@pytest.fixture
def executor() -> Signer:
    return Signer("executor", bytes.fromhex(EXECUTOR_KEY[2:]))
