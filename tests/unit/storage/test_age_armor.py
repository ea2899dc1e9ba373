"""Armor: strict text around a sealed file."""

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.age.armor import BEGIN, END, armor, is_armored, without_armor
from storage.age.errors import MalformedArmor
from storage.importer import read_exactly
from tests.fakes.ipfs_store_contract import OneWay, content_of

SEALED = content_of(100)
TEXT = b"".join(armor([SEALED]))
LINES = TEXT.splitlines()


def read(text: bytes) -> bytes:
    return read_exactly(without_armor(BytesIO(text)), 1 << 30)


def written(*lines: bytes) -> bytes:
    return b"\n".join(lines) + b"\n"


@given(st.binary(max_size=400))
@settings(max_examples=60, deadline=None)
def test_armor_comes_off_as_it_went_on(sealed: bytes) -> None:
    assert read(b"".join(armor([sealed[:7], sealed[7:]]))) == sealed


def test_armor_of_a_larger_file_has_lines_of_64() -> None:
    sealed = content_of(200_001)

    text = b"".join(armor(iter([sealed[:99_999], sealed[99_999:]])))

    assert {len(line) for line in text.splitlines()[1:-2]} == {64}
    assert read_exactly(without_armor(OneWay(text)), 1 << 30) == sealed


@pytest.mark.parametrize(
    "text",
    [TEXT[:-1], TEXT.replace(b"\n", b"\r\n"), b" \n\t\r\n" + TEXT, TEXT + b"\n \r\n", b"  " + TEXT],
    ids=["no last line feed", "CRLF", "blank before", "blank after", "indented"],
)
def test_blanks_around_the_armor_and_other_line_ends_are_taken(text: bytes) -> None:
    assert is_armored(text)
    assert read(text) == SEALED


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"rubbish\n" + TEXT,
        TEXT + b"rubbish\n",
        written(*LINES[:-1]),
        written(LINES[0], b"Comment: hello", b"", *LINES[1:]),
        written(LINES[0], b"", *LINES[1:]),
        written(*LINES[:-1], b"", LINES[-1]),
        written(LINES[0], b" " + LINES[1], *LINES[2:]),
        written(LINES[0], LINES[1] + b" ", *LINES[2:]),
        written(LINES[0], LINES[1] + LINES[2], *LINES[3:]),
        written(LINES[0], LINES[1][:60], LINES[1][60:] + LINES[2], *LINES[3:]),
        written(*LINES[:-2], LINES[-2].rstrip(b"="), LINES[-1]),
        written(*LINES[:-2], b"AB==", LINES[-1]),
        written(*LINES[:-2], b"A*==", LINES[-1]),
        written(b"-----BEGIN PRIVATE KEY-----", *LINES[1:]),
        TEXT.lower(),
        written(*LINES[:-1], b"-----END PRIVATE KEY-----"),
        b"\n" * 5000 + TEXT,
    ],
)
def test_whatever_is_not_strict_armor_is_refused(text: bytes) -> None:
    with pytest.raises(MalformedArmor):
        read(text)


def test_a_binary_file_is_not_taken_for_armor() -> None:
    assert not is_armored(b"age-encryption.org/v1\n")
    assert (BEGIN[:5], END[:5]) == (b"-----", b"-----")
