"""A chain that already runs, reached through Ape."""

from collections.abc import Iterator
from contextlib import contextmanager

import ape
from ape.exceptions import ApeException
from ape.logging import logger
from web3 import Web3


class NodeUnavailable(Exception):
    """Nothing answers as an Ethereum node where one was expected."""


@contextmanager
def connected(rpc_url: str) -> Iterator[Web3]:
    """Ape's connection to the node, active for its contracts inside the block."""
    logger.set_level("WARNING")
    try:
        network = ape.networks.parse_network_choice(rpc_url)
        provider = network.__enter__()
    except (ApeException, OSError) as error:
        raise NodeUnavailable(f"no node answers at the RPC address: {type(error).__name__}") from error
    try:
        yield provider.web3
    finally:
        network.__exit__(None, None, None)
