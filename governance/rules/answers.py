"""Reads what a person typed into a proposal's form; what does not fit is refused by the field's name."""

import re
from collections.abc import Sequence

from chain.accounts import checksum
from chain.errors import InvalidArguments
from common.errors import InvalidInput
from common.fields import UINT256_MAX
from governance.rules.kinds import Answers, FormField

_DIGITS = re.compile(r"[0-9]{1,78}")
_DECIMAL = re.compile(r"([0-9]{1,60})(?:\.([0-9]{1,36}))?")


def check_answers(fields: Sequence[FormField], answers: Answers) -> None:
    """Raises InvalidInput for a field that is unknown, missing, or none of its choices."""
    known = {field.name: field for field in fields}
    for name in answers:
        if name not in known:
            raise InvalidInput("There is no such field.", field=name)
    for field in fields:
        given = answers.get(field.name, "").strip()
        if not given and not field.is_optional:
            raise InvalidInput(f"Fill in “{field.label}”.", field=field.name)
        if given and field.choices and given not in {choice.value for choice in field.choices}:
            raise InvalidInput(f"“{field.label}” is one of those offered.", field=field.name)


def whole_number(answers: Answers, name: str) -> int:
    """A whole number in decimal digits, below 2**256."""
    text = answers.get(name, "").strip()
    if not _DIGITS.fullmatch(text) or int(text) > UINT256_MAX:
        raise InvalidInput("Write a whole number in digits.", field=name)
    return int(text)


def account(answers: Answers, name: str) -> str:
    """An address in checksum case."""
    try:
        return checksum(answers.get(name, "").strip())
    except InvalidArguments as error:
        raise InvalidInput(
            "An address is 0x and 40 hex digits, without a typing error.", field=name
        ) from error


def base_units(text: str, decimals: int, *, field: str) -> int:
    """Base units of a decimal number that a person typed; a comma is no decimal point.

    >>> base_units("1.5", 6, field="amount")
    1500000
    """
    found = _DECIMAL.fullmatch(text.strip())
    if found is None:
        raise InvalidInput("Write digits, with a point for decimals.", field=field)
    whole, part = found[1], (found[2] or "").rstrip("0")
    if len(part) > decimals:
        raise InvalidInput(f"At most {decimals} digits after the point.", field=field)
    units = int(whole + part.ljust(decimals, "0"))
    if units > UINT256_MAX:
        raise InvalidInput("The number is too large for the chain.", field=field)
    return units
