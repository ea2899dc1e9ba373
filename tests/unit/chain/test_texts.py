"""Strings of the chain: every sequence of bytes is some text, and no byte is lost."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.bindings import commons_governor
from chain.errors import UndecodableData
from chain.texts import bytes_of, text_of


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_become_text_and_the_same_bytes_again(raw):
    text = text_of(raw)

    assert bytes_of(text) == raw
    assert "\0" not in text
    text.encode()  # no half of a surrogate pair


@given(st.text(st.characters(max_codepoint=0xFFFF, exclude_characters="\0", exclude_categories=["Cs"])))
def test_clean_text_stays_as_it_is(text):
    assert text_of(text.encode()) == text


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"a\x00b", b"\xed\xa0\x80", "\U0010fe41".encode()])
def test_log_with_a_string_of_any_bytes_is_decoded(raw):
    marker = "?" * len(raw)
    data = commons_governor.CAST_VOTE_WITH_REASON.encode(proposalId=1, support=1, reason=marker)[4:]
    # VoteCast's data is (proposalId, support, weight, reason): one word more than the call's.
    moved = data[:64] + (7).to_bytes(32, "big") + (128).to_bytes(32, "big") + data[96:]
    topics = [commons_governor.VOTE_CAST.topic, "0x" + "00" * 32]

    args = commons_governor.VOTE_CAST.decode(topics, moved.replace(marker.encode(), raw))

    assert bytes_of(args["reason"]) == raw
    assert "u0000" not in json.dumps(args)


def test_calldata_with_a_string_that_is_no_text_stays_unreadable():
    data = commons_governor.CAST_VOTE_WITH_REASON.encode(proposalId=1, support=1, reason="???")

    with pytest.raises(UndecodableData):
        commons_governor.CAST_VOTE_WITH_REASON.decode_input(data.replace(b"???", b"\xff\x00?"))
