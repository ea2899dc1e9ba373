"""ERC-2612 signatures of the test accounts."""

from typing import Any

from ape.api import TestAccountAPI
from commons import Commons
from eth_account import Account
from eth_account.messages import encode_typed_data

PERMIT = [
    {"name": "owner", "type": "address"},
    {"name": "spender", "type": "address"},
    {"name": "value", "type": "uint256"},
    {"name": "nonce", "type": "uint256"},
    {"name": "deadline", "type": "uint256"},
]


def permit_signature(
    commons: Commons, owner: TestAccountAPI, spender: str, amount: int, *, deadline: int
) -> tuple[int, bytes, bytes]:
    """v, r and s of `owner`'s permit of TestDollar."""
    signable = encode_typed_data(
        domain_data={
            "name": "Test Dollar",
            "version": "1",
            "chainId": commons.record["chain_id"],
            "verifyingContract": commons.test_dollar.address,
        },
        message_types={"Permit": PERMIT},
        message_data=_message(commons, owner, spender, amount, deadline),
    )
    signed = Account.sign_message(signable, owner.private_key)
    return signed.v, signed.r.to_bytes(32, "big"), signed.s.to_bytes(32, "big")


def _message(
    commons: Commons, owner: TestAccountAPI, spender: str, amount: int, deadline: int
) -> dict[str, Any]:
    return {
        "owner": owner.address,
        "spender": spender,
        "value": amount,
        "nonce": commons.test_dollar.nonces(owner),
        "deadline": deadline,
    }
