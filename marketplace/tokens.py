"""Payment tokens: their symbol and decimals, as their contracts say them."""

import time
from dataclasses import dataclass

from django.conf import settings

from chain.accounts import ZERO_ADDRESS
from chain.bindings import test_dollar
from chain.client import PAGE_TIMEOUT_SECONDS, client
from chain.deployments import current
from chain.errors import NotDeployed
from chain.prepared import Detail
from common.errors import QommonsError, RetryableError
from marketplace.rules.amounts import amount_text, decimal_text

# What a contract said is kept so long; a node that was away is asked again much sooner.
KEPT_SECONDS = 300.0
ASKED_AGAIN_AFTER_SECONDS = 2.0
MAX_KEPT = 256
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

    def decimal(self, units: int) -> str:
        """The amount as a plain decimal number for machines; base units where decimals are not known."""
        return decimal_text(units, self.decimals or 0)

    def detail(self, label: str, units: int) -> Detail:
        """A line of a prepared transaction, with the base units behind it."""
        return Detail(label, self.text(units), f"{units:,} base units of {self.address}")


# By node and address: the token, and until when it is believed (monotonic seconds).
_kept: dict[tuple[str, str], tuple["Token", float]] = {}


def token_at(address: str) -> Token:
    """The token at the address; a node that is away costs the words, never the page."""
    if not address or address == ZERO_ADDRESS:
        return Token(address)
    key, now = (settings.CHAIN_RPC_URL, address), time.monotonic()
    known = _kept.get(key)
    if known is None or known[1] <= now:
        if len(_kept) >= MAX_KEPT:
            _kept.clear()
        known = _kept[key] = _asked(address, now)
    return known[0]


def market_token() -> Token:
    """The token that prices are in here; one without an address where nothing is deployed."""
    try:
        return token_at(current().contracts.get("TestDollar", ""))
    except NotDeployed:
        return Token("")


def _asked(address: str, now: float) -> tuple[Token, float]:
    try:
        return _ask(address), now + KEPT_SECONDS
    except RetryableError:
        return Token(address), now + ASKED_AGAIN_AFTER_SECONDS


def _ask(address: str) -> Token:
    """What the contract says; without words where it is no token. Raises RetryableError."""
    node = client(PAGE_TIMEOUT_SECONDS)
    try:
        symbol = node.read(address, test_dollar.SYMBOL)
        decimals = node.read(address, test_dollar.DECIMALS)
    except RetryableError:
        raise
    except QommonsError:
        return Token(address)
    if not symbol.isprintable() or not 0 < len(symbol) <= MAX_SYMBOL_CHARS or decimals > MAX_DECIMALS:
        return Token(address)
    return Token(address, symbol, decimals)
