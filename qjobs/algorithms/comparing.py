"""Field-by-field comparison of a posted document with the rebuilt one."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.strict_json import NotJson, strict_loads
from qjobs.algorithms.result import Finding

EXACT_TOLERANCE = 1e-9
"""The exact class: rebuilt numbers agree within this on any machine."""

Tolerance = Callable[[str], float]
"""Field path -> largest allowed difference, relative to max(1, |expected|)."""


def differing_fields(expected: Any, found: Any, tolerance: Tolerance, path: str = "") -> Iterator[Finding]:
    """One finding a leaf that differs or is missing; nothing where both agree."""
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        for key in sorted(expected.keys() | found.keys()):
            inner = f"{path}.{key}" if path else str(key)
            if key not in found or key not in expected:
                yield _finding(inner, expected.get(key, "absent"), found.get(key, "absent"))
            else:
                yield from differing_fields(expected[key], found[key], tolerance, inner)
    elif isinstance(expected, list) and isinstance(found, list):
        if len(expected) != len(found):
            yield Finding(path, False, f"{len(expected)} entries", f"{len(found)} entries")
        for index, (left, right) in enumerate(zip(expected, found, strict=False)):
            yield from differing_fields(left, right, tolerance, f"{path}[{index}]")
    elif _is_number(expected) and _is_number(found):
        if not abs(found - expected) <= tolerance(path) * max(1.0, abs(expected)):
            yield _finding(path, expected, found)
    elif type(expected) is not type(found) or expected != found:
        yield _finding(path, expected, found)


def document_findings(name: str, expected: Any, found: Any, tolerance: Tolerance) -> Iterator[Finding]:
    """One finding a field that differs, or one that says that none does."""
    differing = list(differing_fields(expected, found, tolerance))
    for finding in differing:
        yield Finding(f"{name} {finding.field}", False, finding.expected, finding.found, finding.note)
    if not differing:
        yield Finding(name, True, "as rebuilt", "as rebuilt")


def posted_form(block: bytes, forms: Sequence[str]) -> str:
    """The schema that a posted document says it has; the last of those known where it says none of them."""
    try:
        posted = strict_loads(block)
    except NotJson:
        return forms[-1]
    named = posted.get("schema") if isinstance(posted, dict) else None
    return next((form for form in forms if form == named), forms[-1])


def text_findings(name: str, expected: bytes, found: bytes) -> Iterator[Finding]:
    """One finding: the first line that differs, or that none does."""
    if expected == found:
        yield Finding(name, True, "as rebuilt", "as rebuilt")
        return
    left, right = expected.decode().splitlines(), found.decode(errors="replace").splitlines()
    for number, (mine, theirs) in enumerate(zip_longest(left, right, fillvalue="nothing"), start=1):
        if mine != theirs:
            yield Finding(f"{name} line {number}", False, mine, theirs)
            return
    yield Finding(name, False, "the rebuilt line ends", "other line ends")


def array_finding(name: str, expected: NDArray, found: NDArray) -> Finding:
    """Whether two float arrays agree within 1e-9; names the first entry that does not."""
    if expected.shape != found.shape:
        return Finding(name, False, f"shape {expected.shape}", f"shape {found.shape}")
    allowed = EXACT_TOLERANCE * np.maximum(1.0, np.abs(expected))
    differs = ~(np.abs(found - expected) <= allowed)
    if not differs.any():
        largest = float(np.max(np.abs(found - expected), initial=0.0))
        return Finding(name, True, "within 1e-09", f"within {largest:.1e}")
    place = tuple(int(index) for index in np.argwhere(differs)[0])
    label = f"{name}[{','.join(str(index) for index in place)}]"
    note = f"{int(differs.sum())} of {differs.size} entries differ"
    left, right = number_texts(float(expected[place]), float(found[place]))
    return Finding(label, False, left, right, note)


def number_texts(expected: float, found: float) -> tuple[str, str]:
    """Both numbers, short where that still tells them apart."""
    short = f"{expected:.4f}", f"{found:.4f}"
    return short if short[0] != short[1] else (repr(expected), repr(found))


def _finding(path: str, expected: Any, found: Any) -> Finding:
    if isinstance(expected, float) and isinstance(found, float):
        left, right = number_texts(expected, found)
        return Finding(path, False, left, right)
    return Finding(path, False, str(expected), str(found))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
