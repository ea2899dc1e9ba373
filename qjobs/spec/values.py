"""Types of single values in a spec: numbers that JSON keeps, addresses, column names, grids."""

from collections.abc import Sized
from itertools import pairwise
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from storage.cid import Cid
from storage.errors import InvalidCid, UnsupportedCid

UINT256_MAX = 2**256 - 1
JSON_SAFE_INTEGER = 2**53 - 1
SEED_MAX = 2**32 - 1

UINT_TEXT = r"^(0|[1-9][0-9]{0,77})$"
ADDRESS_TEXT = r"^0x[0-9a-fA-F]{40}$"
# No database keeps a NUL in a text; in a title or a name, a line break could pass for words of the site.
ONE_LINE_TEXT = r"^[^\x00-\x1f\x7f]*$"
CELL_TEXT = r"^[^\x00]*$"


def is_none(value: object) -> bool:
    """For fields that a document leaves out where they are None: a spec from before them keeps its digest."""
    return value is None


def is_empty(value: Sized) -> bool:
    """The same for fields that are empty where nothing is asked for."""
    return not len(value)


def _whole_number(value: Any) -> int:
    """Takes a decimal string of any size, or an integer small enough that every JSON reader keeps it."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and (value == "0" or value[0] != "0"):
        number = int(value) if len(value) <= 78 else UINT256_MAX + 1
    elif isinstance(value, int) and not isinstance(value, bool) and abs(value) <= JSON_SAFE_INTEGER:
        number = value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        raise PydanticCustomError(
            "number_lost", "JSON readers lose digits of this number; write it as a string"
        )
    else:
        raise PydanticCustomError("whole_number", "must be a whole number written as a decimal string")
    if not 0 <= number <= UINT256_MAX:
        raise PydanticCustomError("uint256", "must be between 0 and 2**256 - 1")
    return number


def _increasing(values: tuple[float, ...]) -> tuple[float, ...]:
    if any(later <= earlier for earlier, later in pairwise(values)):
        raise PydanticCustomError("increasing", "must increase from value to value")
    return values


def _unique(values: tuple[str, ...]) -> tuple[str, ...]:
    twice = next((value for index, value in enumerate(values) if value in values[:index]), None)
    if twice is not None:
        raise PydanticCustomError("twice", "names {name} twice", {"name": repr(twice)})
    return values


def _cid_text(text: str) -> str:
    try:
        cid = Cid.parse(text)
    except (InvalidCid, UnsupportedCid) as error:
        raise PydanticCustomError(
            "cid", "is no content identifier: {reason}", {"reason": str(error)}
        ) from error
    if str(cid.as_v1) != text:
        raise PydanticCustomError("cid_spelling", "write it as {cid}", {"cid": str(cid.as_v1)})
    return text


BigUint = Annotated[
    int,
    BeforeValidator(_whole_number),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": UINT_TEXT}),
]
"""A uint256: `int` in Python, a decimal string in the document."""

Address = Annotated[str, StringConstraints(pattern=ADDRESS_TEXT, to_lower=True)]
"""A 20-byte address; the document holds it in lower case, so that one address has one spelling."""

CidText = Annotated[str, AfterValidator(_cid_text)]
"""A CIDv1 in base32 lower case, the one spelling that we write."""

Title = Annotated[str, StringConstraints(max_length=200, pattern=ONE_LINE_TEXT)]
ColumnName = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=ONE_LINE_TEXT)]
CellText = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=CELL_TEXT)]
ColumnNames = Annotated[tuple[ColumnName, ...], AfterValidator(_unique)]

PositiveFloat = Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)]
Grid = Annotated[tuple[PositiveFloat, ...], Field(min_length=1, max_length=16), AfterValidator(_increasing)]
"""Values to choose from, increasing; a tie in the inner cross-validation goes to the smallest."""

Seed = Annotated[int, Field(ge=0, le=SEED_MAX)]
