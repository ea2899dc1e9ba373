"""Signatures of contract wallets (ERC-1271): the account itself says whether a signature is its own."""

from eth_account.messages import encode_defunct
from eth_utils import keccak

from chain.abi import function
from chain.abi_types import hex_to_bytes
from chain.client import client
from chain.errors import CallReverted, InvalidSignature, UndecodableData

MAX_SIGNATURE_BYTES = 4_096
IS_VALID_SIGNATURE = function("isValidSignature(bytes32 digest, bytes signature) returns (bytes4)")
# What the contract answers for yes: the function's own selector, as a whole word.
_YES = bytes.fromhex(IS_VALID_SIGNATURE.selector[2:]).ljust(32, b"\0")


def accepts_personal_sign(account: str, message: str, signature: str) -> bool:
    """Whether the contract at this address takes the signature over the text as its own (EIP-191, ERC-1271).

    False where there is no contract. An empty signature is legal: some wallets approve digests on chain.
    Raises InvalidSignature for what is not hex or too long, NodeUnavailable where the node is away.
    """
    question = IS_VALID_SIGNATURE.call(account, digest=personal_digest(message), signature=_raw(signature))
    try:
        return client().call(question) == _YES
    except CallReverted:
        return False


def personal_digest(message: str) -> str:
    """What personal_sign signs for this text (EIP-191), as "0x" hex."""
    signable = encode_defunct(text=message)
    return "0x" + keccak(b"\x19" + signable.version + signable.header + signable.body).hex()


def _raw(signature: str) -> bytes:
    try:
        raw = hex_to_bytes(signature)
    except UndecodableData as error:
        raise InvalidSignature("the signature is not hex") from error
    if len(raw) > MAX_SIGNATURE_BYTES:
        raise InvalidSignature(f"a signature has at most {MAX_SIGNATURE_BYTES} bytes, not {len(raw)}")
    return raw
