"""How pages show addresses, times, amounts and JSON."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from common.templatetags import qommons

ADDRESS = "0x5FbDB2315678afecb367f032d93F642f64180aa3"


def test_short_address_keeps_first_six_and_last_four_and_the_whole_in_its_title() -> None:
    assert qommons.short(ADDRESS) == f'<abbr class="hash" title="{ADDRESS}">0x5FbD…0aa3</abbr>'


def test_short_escapes_what_is_no_address() -> None:
    assert "<script>" not in qommons.short("<script>alert(1)</script>")


def test_sentence_with_a_digest_is_shortened_and_escaped() -> None:
    shown = qommons.short_hashes(f"<b>Approve</b> {'0x' + 'ab' * 32} now")

    assert "&lt;b&gt;Approve&lt;/b&gt;" in shown
    assert "0xabab…abab</abbr> now" in shown


@pytest.mark.parametrize(
    ("distance", "words"),
    [
        (timedelta(seconds=-0.2), "just now"),
        (timedelta(seconds=-1.5), "1 second ago"),
        (timedelta(minutes=-3, seconds=-5), "3 minutes ago"),
        (timedelta(hours=26, seconds=30), "in 1 day"),
        (timedelta(days=-70), "2 months ago"),
        (timedelta(days=-900), "2 years ago"),
    ],
)
def test_time_is_told_relative_with_the_absolute_in_its_title(distance: timedelta, words: str) -> None:
    moment = datetime.now(UTC) + distance

    shown = qommons.ago(moment)

    assert f">{words}</time>" in shown
    assert f"{moment:%H:%M:%S} UTC" in shown


def test_unix_seconds_and_datetimes_are_shown_alike() -> None:
    assert qommons.on(1_760_000_000) == qommons.on(datetime.fromtimestamp(1_760_000_000, UTC))


def test_unix_seconds_of_the_database_are_shown_as_a_date() -> None:
    assert "14 Nov 2023" in qommons.on(Decimal(1_700_000_000))


@pytest.mark.parametrize("seconds", [253_402_300_800, Decimal(2**64 - 1)])
def test_time_beyond_the_calendar_is_said_in_words(seconds: int | Decimal) -> None:
    assert "after the year 9999" in qommons.on(seconds)


def test_time_that_has_not_come_is_said_in_words() -> None:
    assert "not yet" in qommons.ago(None)


@pytest.mark.parametrize(
    ("units", "decimals", "words"),
    [
        (1_500_000, 6, "1.5"),
        (25_000_000_000, 6, "25,000"),
        (1, 18, "0.000000000000000001"),
        (0, 6, "0"),
        (7, 0, "7"),
    ],
)
def test_base_units_lose_no_digit(units: int, decimals: int, words: str) -> None:
    assert qommons.units(units, decimals) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.25, "0.25 s"), (65, "1 min 5 s"), (3600, "1 h"), (90_061, "1 d 1 h"), (None, "–")],
)
def test_durations_name_the_two_largest_units(seconds: float | None, words: str) -> None:
    assert qommons.duration(seconds) == words


@pytest.mark.parametrize(
    ("value", "words"), [(1234567, "1,234,567"), (14.1272, "14.13"), (None, "–"), (3.0, "3"), (1e30, "1e+30")]
)
def test_figures_are_written_as_people_write_them(value: float | None, words: str) -> None:
    assert qommons.figure(value) == words


def test_json_block_cannot_be_closed_from_inside_and_reads_back() -> None:
    document = {"name": "</script><!--", "more": ["\u2028", "é & co"]}

    text = qommons.json_ld(document)

    assert "<" not in text
    assert ">" not in text
    assert "&" not in text
    assert json.loads(text) == document
