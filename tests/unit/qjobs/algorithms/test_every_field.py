"""No field of a posted document is without a check: each one that says something else is named."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.unit.qjobs.algorithms.test_every_kind import finished, wrong_fields
from tests.vectors.qjobs.kinds import KINDS


def paths(document: Any, path: str = "") -> Iterator[str]:
    """Of all leaves, as a finding names them."""
    if isinstance(document, dict) and document:
        for key, value in document.items():
            yield from paths(value, f"{path}.{key}" if path else key)
    elif isinstance(document, list) and document:
        for place, value in enumerate(document):
            yield from paths(value, f"{path}[{place}]")
    else:
        yield path


MOVES: dict[type, Callable[[Any], Any]] = {
    bool: lambda said: not said,
    int: lambda number: number + 1,
    float: lambda number: number + 1e-5 * max(1.0, abs(number)),
    str: lambda text: text + "?",
}


def moved(value: Any) -> Any:
    """The document with every leaf saying something else, by little where it is a number."""
    if isinstance(value, dict) and value:
        return {key: moved(each) for key, each in value.items()}
    if isinstance(value, list) and value:
        return [moved(each) for each in value]
    return MOVES.get(type(value), lambda empty: "something")(value)


@pytest.mark.parametrize("name", KINDS)
def test_each_field_that_says_something_else_and_one_more_are_named(name):
    files = finished(name)[1].files
    posted = {each: json.loads(files[each]) for each in ("metrics.json", "preprocessing.json")}
    changed = {each: {**moved(document), "more": 1} for each, document in posted.items()}

    found = wrong_fields(
        name, **{each.replace(".", "__"): json.dumps(said).encode() for each, said in changed.items()}
    )

    fields = {f"{each} {path}" for each, document in posted.items() for path in (*paths(document), "more")}
    assert len(fields) > 20
    assert fields - set(found) == set()
