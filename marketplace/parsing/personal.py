"""Cells and names of columns that look as if they told of a person, by their form alone."""

import re
from collections.abc import Callable

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,200}\.[A-Za-z]{2,24}")
_SOCIAL = re.compile(r"[0-9]{3}-[0-9]{2}-[0-9]{4}")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}(?: ?[0-9A-Z]{4}){2,7}(?: ?[0-9A-Z]{1,4})?")
_CARD = re.compile(r"[0-9]{4}(?:[ -]?[0-9]{4}){2}[ -]?[0-9]{1,7}")
_IP = re.compile(r"(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})\.){3}(?:25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})")
_PHONE = re.compile(
    r"\+[1-9][ ()./0-9-]{6,18}"
    r"|\(?[0-9]{3}\)?[ .-][0-9]{3}[ .-][0-9]{4}"
    r"|0[0-9]{2,4}[ /-][0-9]{3,5}[ -]?[0-9]{2,6}"
)
_NAMED = re.compile(
    r"(?:(?:first|last|full|family|given|patient|customer|sur)[ _-]?name|forename|street|address|passport"
    r"|(?:date[ _-]?of[ _-]?birth|birth[ _-]?(?:date|day))|dob|ssn|social[ _-]?security(?:[ _-]?number)?"
    r"|(?:e[ _-]?mail|phone|mobile|telephone)(?:[ _-]?(?:address|number))?|ip[ _-]?address)",
    re.IGNORECASE,
)


def is_personal_name(column: str) -> bool:
    """Whether a column of this name is likely to hold facts of a person.

    >>> is_personal_name("Date of birth"), is_personal_name("petal width")
    (True, False)
    """
    return _NAMED.fullmatch(column.strip()) is not None


def is_card(cell: str) -> bool:
    """Whether 13 to 19 digits in groups of four pass Luhn's check, which one number of ten does by chance.

    >>> is_card("4111 1111 1111 1111"), is_card("4111 1111 1111 1112")
    (True, False)
    """
    if not _CARD.fullmatch(cell):
        return False
    digits = [int(sign) for sign in reversed(cell) if sign.isdigit()]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def is_iban(cell: str) -> bool:
    """By ISO 13616: the country moved behind, letters as numbers, 1 modulo 97.

    >>> is_iban("DE89 3704 0044 0532 0130 00"), is_iban("DE89 3704 0044 0532 0130 01")
    (True, False)
    """
    if not _IBAN.fullmatch(cell):
        return False
    bare = cell.replace(" ", "")
    return int("".join(str(int(sign, 36)) for sign in bare[4:] + bare[:4])) % 97 == 1


LOOKS: dict[str, Callable[[str], bool]] = {
    "email": lambda cell: _EMAIL.fullmatch(cell) is not None,
    "social_security": lambda cell: _SOCIAL.fullmatch(cell) is not None,
    "iban": is_iban,
    "card_number": is_card,
    "ip_address": lambda cell: _IP.fullmatch(cell) is not None,
    "phone": lambda cell: _PHONE.fullmatch(cell) is not None,
}
"""The kind of hint, and whether a cell looks so; the first one wins where two fit alike."""
