"""The CSV reader: what it takes, and every rule by which it refuses, with the numbers in the message."""

import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from common.tables.errors import TableRefused
from common.tables.limits import TABLE_LIMITS, TableLimits
from marketplace.parsing.child import answer, profile_table

SMALL = TableLimits(rows=4, columns=3, cells=9, cell_chars=10, column_name_chars=8, distinct_values=2)
BREAST = b"radius,texture,diagnosis\n17.99,10.38,malignant\n13.54,14.36,benign\n9.5,12.44,benign\n"


def refusal(content: bytes, limits: TableLimits = TABLE_LIMITS) -> TableRefused:
    with pytest.raises(TableRefused) as caught:
        profile_table(io.BytesIO(content), limits)
    return caught.value


def test_profile_table_plain_table_is_read() -> None:
    profile = profile_table(io.BytesIO(BREAST))

    assert (profile["rows"], profile["column_count"]) == (3, 3)
    assert [column["type"] for column in profile["columns"]] == ["real", "real", "text"]


@pytest.mark.parametrize(
    "content",
    [
        BREAST.replace(b"\n", b"\r\n"),
        BREAST.rstrip(b"\n"),
        BREAST + b"\n\n",
        b"\xef\xbb\xbf" + BREAST,
        b'"radius","texture","diagnosis"\n"17.99","10.38","a, ""b""\nc"\n',
        "größe,市,x\n1,2,3\n".encode(),
    ],
    ids=["CRLF", "no last line feed", "empty lines at the end", "byte order mark", "quotes", "other letters"],
)
def test_profile_table_usual_forms_are_read(content: bytes) -> None:
    assert profile_table(io.BytesIO(content))["column_count"] == 3


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"", "empty_file", "header line"),
        (b"\n\n", "empty_file", "header line"),
        (b"a,b\n", "no_rows", "no rows"),
        (b"a,b", "no_rows", "no rows"),
        (b"a,b\n1,2\n3\n", "ragged_row", "row 2 (line 3) has 1 cells; the header has 2"),
        (b"a,b\n1,2,3\n", "ragged_row", "row 1 (line 2) has 3 cells"),
        (b'a,b\n"x\ny",2\n3\n', "ragged_row", "row 2 (line 4)"),
        (b"a,b\n1,2\n\n3,4\n", "ragged_row", "line 3 is empty"),
        (b"a,a\n1,2\n", "duplicate_column", 'columns 1 and 2 are both named "a"'),
        (b"a,\n1,2\n", "empty_column_name", "column 2"),
        (b"a, \n1,2\n", "empty_column_name", "column 2"),
        (b"a, b\n1,2\n", "bad_column_name", "spaces"),
        (b"a,b\x07\n1,2\n", "bad_column_name", "unprintable"),
        (b"a;b\n1;2\n", "wrong_separator", "commas"),
        (b"a\tb\n1\t2\n", "wrong_separator", "commas"),
        (b'a,b\n"x"y,2\n', "malformed_csv", "line 2"),
        (b'a,b\n"x,2\n', "malformed_csv", "CSV"),
        (b"a,b\n1,\x00\n", "nul_byte", "position 6"),
        (b"a,b\n1,\xff\n", "not_utf8", "UTF-8"),
        (b"a,b\n1,\xe2\x82", "not_utf8", "UTF-8"),
        ("a,b\n1,é\n".encode("latin-1"), "not_utf8", "UTF-8"),
        ("a,b\n1,2\n".encode("utf-16"), "unsupported_format", "UTF-16"),
    ],
)
def test_profile_table_broken_rule_is_named(content: bytes, code: str, words: str) -> None:
    refused = refusal(content)

    assert (refused.code, words in refused.message) == (code, True), refused.message


@pytest.mark.attack("S20")
@pytest.mark.parametrize(
    "beginning",
    [
        b"\x1f\x8b\x08...",
        b"\x93NUMPY\x01",
        b"\x80\x04\x95pickle",
        b"\x89HDF\r\n",
        b"%PDF-1.7",
        b"  [1, 2]",
        b"<svg onload=alert(1)>",
        b"\xef\xbb\xbf<html>",
    ],
)
def test_profile_table_other_format_is_refused_by_its_bytes(beginning: bytes) -> None:
    assert refusal(beginning + b",b\n1,2\n").code == "unsupported_format"


@pytest.mark.attack("S19")
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"a,b\n" + b"1,2\n" * 5, "too_many_rows"),
        (b"a,b,c\n" + b"1,2,3\n" * 4, "too_many_cells"),
        (b"a,b,c,d\n1,2,3,4\n", "too_many_columns"),
        (b"a,b\n1," + b"x" * 11 + b"\n", "cell_too_long"),
        (b"abcdefghi,b\n1,2\n", "bad_column_name"),
    ],
)
def test_profile_table_over_a_limit_is_refused_and_at_the_limit_read(content: bytes, code: str) -> None:
    refused = refusal(content, SMALL)

    assert refused.code == code
    assert any(character.isdigit() for character in refused.message)
    assert (
        profile_table(io.BytesIO(b"abcdefgh,b\n" + b"1," + b"x" * 10 + b"\n" + b"1,2\n" * 3), SMALL)["rows"]
        == 4
    )


def test_profile_table_one_column_is_a_table() -> None:
    assert profile_table(io.BytesIO(b"a\n1\n2\n"))["column_count"] == 1


@given(st.binary(max_size=300))
def test_answer_any_bytes_are_a_profile_or_a_refusal(content: bytes) -> None:
    assert set(answer(io.BytesIO(content))) <= {"found", "refused"}


@example(rows=[["", "1E100"]])
@given(
    st.lists(st.lists(st.text(alphabet='01.-eE+naN,"x \n', max_size=6), min_size=2, max_size=2), max_size=8)
)
def test_answer_any_cells_are_a_profile_or_a_refusal(rows: list[list[str]]) -> None:
    lines = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in [["a", "b"], *rows]]

    told = answer(io.BytesIO("\n".join(lines).encode()))

    assert ("found" in told) == bool(rows), told
