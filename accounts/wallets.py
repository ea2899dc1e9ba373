"""Whether a wallet signed a text: the one seam where contract wallets (ERC-1271) will ask the chain."""

from accounts.errors import WrongSignature
from chain.accounts import recover_personal_sign
from chain.errors import InvalidSignature


def check_signed_by(address: str, *, text: str, signature: str) -> None:
    """Raises WrongSignature unless the address's own key signed the text (EIP-191, not malleable)."""
    try:
        signer = recover_personal_sign(text, signature)
    except InvalidSignature as error:
        raise WrongSignature(error.message, field="signature") from error
    if signer != address:
        raise WrongSignature("the signature is not by the address in the message", field="signature")
