"""The chain's time as far as the rows know it: rules ask for it, never for the server's clock."""

from chain.selectors import indexed_head


def chain_time() -> int:
    """The timestamp of the newest indexed block; 0 before the first."""
    head = indexed_head()
    return 0 if head is None else head.timestamp
