"""What became of a wallet's transaction: replaced by which, refused with which words."""

from chain.abi import Call
from chain.abi_types import hex_to_bytes
from chain.blocks import Receipt, SentTransaction
from chain.client import ChainClient
from chain.errors import CallReverted, NodeRefused, UnknownBlock

# How far back a replacement is looked for: about a day of Ethereum's blocks, 13 questions to the node.
LOOK_BACK_BLOCKS = 7_200


def replacement_of(node: ChainClient, *, sender: str, nonce: int) -> SentTransaction | None:
    """The mined transaction that holds this nonce; None where the nonce is free or was spent long ago."""
    last = node.head_number()
    if node.transaction_count(sender, last) <= nonce:
        return None
    first = max(0, last - LOOK_BACK_BLOCKS)
    try:
        while first < last:
            middle = (first + last) // 2
            if node.transaction_count(sender, middle) > nonce:
                last = middle
            else:
                first = middle + 1
        held = [each for each in node.transactions_of_block(last) if each.sender == sender.lower()]
    except (NodeRefused, UnknownBlock):
        return None  # a node that has dropped its old states cannot say
    return next((each for each in held if each.nonce == nonce), None)


def refusal_of(node: ChainClient, receipt: Receipt) -> str | None:
    """The contract's own word for a reverted transaction, run again on the states before and after its block.

    The one after tells of those that passed before and failed by what came first in their block. None where
    the node has neither state any more, or where the call passes on both.
    """
    sent = node.transaction(receipt.tx_hash)
    if sent is None or sent.to is None:
        return None
    call = Call(to=sent.to, data=hex_to_bytes(sent.data), value=sent.value)
    for block in (max(0, receipt.block_number - 1), receipt.block_number):
        try:
            node.call(call, sender=sent.sender, block=block)
        except CallReverted as reverted:
            return reverted.reason
        except (NodeRefused, UnknownBlock):
            continue
    return None
