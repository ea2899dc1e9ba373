"""What a projection gets: one decoded log of one of our contracts."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class LogEvent:
    """A log of a contract of our deployment, decoded.

    `args` is keyed by the names of the event's signature (camelCase from Solidity, snake_case from Vyper), in
    the plain forms of chain.abi_types. (block_hash, log_index) is unique; order is (block_number, log_index).
    """

    contract: str
    name: str
    args: dict[str, Any]
    block_number: int
    block_hash: str
    block_timestamp: int
    tx_hash: str
    log_index: int
    address: str
