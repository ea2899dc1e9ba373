"""Whether a wallet signed a text: its own key first, then the wallet's contract (ERC-1271)."""

from accounts.errors import WrongSignature
from chain.accounts import recover_personal_sign
from chain.contract_signatures import accepts_personal_sign
from chain.errors import InvalidSignature


def check_signed_by(address: str, *, text: str, signature: str) -> None:
    """Raises WrongSignature unless the address signed the text (EIP-191).

    An account's own key is asked first and needs no node: so an account with code of its own (EIP-7702)
    signs in as ever. Only then the contract at the address is asked; NodeUnavailable where the node is away.
    """
    try:
        if recover_personal_sign(text, signature) == address:
            return
        complaint = "the signature is not by the address in the message"
    except InvalidSignature as error:
        complaint = error.message
    if not _is_taken_by_contract(address, text, signature):
        raise WrongSignature(complaint, field="signature")


def _is_taken_by_contract(address: str, text: str, signature: str) -> bool:
    try:
        return accepts_personal_sign(address, text, signature)
    except InvalidSignature:
        return False
