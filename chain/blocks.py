"""Blocks, logs and receipts as values, read from a node's JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class BlockRef:
    """A block's place in the chain. `logs_bloom` (256 bytes) tells which addresses and topics it may hold."""

    number: int
    hash: str
    parent_hash: str
    timestamp: int
    logs_bloom: bytes = field(default=b"", repr=False, compare=False)
    base_fee: int = field(default=0, repr=False, compare=False)


@dataclass(frozen=True)
class RawLog:
    """A log as the chain has it."""

    address: str
    topics: tuple[str, ...]
    data: bytes
    block_number: int
    block_hash: str
    tx_hash: str
    log_index: int


@dataclass(frozen=True)
class Receipt:
    """That a transaction was mined, where, and whether it succeeded."""

    tx_hash: str
    block_number: int
    block_hash: str
    succeeded: bool
    gas_used: int
    logs: tuple[RawLog, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class SentTransaction:
    """A transaction as a node knows it; `block_number` is None while it waits."""

    tx_hash: str
    sender: str
    nonce: int
    to: str | None
    data: str
    value: int
    block_number: int | None


def block_from_json(block: Mapping[str, Any]) -> BlockRef:
    """A block from eth_getBlockByNumber or ByHash."""
    return BlockRef(
        number=int(block["number"], 16),
        hash=block["hash"].lower(),
        parent_hash=block["parentHash"].lower(),
        timestamp=int(block["timestamp"], 16),
        logs_bloom=bytes.fromhex(block.get("logsBloom", "0x")[2:]),
        base_fee=int(block.get("baseFeePerGas", "0x0"), 16),
    )


def log_from_json(log: Mapping[str, Any]) -> RawLog:
    """A log from eth_getLogs or a receipt."""
    return RawLog(
        address=log["address"].lower(),
        topics=tuple(topic.lower() for topic in log["topics"]),
        data=bytes.fromhex(log["data"][2:]),
        block_number=int(log["blockNumber"], 16),
        block_hash=log["blockHash"].lower(),
        tx_hash=log["transactionHash"].lower(),
        log_index=int(log["logIndex"], 16),
    )


def receipt_from_json(receipt: Mapping[str, Any]) -> Receipt:
    """A receipt from eth_getTransactionReceipt."""
    return Receipt(
        tx_hash=receipt["transactionHash"].lower(),
        block_number=int(receipt["blockNumber"], 16),
        block_hash=receipt["blockHash"].lower(),
        succeeded=int(receipt["status"], 16) == 1,
        gas_used=int(receipt["gasUsed"], 16),
        logs=tuple(log_from_json(log) for log in receipt["logs"]),
    )


def transaction_from_json(transaction: Mapping[str, Any]) -> SentTransaction:
    """A transaction from eth_getTransactionByHash or a block with whole transactions."""
    block = transaction.get("blockNumber")
    to = transaction.get("to")
    return SentTransaction(
        tx_hash=transaction["hash"].lower(),
        sender=transaction["from"].lower(),
        nonce=int(transaction["nonce"], 16),
        to=None if to is None else to.lower(),
        data=transaction["input"].lower(),
        value=int(transaction["value"], 16),
        block_number=None if block is None else int(block, 16),
    )
