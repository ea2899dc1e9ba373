"""Addresses of block explorers for what is on chain, by EIP-3091; empty where the settings name none."""

from django.conf import settings


def transaction_url(tx_hash: str) -> str:
    """The page of a transaction ("0x" + 64)."""
    return _url("tx", tx_hash)


def address_url(address: str) -> str:
    """The page of an account or contract."""
    return _url("address", address)


def block_url(number: int) -> str:
    """The page of a block."""
    return _url("block", str(number))


def _url(kind: str, name: str) -> str:
    base = settings.CHAIN_EXPLORER_URL
    return f"{base}/{kind}/{name}" if base and name else ""
