"""TestDollar: ERC-20 with 6 decimals and permit, on local chains only."""

from chain.abi import events_in, functions_in
from chain.bindings.erc20 import (
    ALLOWANCE,
    APPROVAL,
    APPROVE,
    BALANCE_OF,
    DECIMALS,
    DOMAIN_SEPARATOR,
    NAME,
    NONCES,
    PERMIT,
    SYMBOL,
    TOTAL_SUPPLY,
    TRANSFER,
    TRANSFER_FROM,
    TRANSFERRED,
)

__all__ = [
    "ALLOWANCE",
    "APPROVAL",
    "APPROVE",
    "BALANCE_OF",
    "DECIMALS",
    "DOMAIN_SEPARATOR",
    "EVENTS",
    "FUNCTIONS",
    "NAME",
    "NONCES",
    "PERMIT",
    "SYMBOL",
    "TOTAL_SUPPLY",
    "TRANSFER",
    "TRANSFERRED",
    "TRANSFER_FROM",
]

FUNCTIONS = functions_in(globals())
EVENTS = events_in(globals())
