"""Why a sign-in is refused; each code is one rule of EIP-4361 or of this site."""

from common.errors import Conflict, InvalidInput, NotAllowed


class InvalidMessage(InvalidInput):
    """The text is not an EIP-4361 message; `line` counts from 1."""

    code = "invalid_message"

    def __init__(self, complaint: str, *, line: int) -> None:
        super().__init__(f"line {line}: {complaint}", field="message")
        self.complaint = complaint
        self.line = line


class WrongDomain(InvalidInput):
    """The message was made for another site."""

    code = "wrong_domain"


class WrongUri(InvalidInput):
    """The message's URI does not lie under this site."""

    code = "wrong_uri"


class WrongChain(InvalidInput):
    """The message names another chain."""

    code = "wrong_chain"


class WrongTime(InvalidInput):
    """The message is not valid yet, or not any more."""

    code = "wrong_time"


class WrongSignature(InvalidInput):
    """The signature is malformed or not by the message's address."""

    code = "wrong_signature"


class NonceSpent(Conflict):
    """The nonce was used, has expired, or was given to another session."""

    code = "nonce_spent"


class AccountClosed(NotAllowed):
    """The account exists and may not sign in."""

    code = "account_closed"
