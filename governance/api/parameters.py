"""Values from paths and query strings, refused in the API's one form."""

from rest_framework.request import Request

from accounts.bodies import read_address, read_units
from common.errors import InvalidInput


def given_address(request: Request, name: str) -> str | None:
    """The checksummed address of a query parameter, or None where it is absent."""
    text = request.query_params.get(name)
    return None if text is None else checked_address(text, field=name)


def given_number(request: Request, name: str) -> int | None:
    """The whole number of a query parameter, or None where it is absent."""
    text = request.query_params.get(name)
    if text is None:
        return None
    try:
        return read_units(text)
    except ValueError as error:
        raise InvalidInput(str(error), field=name) from error


def checked_address(text: str, *, field: str) -> str:
    """The address in checksum case; raises InvalidInput naming the field."""
    try:
        return read_address(text)
    except ValueError as error:
        raise InvalidInput(str(error), field=field) from error
