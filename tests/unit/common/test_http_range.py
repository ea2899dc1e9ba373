"""One range of bytes, as HTTP asks for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.http_range import asked_range, content_range


@pytest.mark.parametrize(
    ("header", "asked"),
    [
        ("", None),
        ("bytes=0-", range(0, 10)),
        ("bytes=3-5", range(3, 6)),
        ("bytes=3-500", range(3, 10)),
        ("bytes=-4", range(6, 10)),
        ("bytes=-400", range(0, 10)),
        ("bytes=9-2", None),
        ("bytes=0-1,4-5", None),
        ("lines=0-1", None),
        ("bytes=-", None),
        ("bytes=a-b", None),
        (f"bytes={'9' * 40}-", None),
    ],
)
def test_header_asks_for_one_range_or_for_the_whole(header: str, asked: range | None):
    assert asked_range(header, 10) == asked


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=11-20", "bytes=-0"])
def test_range_outside_the_file_is_empty_and_refused_with_the_size(header: str):
    outside = asked_range(header, 10)

    assert outside is not None
    assert not outside
    assert content_range(outside, 10) == "bytes */10"


@given(st.text(alphabet="bytes=0123456789-, ", max_size=30), st.integers(0, 1000))
def test_no_header_reaches_past_the_file(header: str, size: int):
    asked = asked_range(header, size)

    assert asked is None or not asked or (0 <= asked.start < asked.stop <= size)
