"""How well a dataset is described: what a reader would miss, point by point."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DESCRIBED_CHARS = 100


@dataclass(frozen=True)
class Completeness:
    """How many of the points hold, and what is missing in words."""

    held: int
    of: int
    missing: tuple[str, ...]


def completeness(
    *,
    description: str,
    licence: str,
    creator: str,
    keywords: int,
    label_column: str,
    profile: Mapping[str, Any],
    has_rows_to_look_at: bool,
    is_consistent: bool,
) -> Completeness:
    """Eight points of equal weight; each that does not hold says what to add."""
    points = (
        (len(description) >= DESCRIBED_CHARS, f"a description of {DESCRIBED_CHARS} characters or more"),
        (bool(licence), "a licence"),
        (bool(creator), "who made it"),
        (keywords > 0, "keywords"),
        (bool(label_column), "the column to predict"),
        (bool(profile.get("columns")), "a profile of its columns"),
        (has_rows_to_look_at, "rows to look at, true or made up"),
        (is_consistent, "a metadata document that agrees with the chain"),
    )
    missing = tuple(words for holds, words in points if not holds)
    return Completeness(held=len(points) - len(missing), of=len(points), missing=missing)
