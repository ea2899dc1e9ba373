"""The logs bloom of a block header: says surely that a log is not there, or that it may be."""

from collections.abc import Iterable

from eth_hash.auto import keccak


def may_hold(bloom: bytes, item: bytes) -> bool:
    """Whether the block may hold a log with this address or topic (Ethereum yellow paper, section 4.3.1)."""
    digest = keccak(item)
    return all(_bit(bloom, int.from_bytes(digest[at : at + 2], "big") & 2047) for at in (0, 2, 4))


def may_hold_log(bloom: bytes, addresses: Iterable[bytes], topics: Iterable[bytes]) -> bool:
    """Whether the block may hold a log of one of these contracts with one of these first topics."""
    if not any(bloom):
        return False
    return any(may_hold(bloom, address) for address in addresses) and any(
        may_hold(bloom, topic) for topic in topics
    )


def _bit(bloom: bytes, index: int) -> bool:
    return bool(bloom[255 - index // 8] >> (index % 8) & 1)
