"""Single rules of RFC 3986 and RFC 3339."""

from datetime import UTC, datetime

import pytest

from accounts.siwe import grammar


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-21T02:00:00Z", datetime(2026, 11, 21, 2, tzinfo=UTC)),
        ("2026-11-21T02:00:00.5Z", datetime(2026, 11, 21, 2, 0, 0, 500_000, tzinfo=UTC)),
        ("2026-11-21T02:00:00.1234567Z", datetime(2026, 11, 21, 2, 0, 0, 123_456, tzinfo=UTC)),
        ("2026-11-21T02:00:00+05:30", datetime(2026, 11, 20, 20, 30, tzinfo=UTC)),
        ("2026-11-21T02:00:00-00:00", datetime(2026, 11, 21, 2, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
    ],
)
def test_read_date_time_gives_the_instant_in_utc(text: str, instant: datetime) -> None:
    assert grammar.read_date_time(text) == instant


@pytest.mark.parametrize("text", ["", "now", "2026-11-21", "2026-1-2T3:4:5Z", "9999-12-31T23:59:60Z"])
def test_read_date_time_other_text_gives_none(text: str) -> None:
    assert grammar.read_date_time(text) is None


@pytest.mark.parametrize("text", ["a", "a:1", "u@h", "u:p@h:1", "[::]", "1.2.3.4", "a_b~c", "%41", "h:"])
def test_is_authority_accepts(text: str) -> None:
    assert grammar.is_authority(text)


@pytest.mark.parametrize(
    "text", ["", "@", "u@", ":1", "a b", "a/b", "a:b", "[::]x", "[]", "[g::]", "a@b@c", "%4"]
)
def test_is_authority_refuses(text: str) -> None:
    assert not grammar.is_authority(text)


@pytest.mark.parametrize(
    "text",
    ["a:b", "http://a", "http://a/", "http://a?b", "http://a#b", "urn:a:b", "a+b-c.d:e", "x:/", "x:?q"],
)
def test_is_uri_accepts(text: str) -> None:
    assert grammar.is_uri(text)


@pytest.mark.parametrize(
    "text", ["", "a", "//a", "http//a", "http://", "1a:b", "a b:c", "a:b c", "a:^", "a:b#c#d", "é:a", "a:é"]
)
def test_is_uri_refuses(text: str) -> None:
    assert not grammar.is_uri(text)
