"""Payment tokens: their symbol and decimals, as their contracts say them."""

import time
from dataclasses import dataclass
from functools import lru_cache

from chain.accounts import ZERO_ADDRESS
from chain.bindings import test_dollar
from chain.client import client
from chain.prepared import Detail
from common.errors import QommonsError
from marketplace.rules.amounts import amount_text

ASKED_AGAIN_AFTER_SECONDS = 300
MAX_SYMBOL_CHARS = 12
MAX_DECIMALS = 36


@dataclass(frozen=True)
class Token:
    """An ERC-20; without symbol and decimals where its contract or the node did not say them."""

    address: str
    symbol: str | None = None
    decimals: int | None = None

    def text(self, units: int) -> str:
        """The amount as a person reads it."""
        return amount_text(units, self.decimals, self.symbol)

    def detail(self, label: str, units: int) -> Detail:
        """A line of a prepared transaction, with the base units behind it."""
        return Detail(label, self.text(units), f"{units:,} base units of {self.address}")


def token_at(address: str) -> Token:
    """The token at the address; a node that is away costs the words, never the page."""
    if not address or address == ZERO_ADDRESS:
        return Token(address)
    return _ask(address, int(time.monotonic() // ASKED_AGAIN_AFTER_SECONDS))


@lru_cache(maxsize=256)
def _ask(address: str, _period: int) -> Token:
    node = client()
    try:
        symbol = node.read(address, test_dollar.SYMBOL)
        decimals = node.read(address, test_dollar.DECIMALS)
    except QommonsError:
        return Token(address)
    if not symbol.isprintable() or not 0 < len(symbol) <= MAX_SYMBOL_CHARS or decimals > MAX_DECIMALS:
        return Token(address)
    return Token(address, symbol, decimals)
