"""What changed from one version of a dataset to another; computed once, since versions never change."""

import tempfile
from dataclasses import dataclass
from typing import IO, Any

from django.core.cache import cache

from common.errors import QommonsError
from common.tables.difference import Difference
from marketplace.parsing.runner import compare_files
from marketplace.selectors.datasets import VersionCard
from marketplace.store import content_store

MOST_BYTES = 64 << 20
KEPT_SECONDS = 30 * 24 * 3600
SEALED = "The rows of private data are compared by whoever may read them, not here."
TOO_LARGE = "The files are too large to be compared here."


@dataclass(frozen=True)
class TypeChange:
    """A column that both versions have, with another type."""

    column: str
    before: str
    after: str


@dataclass(frozen=True)
class Changes:
    """`rows` is None where rows are not compared, and `problem` says why."""

    columns_added: tuple[str, ...]
    columns_removed: tuple[str, ...]
    types: tuple[TypeChange, ...]
    rows: Difference | None
    problem: str


def changes_between(before: VersionCard, after: VersionCard) -> Changes:
    """Columns by the pinned descriptions, rows by the bytes where both are public."""
    old, new = _types_of(before), _types_of(after)
    rows, problem = _rows_between(before, after)
    return Changes(
        columns_added=tuple(name for name in new if name not in old),
        columns_removed=tuple(name for name in old if name not in new),
        types=tuple(
            TypeChange(name, old[name], new[name]) for name in new if name in old and old[name] != new[name]
        ),
        rows=rows,
        problem=problem,
    )


def _types_of(card: VersionCard) -> dict[str, str]:
    return {column["name"]: column["type"] for column in card.metadata.columns}


def _rows_between(before: VersionCard, after: VersionCard) -> tuple[Difference | None, str]:
    if before.metadata.is_sealed or after.metadata.is_sealed:
        return None, SEALED
    if max(before.version.size_bytes, after.version.size_bytes) > MOST_BYTES:
        return None, TOO_LARGE
    key = f"changes:{before.content_cid}:{after.content_cid}"
    known: dict[str, Any] | None = cache.get(key)
    if known is None:
        try:
            with tempfile.TemporaryFile() as old, tempfile.TemporaryFile() as new:
                _fetch(before, old)
                _fetch(after, new)
                known = compare_files(old, new)
        except QommonsError as error:
            return None, f"The rows cannot be compared now: {error.message}."
        cache.set(key, known, KEPT_SECONDS)
    return Difference(**known), ""


def _fetch(card: VersionCard, file: IO[bytes]) -> None:
    for piece in content_store().open(card.content_cid):
        file.write(piece)
    file.flush()
