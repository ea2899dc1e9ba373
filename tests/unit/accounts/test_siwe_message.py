"""The EIP-4361 parser against our vectors (every rule of the grammar, kept and broken), and against noise."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.errors import InvalidMessage
from accounts.siwe.message import MAX_MESSAGE_CHARS, SiweMessage, parse

VECTORS = Path(__file__).resolve().parents[2] / "vectors" / "siwe"
VALID = json.loads((VECTORS / "valid.json").read_text())
INVALID = json.loads((VECTORS / "invalid.json").read_text())


@pytest.mark.parametrize("name", VALID)
def test_parse_valid_vector_gives_back_the_same_text(name: str) -> None:
    assert parse(VALID[name]).as_text() == VALID[name]


@pytest.mark.parametrize("name", INVALID)
def test_parse_invalid_vector_names_the_wrong_line(name: str) -> None:
    with pytest.raises(InvalidMessage) as refusal:
        parse(INVALID[name]["message"])

    assert refusal.value.line == INVALID[name]["line"]


def test_parse_reads_every_field() -> None:
    message = parse(VALID["every field"])

    assert message == SiweMessage(
        domain="commons.example",
        address="0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        statement="Sign in to read the open data: https://commons.example/terms?v=1&x=[y]",
        uri="https://commons.example/in",
        chain_id=31337,
        nonce="a1B2c3D4e5F6",
        issued_at=datetime(2026, 11, 21, 2, 0, tzinfo=UTC),
        issued_at_text="2026-11-21T02:00:00Z",
        expiration_time=datetime(2026, 11, 21, 2, 5, tzinfo=UTC),
        expiration_time_text="2026-11-21T02:05:00Z",
        not_before=datetime(2026, 11, 21, 1, 59, tzinfo=UTC),
        not_before_text="2026-11-21T01:59:00Z",
        request_id="job-7_(a)%20@x",
        resources=(
            "ipfs://bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku",
            "https://commons.example/d/1#top",
        ),
    )


def test_parse_scheme_is_read_only_before_the_domain() -> None:
    assert parse(VALID["scheme before the domain"]).scheme == "https"
    assert parse(VALID["no optional field"]).scheme is None


def test_parse_message_at_the_limit_is_read_and_one_character_more_is_refused() -> None:
    text = VALID["statement only"]
    statement = "Sign in to read the open data: https://commons.example/terms?v=1&x=[y]"
    longest = text.replace(statement, statement + "a" * (MAX_MESSAGE_CHARS - len(text)))

    assert len(longest) == MAX_MESSAGE_CHARS
    assert parse(longest)
    with pytest.raises(InvalidMessage, match="too many"):
        parse(longest.replace(statement, statement + "a"))


@pytest.mark.parametrize(
    "filling",
    ["%", "%4", "/", "a:", "[", "@", ":", "-", "//a", "(" * 3, "::", "1.", "\n", "- a:b\n", " "],
)
def test_parse_hostile_repetition_is_answered_at_once(filling: str) -> None:
    hostile = (filling * MAX_MESSAGE_CHARS)[:6000]
    base = VALID["every field"]
    texts = [
        base.replace("commons.example wants", f"{hostile} wants"),
        base.replace("https://commons.example/in", f"https://{hostile}"),
        base.replace("https://commons.example/in", f"https://a/{hostile}"),
        base.replace("job-7_(a)%20@x", hostile),
        base.replace("2026-11-21T02:00:00Z", f"2026-11-21T02:00:00.{hostile}Z"),
        f"{base}\n{hostile}",
    ]

    started = time.perf_counter()
    for text in texts:
        try:
            parse(text)
        except InvalidMessage:
            continue

    assert time.perf_counter() - started < 1.0


def test_parse_megabytes_are_refused_without_being_read() -> None:
    with pytest.raises(InvalidMessage, match="too many"):
        parse("\n" * 50_000_000)


@given(st.text(max_size=400))
def test_parse_any_text_is_a_message_or_invalid(text: str) -> None:
    try:
        parse(text)
    except InvalidMessage:
        return


@given(name=st.sampled_from(sorted(VALID)), at=st.integers(0, 600), junk=st.text(min_size=1, max_size=3))
def test_parse_disturbed_message_is_refused_or_reads_as_itself(name: str, at: int, junk: str) -> None:
    text = VALID[name]
    disturbed = text[: at % len(text)] + junk + text[at % len(text) :]

    try:
        message = parse(disturbed)
    except InvalidMessage:
        return
    # The chain ID may be written with leading zeros; all else is kept letter by letter.
    zeros = disturbed.replace("Chain ID: 0", "Chain ID: ").count("Chain ID: ")
    assert message.as_text() == disturbed or zeros
