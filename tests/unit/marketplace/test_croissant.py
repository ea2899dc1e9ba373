"""Metadata documents: the same bytes for the same facts, and strangers' documents read with suspicion."""

import io
import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InvalidInput
from marketplace.croissant.document import CONFORMS_TO, Description, PinnedFile, build_document
from marketplace.croissant.reading import read_document
from marketplace.parsing.child import profile_table
from marketplace.profile import read_profile, with_label
from storage.cid import raw_cid

TABLE = b"radius,n,is_old,diagnosis\n1.5,1,true,m\n2.5,2,false,b\n"
PROFILE = with_label(read_profile(profile_table(io.BytesIO(TABLE))), "diagnosis")
CONTENT = PinnedFile("breast.csv", raw_cid(TABLE), "ab" * 32, len(TABLE))
PROFILE_FILE = PinnedFile("profile.json", raw_cid(b"{}"), "cd" * 32, 2)
WORDS = Description(
    title="Breast cancer",
    description="Cell nuclei.",
    licence="CC-BY-4.0",
    creator="W. Wolberg",
    keywords=("medicine",),
    published_on=date(2026, 11, 21),
)


def document(words: Description = WORDS) -> bytes:
    return build_document(words, content=CONTENT, profile_file=PROFILE_FILE, profile=PROFILE)


def test_build_document_same_facts_give_the_same_bytes() -> None:
    assert document() == document()
    assert raw_cid(document()) != raw_cid(document(replace(WORDS, title="Breast cancer 2")))


def test_build_document_follows_croissant() -> None:
    parsed = json.loads(document())

    assert (parsed["@type"], parsed["conformsTo"]) == ("sc:Dataset", CONFORMS_TO)
    assert parsed["distribution"][0]["contentUrl"] == f"ipfs://{CONTENT.cid}"
    assert parsed["distribution"][0]["sha256"] == "ab" * 32
    fields = parsed["recordSet"][0]["field"]
    assert [field["dataType"] for field in fields] == [
        "sc:Float",
        "sc:Integer",
        "sc:Boolean",
        ["sc:Text", "cr:Label"],
    ]
    assert fields[0]["source"] == {"fileObject": {"@id": "data"}, "extract": {"column": "radius"}}


def test_read_document_gives_back_what_was_written() -> None:
    facts = read_document(document())

    assert (facts.title, facts.licence, facts.creator, facts.keywords) == (
        "Breast cancer",
        "CC-BY-4.0",
        "W. Wolberg",
        ("medicine",),
    )
    assert (facts.content_cid, facts.profile_cid) == (str(CONTENT.cid), str(PROFILE_FILE.cid))
    assert [column.type for column in facts.columns] == ["real", "integer", "boolean", "text"]
    assert facts.label_column == "diagnosis"


def test_read_document_of_another_tool_is_understood() -> None:
    facts = read_document(
        json.dumps(
            {
                "@type": "https://schema.org/Dataset",
                "name": {"en": "Irises"},
                "license": "MIT",
                "creator": [{"name": "R. A. Fisher"}],
                "keywords": "flowers",
                "distribution": {
                    "@id": "iris.csv",
                    "contentUrl": "https://example.org/iris.csv",
                    "name": "iris",
                },
            }
        ).encode()
    )

    assert (facts.title, facts.creator, facts.keywords) == ("Irises", "R. A. Fisher", ("flowers",))
    assert (facts.content_cid, facts.file_name, facts.columns) == ("", "iris", ())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"7",
        b"[]",
        b"{}",
        b'{"@type": "sc:Person", "name": "x"}',
        b'{"@type": "sc:Dataset"}',
        b'{"@type": "sc:Dataset", "name": 7}',
        b'{"@type": "sc:Dataset", "name": "  \\u0000 "}',
        b"[" * 100_000,
    ],
)
def test_read_document_that_is_none_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInput):
        read_document(content)


@pytest.mark.attack("S18")
def test_read_document_characters_that_break_a_database_are_left_out() -> None:
    facts = read_document(b'{"@type": "Dataset", "name": "a\\u0000\\u202eb<script>"}')

    assert facts.title == "ab<script>"


@pytest.mark.attack("S18")
def test_read_document_half_a_character_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no JSON"):
        read_document(b'{"@type": "Dataset", "name": "\\ud800"}')


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = ("name", "description", "license", "creator", "keywords", "distribution", "recordSet")


@given(st.dictionaries(st.sampled_from(KEYS), JSON_VALUES))
def test_read_document_any_json_is_read_or_refused(members: dict[str, Any]) -> None:
    try:
        facts = read_document(json.dumps({"@type": "sc:Dataset", **members}).encode())
    except InvalidInput:
        return
    assert facts.title


def test_citation_cannot_be_broken_out_of() -> None:
    parsed = json.loads(document(replace(WORDS, title="x}, author = {me}@misc{\\evil")))

    assert parsed["citeAs"].count("{") == parsed["citeAs"].count("}") == 5
