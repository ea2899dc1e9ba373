"""Transactions ready for a wallet, tried out on the node before anybody signs."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from chain.abi import Call, Function
from chain.client import client
from chain.prepared import Detail, PreparedTransaction, prepare


def prepare_tried(
    wallet: str,
    contract: str,
    function: Function,
    *,
    summary: str,
    details: Sequence[tuple[str, str]],
    **args: Any,
) -> PreparedTransaction:
    """The transaction with an estimate of its gas.

    Raises CallReverted with the contract's own reason where it would fail now.
    """
    prepared = prepare(contract, function, summary=summary, details=details, **args)
    return with_gas(prepared, wallet)


def with_gas(prepared: PreparedTransaction, wallet: str) -> PreparedTransaction:
    """The transaction with one more detail: about how much gas it takes from this wallet now."""
    gas = estimate(prepared.call, wallet)
    return replace(prepared, details=(*prepared.details, Detail("Gas, about", f"{gas:,} units")))


def estimate(call: Call, wallet: str) -> int:
    """The gas that the call would use now; raises CallReverted."""
    return client().estimate_gas(call, wallet)
