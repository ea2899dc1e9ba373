"""The one table from error to HTTP status."""

from http import HTTPStatus

from common.errors import (
    Conflict,
    InvalidInput,
    NoRoom,
    NotAllowed,
    NotFound,
    PermanentError,
    QommonsError,
    RetryableError,
    SignInRequired,
    TooLarge,
)

# The first class that fits wins, so the special ones stand above their family.
STATUS_BY_ERROR: tuple[tuple[type[QommonsError], HTTPStatus], ...] = (
    (NotFound, HTTPStatus.NOT_FOUND),
    (SignInRequired, HTTPStatus.UNAUTHORIZED),
    (NotAllowed, HTTPStatus.FORBIDDEN),
    (TooLarge, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (InvalidInput, HTTPStatus.UNPROCESSABLE_ENTITY),
    (Conflict, HTTPStatus.CONFLICT),
    (PermanentError, HTTPStatus.BAD_REQUEST),
    (NoRoom, HTTPStatus.INSUFFICIENT_STORAGE),
    (RetryableError, HTTPStatus.SERVICE_UNAVAILABLE),
)


def status_of(error: QommonsError) -> HTTPStatus:
    """The HTTP status that tells this fact."""
    for kind, status in STATUS_BY_ERROR:
        if isinstance(error, kind):
            return status
    return HTTPStatus.INTERNAL_SERVER_ERROR
