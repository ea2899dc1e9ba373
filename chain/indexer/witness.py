"""Several nodes: what is read never goes beyond the newest block that all of them have."""

from collections.abc import Sequence

from chain.blocks import BlockRef
from chain.client import ChainClient
from chain.errors import UnknownBlock


def agreed_head(client: ChainClient, witnesses: Sequence[ChainClient], *, at_least: int) -> BlockRef:
    """The newest block of `client` that every witness has too, searched down to number `at_least`.

    Where a witness differs already there, that block itself is given: nothing moves until they agree.
    """
    head = client.head()
    for witness in witnesses:
        head = _common(client, witness, head, at_least)
    return head


def _common(client: ChainClient, witness: ChainClient, head: BlockRef, at_least: int) -> BlockRef:
    if head.number <= at_least or _has(witness, head):
        return head
    # Chains that differ at a block differ at all later ones, so the newest common one is found by halving.
    agreed, disputed = at_least, head.number
    while disputed - agreed > 1:
        middle = (agreed + disputed) // 2
        if _has(witness, client.block(middle)):
            agreed = middle
        else:
            disputed = middle
    return client.block(agreed)


def _has(witness: ChainClient, block: BlockRef) -> bool:
    try:
        return witness.block(block.number).hash == block.hash
    except UnknownBlock:
        return False
