"""How far a wallet's transaction is, for the page that sent it."""

import re
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import WalletSession
from chain.blocks import Receipt
from chain.client import ChainClient, client
from chain.selectors import deep_number, indexed_head
from common.errors import InvalidInput
from governance.api.parameters import given_address, given_number

REVERTED = "The contract refused it when its block came. Only gas was spent; nothing else has changed."
REPLACED = (
    "Another transaction of this wallet took its place: it was sped up, cancelled in the wallet, or dropped."
)
_HASH = re.compile(r"0x[0-9a-fA-F]{64}")


class TransactionView(APIView):
    """GET: pending, mined, reverted, final; unknown where `?sender=&nonce=` show that another took its nonce.

    `is_indexed` says whether this site's rows already hold what it did.
    """

    authentication_classes = [WalletSession]

    def get(self, request: Request, tx_hash: str) -> Response:
        if not _HASH.fullmatch(tx_hash):
            raise InvalidInput("a transaction's hash is 0x and 64 hex digits", field="hash")
        node = client()
        receipt = node.receipt(tx_hash)
        if receipt is None and _is_nonce_taken(node, request):
            receipt = node.receipt(tx_hash)  # it may have been mined between the two questions
            if receipt is None:
                return Response(_document("unknown", reason=REPLACED))
        return Response(_document("pending") if receipt is None else _mined(receipt))


def _is_nonce_taken(node: ChainClient, request: Request) -> bool:
    sender, nonce = given_address(request, "sender"), given_number(request, "nonce")
    return sender is not None and nonce is not None and node.transaction_count(sender) > nonce


def _mined(receipt: Receipt) -> dict[str, Any]:
    head, deep = indexed_head(), deep_number()
    is_indexed = head is not None and head.number >= receipt.block_number
    if not receipt.succeeded:
        return _document("reverted", block=receipt.block_number, is_indexed=is_indexed, reason=REVERTED)
    is_final = deep is not None and deep >= receipt.block_number
    return _document("final" if is_final else "mined", block=receipt.block_number, is_indexed=is_indexed)


def _document(
    state: str, *, block: int | None = None, is_indexed: bool = False, reason: str | None = None
) -> dict[str, Any]:
    return {"state": state, "block": block, "is_indexed": is_indexed, "reason": reason}
