"""How far a wallet's transaction is, for the page that sent it."""

import re

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import WalletSession
from chain.blocks import Receipt
from chain.client import ChainClient, client
from chain.fates import refusal_of, replacement_of
from chain.selectors import deep_number, indexed_head
from common.errors import InvalidInput
from governance.api.answers import FateWord, TransactionFate
from governance.api.parameters import given_address, given_number

REVERTED = "The contract refused it when its block came. Only gas was spent; nothing else has changed."
REPLACED = "Another transaction of this wallet took its place: it was sped up, or cancelled in the wallet."
UNKNOWN = "Another transaction of this wallet took its place, and the node cannot say which."
DROPPED = "The network does not know it: it was dropped, or has not arrived yet. Nothing has changed."
_HASH = re.compile(r"0x[0-9a-fA-F]{64}")


class TransactionView(APIView):
    """GET: pending, dropped, mined, reverted, final; with `?sender=&nonce=` also replaced.

    `is_indexed` says whether this site's rows already hold what it did. `replaced_by` names the transaction
    that took the nonce, with its `to` and `data`: whoever sent the first can tell whether it does the same.
    `unknown` is a nonce that was taken by a transaction that the node can no longer name.
    """

    authentication_classes = [WalletSession]

    def get(self, request: Request, tx_hash: str) -> Response:
        if not _HASH.fullmatch(tx_hash):
            raise InvalidInput("a transaction's hash is 0x and 64 hex digits", field="hash")
        node = client()
        receipt = node.receipt(tx_hash)
        if receipt is not None:
            return Response(_mined(node, receipt))
        return Response(
            _waiting(node, tx_hash, given_address(request, "sender"), given_number(request, "nonce"))
        )


def _waiting(node: ChainClient, tx_hash: str, sender: str | None, nonce: int | None) -> TransactionFate:
    if sender is not None and nonce is not None and node.transaction_count(sender) > nonce:
        return _replaced(node, tx_hash, sender, nonce)
    if node.transaction(tx_hash) is None:
        return _document("dropped", reason=DROPPED)
    return _document("pending")


def _replaced(node: ChainClient, tx_hash: str, sender: str, nonce: int) -> TransactionFate:
    receipt = node.receipt(tx_hash)  # it may have been mined between the two questions
    if receipt is not None:
        return _mined(node, receipt)
    other = replacement_of(node, sender=sender, nonce=nonce)
    if other is None:
        return _document("unknown", reason=UNKNOWN)
    return {
        **_document("replaced", reason=REPLACED),
        "replaced_by": {"hash": other.tx_hash, "to": other.to, "data": other.data},
    }


def _mined(node: ChainClient, receipt: Receipt) -> TransactionFate:
    head, deep = indexed_head(), deep_number()
    is_indexed = head is not None and head.number >= receipt.block_number
    if not receipt.succeeded:
        word = refusal_of(node, receipt)
        reason = REVERTED if word is None else f"{REVERTED} Its word: {word}."
        return _document("reverted", block=receipt.block_number, is_indexed=is_indexed, reason=reason)
    is_final = deep is not None and deep >= receipt.block_number
    return _document("final" if is_final else "mined", block=receipt.block_number, is_indexed=is_indexed)


def _document(
    state: FateWord, *, block: int | None = None, is_indexed: bool = False, reason: str | None = None
) -> TransactionFate:
    return {"state": state, "block": block, "is_indexed": is_indexed, "reason": reason, "replaced_by": None}
