"""The typed client of an EVM node: blocks, logs, receipts, reads and broadcasts, with errors by type."""

import time
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings

from chain.abi import Call, Function
from chain.blocks import (
    BlockRef,
    RawLog,
    Receipt,
    SentTransaction,
    block_from_json,
    log_from_json,
    receipt_from_json,
    transaction_from_json,
)
from chain.errors import NodeUnavailable, TooManyLogs, UndecodableData, UnknownBlock, WrongChain
from chain.transport import TIMEOUT_SECONDS, JsonRpc

HEADERS_PER_REQUEST = 100
RECEIPT_POLL_SECONDS = 0.1
PAGE_TIMEOUT_SECONDS = 2.0
"""For what a person waits for: a node that hangs costs the figure, not the page."""

BlockTag = int | str


class ChainClient:
    """A node of one chain.

    With `chain_id` the first request checks that the node is of that chain and raises WrongChain where it is
    not; without it the node's word is taken. `timeout_seconds` bounds each HTTP request.
    """

    def __init__(
        self, rpc_url: str, chain_id: int | None = None, *, timeout_seconds: float = TIMEOUT_SECONDS
    ) -> None:
        self._rpc = JsonRpc(rpc_url, timeout_seconds)
        self._expected_chain_id = chain_id
        self._chain_id: int | None = None

    @property
    def chain_id(self) -> int:
        """The node's chain, asked once and held to the expected one."""
        if self._chain_id is None:
            found = int(self._rpc.request("eth_chainId"), 16)
            if self._expected_chain_id not in (None, found):
                raise WrongChain(
                    f"the node is of chain {found}, the settings name chain {self._expected_chain_id}"
                )
            self._chain_id = found
        return self._chain_id

    def head(self) -> BlockRef:
        """The newest block."""
        return self.block("latest")

    def head_number(self) -> int:
        """The newest block's number."""
        return int(self._request("eth_blockNumber"), 16)

    def block(self, tag: BlockTag) -> BlockRef:
        """A block by number, hash ("0x" + 64) or tag; raises UnknownBlock where the node has none."""
        if isinstance(tag, str) and tag.startswith("0x"):
            found = self._request("eth_getBlockByHash", tag, False)
        else:
            found = self._request("eth_getBlockByNumber", _tag(tag), False)
        if found is None:
            raise UnknownBlock(f"the node has no block {tag}")
        return block_from_json(found)

    def blocks(self, numbers: Iterable[int]) -> list[BlockRef]:
        """Blocks by number in their order, many a request; raises UnknownBlock where one is missing."""
        wanted = list(numbers)
        self._check_chain()
        found: list[BlockRef] = []
        for start in range(0, len(wanted), HEADERS_PER_REQUEST):
            part = wanted[start : start + HEADERS_PER_REQUEST]
            answers = self._rpc.batch([("eth_getBlockByNumber", (hex(number), False)) for number in part])
            for number, answer in zip(part, answers, strict=True):
                if answer is None:
                    raise UnknownBlock(f"the node has no block {number}")
                found.append(block_from_json(answer))
        return found

    def logs(self, *, addresses: Sequence[str], topics: Sequence[str], first: int, last: int) -> list[RawLog]:
        """The logs of these contracts with these first topics, in blocks first..last, in chain order.

        A range that the node finds too large is halved until it is taken.
        """
        try:
            found = self._request(
                "eth_getLogs",
                {
                    "address": list(addresses),
                    "topics": [list(topics)],
                    "fromBlock": hex(first),
                    "toBlock": hex(last),
                },
            )
        except TooManyLogs:
            if first == last:
                raise
            middle = (first + last) // 2
            return [
                *self.logs(addresses=addresses, topics=topics, first=first, last=middle),
                *self.logs(addresses=addresses, topics=topics, first=middle + 1, last=last),
            ]
        return sorted(
            (log_from_json(log) for log in found if not log.get("removed")),
            key=lambda log: (log.block_number, log.log_index),
        )

    def receipts_of_block(self, block_hash: str) -> list[Receipt]:
        """Every receipt of one block by its hash: the last word on which logs it holds."""
        found = self._request("eth_getBlockReceipts", block_hash)
        if found is None:
            raise UnknownBlock(f"the node has no block {block_hash}")
        return [receipt_from_json(receipt) for receipt in found]

    def transaction(self, tx_hash: str) -> SentTransaction | None:
        """The transaction, waiting or mined; None where the node does not know it."""
        found = self._request("eth_getTransactionByHash", tx_hash)
        return None if found is None else transaction_from_json(found)

    def transactions_of_block(self, number: int) -> list[SentTransaction]:
        """Every transaction of one block, whole."""
        found = self._request("eth_getBlockByNumber", hex(number), True)
        if found is None:
            raise UnknownBlock(f"the node has no block {number}")
        return [transaction_from_json(transaction) for transaction in found["transactions"]]

    def receipt(self, tx_hash: str) -> Receipt | None:
        """The receipt, or None while the transaction is not mined."""
        found = self._request("eth_getTransactionReceipt", tx_hash)
        return None if found is None or found.get("blockHash") is None else receipt_from_json(found)

    def wait_for_receipt(self, tx_hash: str, timeout_seconds: float = 60.0) -> Receipt:
        """The receipt as soon as there is one; raises NodeUnavailable after the time limit."""
        ends_at = time.monotonic() + timeout_seconds
        while time.monotonic() < ends_at:
            receipt = self.receipt(tx_hash)
            if receipt is not None:
                return receipt
            time.sleep(RECEIPT_POLL_SECONDS)
        raise NodeUnavailable(f"transaction {tx_hash} was not mined within {timeout_seconds:.0f} seconds")

    def read(
        self, contract: str, function: Function, /, *, block: BlockTag | None = None, **args: Any
    ) -> Any:
        """What the contract's function gives back, at the newest or the given block; raises CallReverted."""
        answer = self.call(function.call(contract, **args), block=block)
        if not answer and function.outputs:
            raise UndecodableData(f"there is no contract with {function.name} at {contract}")
        return function.decode_output(answer)

    def call(self, call: Call, *, sender: str | None = None, block: BlockTag | None = None) -> bytes:
        """What the call gives back without sending it; raises CallReverted."""
        answer = self._request(
            "eth_call", _transaction(call, sender), _tag("latest" if block is None else block)
        )
        return bytes.fromhex(answer[2:])

    def estimate_gas(self, call: Call, sender: str) -> int:
        """The gas that the call would use now; raises CallReverted where it would revert."""
        return int(self._request("eth_estimateGas", _transaction(call, sender)), 16)

    def gas_price(self) -> int:
        """Wei for a unit of gas, as the node would pay now."""
        return int(self._request("eth_gasPrice"), 16)

    def balance(self, address: str, block: BlockTag = "latest") -> int:
        """The account's balance in wei."""
        return int(self._request("eth_getBalance", address, _tag(block)), 16)

    def transaction_count(self, address: str, block: BlockTag = "latest") -> int:
        """How many transactions of the account are mined (or, with "pending", known): its next nonce."""
        return int(self._request("eth_getTransactionCount", address, _tag(block)), 16)

    def base_fee(self) -> int:
        """The newest block's base fee in wei a unit of gas."""
        return self.head().base_fee

    def priority_fee(self) -> int:
        """The node's suggestion for the priority fee in wei a unit of gas."""
        return int(self._request("eth_maxPriorityFeePerGas"), 16)

    def code(self, address: str) -> bytes:
        """The contract's runtime code, empty where there is none."""
        return bytes.fromhex(self._request("eth_getCode", address, "latest")[2:])

    def send_raw(self, raw: bytes) -> str:
        """Broadcasts a signed transaction and gives its hash.

        Raises AlreadyKnown, NonceTooLow, Underpriced or InsufficientFunds as the node answers.
        """
        return str(self._request("eth_sendRawTransaction", "0x" + bytes(raw).hex())).lower()

    def _request(self, method: str, *params: Any) -> Any:
        self._check_chain()
        return self._rpc.request(method, *params)

    def _check_chain(self) -> None:
        if self._chain_id is None:
            _ = self.chain_id


def client(timeout_seconds: float = TIMEOUT_SECONDS) -> ChainClient:
    """A client of the chain in the settings."""
    return ChainClient(settings.CHAIN_RPC_URL, settings.CHAIN_ID, timeout_seconds=timeout_seconds)


def _tag(tag: BlockTag) -> str:
    return hex(tag) if isinstance(tag, int) else tag


def _transaction(call: Call, sender: str | None) -> dict[str, str]:
    fields = {"to": call.to, "data": call.data_hex, "value": hex(call.value)}
    if sender is not None:
        fields["from"] = sender
    return fields
