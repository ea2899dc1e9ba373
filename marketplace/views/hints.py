"""What a profile hints at, in words for the provider and for whoever would use the data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from common.templatetags.qommons import percent

MOST_SHOWN = 12
LOOKS_LIKE = {
    "email": "e-mail addresses",
    "social_security": "social security numbers",
    "iban": "bank accounts (IBAN)",
    "card_number": "card numbers",
    "ip_address": "IP addresses",
    "phone": "telephone numbers",
}


@dataclass(frozen=True)
class HintRow:
    """`subject` and `other` are names from the data, which a page sets apart; empty where none is meant."""

    subject: str
    words: str
    other: str = ""
    rest: str = ""
    is_personal: bool = False


def hint_rows(profile: Mapping[str, Any]) -> list[HintRow]:
    """The first hints of a profile, each as the end of a sentence about its column."""
    return [_row(hint) for hint in profile.get("hints", ())[:MOST_SHOWN]]


def _row(hint: Mapping[str, Any]) -> HintRow:
    kind, column, other, share = hint["kind"], hint["column"], hint["other"], percent(hint["share"])
    match kind:
        case "repeated_rows":
            return HintRow(
                "", f"{share} of the rows are there more than once: twins in a test flatter a model"
            )
        case "identifier":
            return HintRow(column, "is different in every row: it names the row and explains nothing")
        case "same_as":
            return HintRow(column, "holds the same cells as", other)
        case "tells":
            rest = f" in {share} of the rows: would it be known in advance?"
            return HintRow(column, "alone is right about", other, rest)
        case "personal_name":
            return HintRow(column, "is named like something about a person", is_personal=True)
    return HintRow(column, f"looks like {LOOKS_LIKE[kind]} in {share} of its cells", is_personal=True)
