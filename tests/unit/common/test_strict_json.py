"""JSON from strangers."""

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.strict_json import NotJson, strict_loads

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(VALUES)
def test_strict_loads_reads_what_json_wrote(value: Any) -> None:
    assert strict_loads(json.dumps(value).encode()) == value


def test_strict_loads_two_hundred_levels_are_the_end() -> None:
    assert strict_loads(b"[" * 199 + b"]" * 199)

    with pytest.raises(NotJson, match="recursion limit"):
        strict_loads(b"[" * 300 + b"]" * 300)


def test_strict_loads_brackets_inside_strings_do_not_count() -> None:
    text = '[[[{\\"' * 1000

    assert strict_loads(json.dumps([text]).encode()) == [text]


@pytest.mark.attack("S19")
@pytest.mark.parametrize(
    "hostile",
    [b"[" * 1_000_000, b'{"a":' * 200_000, b'"' + b'\\"' * 500_000, b'"' * 999_999, b"\\" * 1_000_000],
)
def test_strict_loads_hostile_document_is_refused_at_once(hostile: bytes) -> None:
    started = time.perf_counter()

    with pytest.raises(ValueError, match=r"."):
        strict_loads(hostile)

    assert time.perf_counter() - started < 2


@pytest.mark.parametrize(
    "document",
    [b"", b"NaN", b"[Infinity]", b"\xff", b"{", b"1 2", b'{"a": [1e999]}', b"-1e400", b"-1" + b"0" * 400],
)
def test_strict_loads_what_is_no_json_is_refused(document: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        strict_loads(document)
