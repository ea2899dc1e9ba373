"""Sealed files of a result in words: what is in them, and who can open them."""

from collections.abc import Iterable, Mapping
from typing import Any


def sealed_words(names: Iterable[str], metrics: Mapping[str, Any]) -> str:
    """One or two sentences; empty where nothing is sealed. `metrics` are a stranger's document."""
    sealed = sorted(names)
    if not sealed:
        return ""
    named = f"{' and '.join(sealed)} {'is' if len(sealed) == 1 else 'are'} sealed"
    return (
        f"{named}: {_rows(metrics)}, and the owner of the data allows rows in a model only sealed. Whoever "
        "holds the model token can open it, and in a dispute the verifiers; nobody else. All other files are "
        "public."
    )


def _rows(metrics: Mapping[str, Any]) -> str:
    final = metrics.get("final_model")
    known = final if isinstance(final, Mapping) else {}
    count = known.get("support_vectors", known.get("basis_rows"))
    if type(count) is not int or count < 0:
        return "it carries rows of the data"
    rows = "1 row" if count == 1 else f"{count:,} rows"
    return f"it carries {rows} of the data" + (" as support vectors" if "support_vectors" in known else "")
