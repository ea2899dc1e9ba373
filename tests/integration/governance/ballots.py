"""What a voter's wallet does with an offered ballot."""

from typing import Any

from chain.accounts import LocalWallet


def signed(wallet: LocalWallet, offer: dict[str, Any], *, support: str, reason: str = "") -> dict[str, Any]:
    """The body that gives the signed vote back."""
    signature = wallet.sign_typed_data(offer["typed_data"])
    return {"support": support, "reason": reason, "signature": signature}
