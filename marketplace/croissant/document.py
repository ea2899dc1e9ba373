"""Writes the Croissant 1.1 document of a dataset version, always the same bytes for the same facts."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import rfc8785

from marketplace.licences import spdx_page
from marketplace.profile import Profile
from marketplace.rules.formats import CSV, MEDIA_TYPES
from storage.cid import Cid

CONFORMS_TO = "http://mlcommons.org/croissant/1.1"
DATA_ID = "data"
SEALED_ID = "sealed"
PROFILE_ID = "profile"
MOCK_ID = "mock"
SEALED_TYPE = "application/age"
RECORDS_ID = "records"
DATA_TYPES = {
    "integer": "sc:Integer",
    "real": "sc:Float",
    "boolean": "sc:Boolean",
    "text": "sc:Text",
    "empty": "sc:Text",
}
# The context of the Croissant 1.1 specification.
CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "name": {"@container": "@language"},
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


@dataclass(frozen=True)
class PinnedFile:
    """A file beside the document. `sha256` is of its whole bytes, 64 hex digits."""

    name: str
    cid: Cid
    sha256: str
    size_bytes: int


@dataclass(frozen=True)
class Parent:
    """The version before: its document and its number."""

    metadata_cid: Cid
    number: int


@dataclass(frozen=True)
class Description:
    """What the provider says about the data. `licence` is an SPDX expression."""

    title: str
    description: str
    licence: str
    creator: str
    keywords: tuple[str, ...]
    published_on: date
    parent: Parent | None = None


def build_document(
    description: Description,
    *,
    content: PinnedFile,
    profile_file: PinnedFile,
    profile: Profile,
    is_sealed: bool = False,
    mock_file: PinnedFile | None = None,
) -> bytes:
    """The document as canonical JSON (RFC 8785), so that equal facts have an equal digest.

    `is_sealed`: the content is an age file with the data in it. `mock_file`: made-up rows for everybody.
    """
    licence_page = spdx_page(description.licence)
    document: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS_TO,
        "name": description.title,
        "description": description.description,
        "license": [description.licence, *([licence_page] if licence_page else [])],
        "creator": {"@type": "sc:Person", "name": description.creator},
        "version": f"{description.parent.number + 1 if description.parent else 1}.0.0",
        "datePublished": description.published_on.isoformat(),
        "url": f"ipfs://{content.cid}",
        "identifier": f"ipfs://{content.cid}",
        "isAccessibleForFree": False,
        "citeAs": _citation(description, content),
        "distribution": [
            *(_sealed_data(content, profile) if is_sealed else [_data(content, profile)]),
            _file_object(
                PROFILE_ID, profile_file, "application/json", "Its profile, on the provider's word."
            ),
            *([_file_object(MOCK_ID, mock_file, MEDIA_TYPES[CSV], "Made-up rows.")] if mock_file else []),
        ],
        "recordSet": [_record_set(profile)],
    }
    if description.parent:
        document["isBasedOn"] = f"ipfs://{description.parent.metadata_cid}"
    if description.keywords:
        document["keywords"] = list(description.keywords)
    return rfc8785.dumps(document)


def _data(content: PinnedFile, profile: Profile) -> dict[str, Any]:
    return _file_object(DATA_ID, content, MEDIA_TYPES[profile.format], "The data.")


def _sealed_data(content: PinnedFile, profile: Profile) -> list[dict[str, Any]]:
    """The age file, and the data inside it, of which nothing else is told."""
    sealed = _file_object(SEALED_ID, content, SEALED_TYPE, "The data, sealed (age v1, mlkem768x25519).")
    inside = {
        "@type": "cr:FileObject",
        "@id": DATA_ID,
        "name": content.name.removesuffix(".age"),
        "description": "The data.",
        "containedIn": {"@id": SEALED_ID},
        "encodingFormat": MEDIA_TYPES[profile.format],
    }
    return [sealed, inside]


def _file_object(identifier: str, file: PinnedFile, encoding: str, description: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": identifier,
        "name": file.name,
        "description": description,
        "contentUrl": f"ipfs://{file.cid}",
        "contentSize": f"{file.size_bytes} B",
        "encodingFormat": encoding,
        "sha256": file.sha256,
    }


def _record_set(profile: Profile) -> dict[str, Any]:
    label = profile.label.column if profile.label else None
    return {
        "@type": "cr:RecordSet",
        "@id": RECORDS_ID,
        "name": RECORDS_ID,
        "description": _size_in_words(profile),
        "field": [
            _field(number, column.name, DATA_TYPES[column.type], column.name == label)
            for number, column in enumerate(profile.columns, start=1)
        ],
    }


def _size_in_words(profile: Profile) -> str:
    if profile.rows is None or profile.column_count is None:
        return "The provider does not show how many rows and columns there are."
    return f"{profile.rows} rows of {profile.column_count} columns."


def _field(number: int, column: str, data_type: str, is_label: bool) -> dict[str, Any]:
    """Fields are numbered, since a column's name may hold any character and an @id may not."""
    return {
        "@type": "cr:Field",
        "@id": f"{RECORDS_ID}/{number}",
        "name": column,
        "dataType": [data_type, "cr:Label"] if is_label else data_type,
        "source": {"fileObject": {"@id": DATA_ID}, "extract": {"column": column}},
    }


def _citation(description: Description, content: PinnedFile) -> str:
    """BibTeX, with the characters that would end an entry left out."""
    fields = {
        "title": description.title,
        "author": description.creator,
        "year": str(description.published_on.year),
        "howpublished": f"ipfs://{content.cid}",
    }
    inside = ", ".join(f"{name} = {{{_bibtex(text)}}}" for name, text in fields.items())
    return f"@misc{{{str(content.cid)[-12:]}, {inside}}}"


def _bibtex(text: str) -> str:
    return "".join(character for character in text if character not in "{}\\@")
