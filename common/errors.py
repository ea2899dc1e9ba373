"""Errors named by the fact, in two families: permanent (do not try again) and retryable (try again later)."""


class QommonsError(Exception):
    """A fact that a person can understand; `code` is stable and machine-readable."""

    code = "error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class PermanentError(QommonsError):
    """Trying again gives the same answer."""

    code = "permanent"


class RetryableError(QommonsError):
    """A node, broker or disk is away; the same call may succeed later."""

    code = "retryable"


class InvalidInput(PermanentError):
    """The caller's input is wrong; `field` names which part, where one part is to blame."""

    code = "invalid_input"

    def __init__(self, message: str, *, field: str | None = None, code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.field = field


class NotFound(PermanentError):
    """There is no such thing, or the caller may not know of it."""

    code = "not_found"


class NotAllowed(PermanentError):
    """The caller is known and may not do this."""

    code = "not_allowed"


class SignInRequired(PermanentError):
    """The act needs a signed-in wallet."""

    code = "sign_in_required"


class Conflict(PermanentError):
    """The thing is in a state in which the act is not possible."""

    code = "conflict"


class TooLarge(PermanentError):
    """The input is over a limit; the message carries both numbers."""

    code = "too_large"


class NoRoom(RetryableError):
    """A disk has too little room for it; there may be some when others are done, or after a cleaning."""

    code = "no_room"


class Unavailable(RetryableError):
    """A part that the act needs does not answer now."""

    code = "unavailable"
