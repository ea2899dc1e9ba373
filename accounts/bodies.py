"""Request bodies as typed values; what does not fit is refused with the field's name."""

import re
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, WithJsonSchema

from chain.accounts import checksum
from chain.errors import InvalidArguments
from common.errors import InvalidInput
from common.fields import UINT256_MAX

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
_DIGITS = re.compile(r"0|[1-9][0-9]{0,77}")


class Body(BaseModel):
    """A request body. Unknown keys are errors: a misspelt limit must not be an absent one."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class EmptyBody(Body):
    """Nothing to say: {}."""


BodyType = TypeVar("BodyType", bound=Body)


def read_body(kind: type[BodyType], content: Any) -> BodyType:
    """The body as the given kind; raises InvalidInput naming the first field that is wrong."""
    if not isinstance(content, dict):
        raise InvalidInput("the body must be a JSON object")
    try:
        return kind.model_validate(dict(content))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or None
        raise InvalidInput(_in_words(first["type"], first["msg"]), field=field) from error


def read_units(value: object) -> int:
    """An amount in base units or a large number: decimal digits as text, or a whole number; below 2**256."""
    if isinstance(value, int) and not isinstance(value, bool):
        number = value
    elif isinstance(value, str) and _DIGITS.fullmatch(value):
        number = int(value)
    else:
        raise ValueError("an amount is a whole number in base units, as decimal digits")
    if not 0 <= number <= UINT256_MAX:
        raise ValueError("an amount must lie between 0 and 2**256 - 1")
    return number


def read_address(value: object) -> str:
    """An address in checksum case; mixed case with a wrong checksum may be a typing error and is refused."""
    if not isinstance(value, str) or not _ADDRESS.fullmatch(value):
        raise ValueError('an address is "0x" and 40 hex digits')
    try:
        return checksum(value)
    except InvalidArguments as error:
        raise ValueError("the address has a typing error: its checksum (EIP-55) is wrong") from error


_UNITS_SCHEMA = {
    "type": ["string", "integer"],
    "pattern": f"^({_DIGITS.pattern})$",
    "minimum": 0,
    "examples": ["25000000"],
}
_ADDRESS_SCHEMA = {
    "type": "string",
    "pattern": f"^{_ADDRESS.pattern}$",
    "examples": ["0x70997970C51812dc3A010C7d01b50e0d17dc79C8"],
}
Units = Annotated[int, BeforeValidator(read_units), WithJsonSchema(_UNITS_SCHEMA)]
Address = Annotated[str, BeforeValidator(read_address), WithJsonSchema(_ADDRESS_SCHEMA)]


def _in_words(kind: str, message: str) -> str:
    if kind == "missing":
        return "this is missing"
    if kind == "extra_forbidden":
        return "there is no such key"
    return message.removeprefix("Value error, ")
