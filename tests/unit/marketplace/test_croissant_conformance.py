"""Our Croissant documents as MLCommons' own library reads them: no error, no warning, the same rows."""

import io
import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import mlcroissant
import pytest

from marketplace.croissant.document import Description, Parent, PinnedFile, build_document
from marketplace.parsing.child import profile_table
from marketplace.profile import Profile, read_profile, with_label
from storage.cid import raw_cid
from tests.unit.marketplace.test_croissant import WORDS

TABLE = b'radius,"n, counted",is_old,diagnosis\n1.5,1,true,m\n2.5,2,false,b\n'
PROFILE = with_label(read_profile(profile_table(io.BytesIO(TABLE))), "diagnosis")


def pinned(name: str, content: bytes) -> PinnedFile:
    return PinnedFile(name, raw_cid(content), sha256(content).hexdigest(), len(content))


def document(words: Description = WORDS, profile: Profile = PROFILE, **change: Any) -> dict[str, Any]:
    files = {"content": pinned("breast.csv", TABLE), "profile_file": pinned("profile.json", b"{}")}
    return json.loads(build_document(words, profile=profile, **{**files, **change}))


@pytest.mark.parametrize(
    "made",
    [
        document(),
        document(replace(WORDS, keywords=())),
        document(replace(WORDS, parent=Parent(raw_cid(b"before"), 1))),
        document(replace(WORDS, title="Kernel </script> \u202e {x}@", description='"quoted"\n\nlines')),
        document(replace(WORDS, licence="MIT OR Apache-2.0")),
        document(mock_file=pinned("mock.csv", TABLE)),
        document(is_sealed=True, content=pinned("breast.csv.age", b"sealed")),
        document(profile=PROFILE.model_copy(update={"rows": None, "column_count": None})),
    ],
    ids=["plain", "no-keywords", "version-2", "odd-words", "two-licences", "mock", "sealed", "sparse"],
)
def test_document_is_valid_croissant_without_a_warning(made: dict[str, Any]) -> None:
    issues = mlcroissant.Dataset(jsonld=made).metadata.ctx.issues

    assert (issues.errors, issues.warnings) == (set(), set())


def test_validator_does_refuse_a_column_of_a_file_that_is_not_there() -> None:
    broken = document()
    broken["recordSet"][0]["field"][0]["source"]["fileObject"]["@id"] = "elsewhere"

    with pytest.raises(mlcroissant.ValidationError):
        mlcroissant.Dataset(jsonld=broken)


def test_rows_are_read_by_the_document_alone(tmp_path: Path) -> None:
    (tmp_path / "breast.csv").write_bytes(TABLE)
    dataset = mlcroissant.Dataset(jsonld=document(), mapping={"data": str(tmp_path / "breast.csv")})

    rows = list(dataset.records("records"))

    assert [row["records/1"] for row in rows] == [1.5, 2.5]
    assert [row["records/2"] for row in rows] == [1, 2]
    assert [row["records/4"] for row in rows] == [b"m", b"b"]


def test_rows_of_other_bytes_are_refused(tmp_path: Path) -> None:
    (tmp_path / "breast.csv").write_bytes(TABLE.replace(b"1.5", b"9.5"))
    dataset = mlcroissant.Dataset(jsonld=document(), mapping={"data": str(tmp_path / "breast.csv")})

    with pytest.raises(mlcroissant.GenerationError):
        list(dataset.records("records"))
