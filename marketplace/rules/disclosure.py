"""What a provider shows of private data: the choices, and a profile cut down to them."""

import hashlib
import random
from collections.abc import Collection
from enum import StrEnum

from marketplace.profile import Column, HintKind, Profile

MOCK_ROWS = 10


class Shown(StrEnum):
    """A part of the profile that the provider may tick; what is not ticked is not kept either."""

    COLUMNS = "columns"
    COUNTS = "counts"
    SPREAD = "spread"
    VALUES = "values"
    MOCK = "mock"


SHOWN_WORDS = {
    Shown.COLUMNS: "names and types of the columns, and how many qubits they need",
    Shown.COUNTS: "how many rows, missing cells and different values there are",
    Shown.SPREAD: "lowest, highest and mean values, quantiles and histograms of numeric columns",
    Shown.VALUES: "frequent values and classes with their counts",
    Shown.MOCK: "made-up rows with the same columns, which hold nothing of the true ones",
}

_OF_COLUMNS, _OF_VALUES = {Shown.COLUMNS}, {Shown.COLUMNS, Shown.VALUES}
HINTS_NEED: dict[HintKind, set[Shown]] = {
    "email": _OF_COLUMNS,
    "social_security": _OF_COLUMNS,
    "iban": _OF_COLUMNS,
    "card_number": _OF_COLUMNS,
    "ip_address": _OF_COLUMNS,
    "phone": _OF_COLUMNS,
    "personal_name": _OF_COLUMNS,
    "repeated_rows": {Shown.COUNTS},
    "identifier": _OF_COLUMNS,
    "same_as": _OF_VALUES,
    "tells": _OF_VALUES,
}
"""What must be ticked for a hint to be told."""

RELEASE_WARNING = "What is released cannot be taken back: a pass that ends later stops later downloads alone."
ERASURE_UNDOES = "Nobody can open the sealed file any more: its key and every download link are destroyed."
ERASURE_LEAVES = (
    "What was released before stays with whoever has it, and so do models that were trained on it. The sealed"
    " file may lie on other IPFS nodes for ever, unreadable. A back-up of this site's database and keys from"
    " before could still open it until the release key is changed."
)


def disclosed(profile: Profile, shown: Collection[Shown]) -> Profile:
    """The profile with what is ticked alone. Rows themselves are never in it."""
    columns = [_disclosed_column(column, shown) for column in profile.columns]
    with_columns = Shown.COLUMNS in shown
    quantum = profile.quantum if with_columns else None
    if quantum is not None and Shown.SPREAD not in shown:
        quantum = quantum.model_copy(
            update={"suggested_pca_qubits": None, "pca_explained_variance": [], "kernel": None}
        )
    return profile.model_copy(
        update={
            "rows": profile.rows if Shown.COUNTS in shown else None,
            "missing_cells": profile.missing_cells if Shown.COUNTS in shown else None,
            "column_count": profile.column_count if with_columns else None,
            "columns": columns if with_columns else [],
            "preview": [],
            "label": None,
            "quantum": quantum,
            "hints": [hint for hint in profile.hints if HINTS_NEED[hint.kind] <= set(shown)],
        }
    )


def mock_rows(profile: Profile) -> list[list[str]]:
    """Made-up rows, always the same for the same names and types; no value of the data is looked at."""
    schema = "\n".join(f"{column.type} {column.name}" for column in profile.columns)
    dice = random.Random(hashlib.sha256(schema.encode()).digest())  # noqa: S311 (made-up cells, no secret)
    return [[_mock_cell(column, dice) for column in profile.columns] for _ in range(MOCK_ROWS)]


def _disclosed_column(column: Column, shown: Collection[Shown]) -> Column:
    hidden: dict[str, object] = {}
    if Shown.COUNTS not in shown:
        hidden |= {"missing": None, "unique": None}
    if Shown.SPREAD not in shown:
        names = ("minimum", "maximum", "mean", "standard_deviation", "quantiles", "histogram")
        hidden |= dict.fromkeys(names)
    if Shown.VALUES not in shown:
        hidden["top_values"] = []
    return column.model_copy(update=hidden)


def _mock_cell(column: Column, dice: random.Random) -> str:
    if column.type == "integer":
        return str(dice.randrange(100))
    if column.type == "real":
        return f"{dice.random():.4f}"
    if column.type == "boolean":
        return dice.choice(["true", "false"])
    return f"text {dice.randrange(5)}" if column.type == "text" else ""
