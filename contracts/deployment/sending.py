"""Sends the deployer's transactions without waiting between them, then checks every receipt."""

import time
from dataclasses import dataclass

from eth_account import Account
from hexbytes import HexBytes
from web3 import Web3
from web3.exceptions import TransactionNotFound
from web3.types import TxReceipt

RECEIPT_TIMEOUT_SECONDS = 300
POLL_SECONDS = 0.05
WIRE_GAS = 200_000


class DeploymentFailed(Exception):
    """A transaction of the deployment was refused, reverted or never mined."""


@dataclass(frozen=True)
class Sent:
    name: str
    tx_hash: HexBytes


def creation_gas(creation_code: bytes, runtime_size_bytes: int) -> int:
    """A gas limit for a contract's creation that needs no estimate.

    Estimates are no use here: a constructor may read a contract that is sent but not mined. The sum is that
    of the Yellow Paper, all code bytes taken as non-zero, and room for what constructors store and log.
    """
    base, storing, per_code_byte, per_input_byte, per_input_word = 53_000, 1_500_000, 200, 40, 2
    return (
        base
        + storing
        + per_code_byte * runtime_size_bytes
        + per_input_byte * len(creation_code)
        + per_input_word * (len(creation_code) // 32 + 1)
    )


class Deployer:
    """One key, its nonces counted here from the chain's pending count on."""

    def __init__(self, web3: Web3, private_key: str) -> None:
        self._web3 = web3
        self._account = Account.from_key(private_key)
        self.address: str = self._account.address
        self.next_nonce = web3.eth.get_transaction_count(self.address, "pending")
        self._chain_id = web3.eth.chain_id
        tip = web3.eth.max_priority_fee
        base_fee = web3.eth.get_block("latest").get("baseFeePerGas", 0)
        self._fees = {"maxPriorityFeePerGas": tip, "maxFeePerGas": 2 * base_fee + tip}
        if web3.eth.get_balance(self.address) == 0:
            raise DeploymentFailed(
                f"the deployer {self.address} has no ether for gas on chain {self._chain_id}"
            )

    def create(self, name: str, creation_code: bytes, runtime_size_bytes: int) -> Sent:
        """Broadcasts a contract's creation."""
        return self._send(name, None, creation_code, creation_gas(creation_code, runtime_size_bytes))

    def call(self, name: str, address: str, calldata: bytes) -> Sent:
        """Broadcasts a call of `wire`."""
        return self._send(name, address, calldata, WIRE_GAS)

    def receipts(self, sent: list[Sent]) -> list[TxReceipt]:
        """The receipts in order.

        Raises DeploymentFailed when one reverted or is not mined in time.
        """
        deadline = time.monotonic() + RECEIPT_TIMEOUT_SECONDS
        return [self._receipt(transaction, deadline) for transaction in sent]

    def _send(self, name: str, to: str | None, payload: bytes, gas: int) -> Sent:
        transaction = {
            "chainId": self._chain_id,
            "nonce": self.next_nonce,
            "gas": gas,
            "value": 0,
            "data": payload,
            **self._fees,
        }
        if to is not None:
            transaction["to"] = to
        signed = self._account.sign_transaction(transaction)
        self.next_nonce += 1
        return Sent(name, self._web3.eth.send_raw_transaction(signed.raw_transaction))

    def _receipt(self, sent: Sent, deadline: float) -> TxReceipt:
        while time.monotonic() < deadline:
            try:
                receipt = self._web3.eth.get_transaction_receipt(sent.tx_hash)
            except TransactionNotFound:
                time.sleep(POLL_SECONDS)
                continue
            if receipt["status"] != 1:
                raise DeploymentFailed(f"{sent.name}: transaction {sent.tx_hash.to_0x_hex()} reverted")
            return receipt
        raise DeploymentFailed(f"{sent.name}: transaction {sent.tx_hash.to_0x_hex()} is not mined")
