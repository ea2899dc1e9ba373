"""Which block counts as final, by a fresh look at the node."""

from django.conf import settings

from chain.client import ChainClient


def deep_block(client: ChainClient) -> int:
    """The newest block that counts as final under CHAIN_CONFIRMATIONS."""
    if settings.CHAIN_CONFIRMATIONS == "finalized":
        return client.block("finalized").number
    return max(0, client.head_number() - settings.CHAIN_CONFIRMATIONS)
