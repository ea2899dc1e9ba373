"""The one table from what nodes say to what we mean. Nothing of a node's address gets into a message."""

from typing import Any

from chain.errors import (
    AlreadyKnown,
    InsufficientFunds,
    NodeRefused,
    NodeUnavailable,
    NonceTooLow,
    TooManyLogs,
    Underpriced,
    UnknownBlock,
)
from chain.reverts import revert_of
from common.errors import QommonsError

_EXECUTION_REVERTED = 3  # the JSON-RPC code that geth, Anvil and others give a revert

# The first line whose words stand in the node's text (lower case) wins.
_MEANINGS: tuple[tuple[str, type[QommonsError], str], ...] = (
    ("already known", AlreadyKnown, "the node already has this transaction"),
    ("already imported", AlreadyKnown, "the node already has this transaction"),
    ("known transaction", AlreadyKnown, "the node already has this transaction"),
    ("replacement transaction underpriced", Underpriced, "the replacement's fee is too low"),
    ("transaction underpriced", Underpriced, "the fee is below what the node takes"),
    ("max fee per gas less than block base fee", Underpriced, "the fee is below the block's base fee"),
    ("nonce too low", NonceTooLow, "the nonce is taken"),
    ("nonce is too low", NonceTooLow, "the nonce is taken"),
    ("insufficient funds", InsufficientFunds, "the account cannot pay for value and gas"),
    ("gas required exceeds allowance", InsufficientFunds, "the account cannot pay for the gas"),
    ("too many results", TooManyLogs, "the node refuses so many logs at once"),
    ("query returned more than", TooManyLogs, "the node refuses so many logs at once"),
    ("block range", TooManyLogs, "the node refuses so large a block range"),
    ("range is too large", TooManyLogs, "the node refuses so large a block range"),
    ("response size exceed", TooManyLogs, "the node refuses so many logs at once"),
    ("rate limit", NodeUnavailable, "the node asks us to slow down"),
    ("too many requests", NodeUnavailable, "the node asks us to slow down"),
    ("header not found", UnknownBlock, "the node does not have this block"),
    ("unknown block", UnknownBlock, "the node does not have this block"),
    ("block not found", UnknownBlock, "the node does not have this block"),
    ("blockoutofrange", UnknownBlock, "the node does not have this block"),
    ("timeout", NodeUnavailable, "the node took too long"),
    ("timed out", NodeUnavailable, "the node took too long"),
    ("internal error", NodeUnavailable, "the node has an internal error"),
)


def meaning_of(error: dict[str, Any]) -> QommonsError:
    """The typed error of a JSON-RPC error object."""
    text = str(error.get("message", ""))
    lowered = text.lower()
    if error.get("code") == _EXECUTION_REVERTED or "revert" in lowered:
        return revert_of(_revert_data(error.get("data")), text)
    for words, kind, message in _MEANINGS:
        if words in lowered:
            return kind(message)
    return NodeRefused(f"the node refused the request ({error.get('code')})")


def meaning_of_status(status: int) -> QommonsError:
    """The typed error of an HTTP status."""
    if status == 429:
        return NodeUnavailable("the node asks us to slow down")
    if status >= 500:
        return NodeUnavailable(f"the node answers with HTTP {status}")
    return NodeRefused(f"the node refuses us with HTTP {status}")


def _revert_data(data: Any) -> str | None:
    """The revert bytes, wherever this node puts them."""
    if isinstance(data, dict):
        return _revert_data(data.get("data"))
    return data if isinstance(data, str) else None
