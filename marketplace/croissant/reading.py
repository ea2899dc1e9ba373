"""Reads a Croissant document that anybody may have written: takes what is understood, refuses what is not."""

from dataclasses import dataclass
from typing import Any

from common.errors import InvalidInput
from common.strict_json import strict_loads
from marketplace.croissant.document import DATA_ID, DATA_TYPES, MOCK_ID, PROFILE_ID, SEALED_TYPE

MAX_DESCRIPTION_CHARS = 20_000
MAX_TITLE_CHARS = 200
MAX_COLUMNS = 1_000
MAX_KEYWORDS = 50
TYPE_WORDS = {word: name for name, word in reversed(DATA_TYPES.items())}


@dataclass(frozen=True)
class DocumentColumn:
    """A column as the document tells it."""

    name: str
    type: str
    is_label: bool


@dataclass(frozen=True)
class DocumentFacts:
    """What we take from a document. CIDs are text as written there, empty where it names none."""

    title: str
    description: str
    licence: str
    creator: str
    keywords: tuple[str, ...]
    file_name: str
    content_cid: str
    profile_cid: str
    mock_cid: str
    is_sealed: bool
    columns: tuple[DocumentColumn, ...]

    @property
    def label_column(self) -> str:
        return next((column.name for column in self.columns if column.is_label), "")


def read_document(document: bytes) -> DocumentFacts:
    """The facts in the document's bytes; raises InvalidInput in words where it is no Croissant document."""
    try:
        parsed = strict_loads(document)
    except ValueError as error:
        raise InvalidInput("the metadata is no JSON document") from error
    if not isinstance(parsed, dict) or not _is_dataset(parsed.get("@type")):
        raise InvalidInput("the metadata is no JSON-LD document of a Dataset")
    title = _text(parsed.get("name"), MAX_TITLE_CHARS)
    if not title:
        raise InvalidInput("the metadata has no name")
    data = _file(parsed, DATA_ID)
    outer = _file(parsed, str(_member(data.get("containedIn"), "@id") or ""))
    return DocumentFacts(
        title=title,
        description=_text(parsed.get("description"), MAX_DESCRIPTION_CHARS),
        licence=_text(_first(parsed.get("license")), MAX_TITLE_CHARS),
        creator=_text(_member(_first(parsed.get("creator")), "name"), MAX_TITLE_CHARS),
        keywords=tuple(
            filter(None, (_text(word, 60) for word in _many(parsed.get("keywords"), MAX_KEYWORDS)))
        ),
        file_name=_text((outer or data).get("name"), MAX_TITLE_CHARS),
        content_cid=_ipfs_cid(outer or data),
        profile_cid=_ipfs_cid(_file(parsed, PROFILE_ID)),
        mock_cid=_ipfs_cid(_file(parsed, MOCK_ID)),
        is_sealed=outer.get("encodingFormat") == SEALED_TYPE,
        columns=_columns(parsed),
    )


def _columns(parsed: dict[str, Any]) -> tuple[DocumentColumn, ...]:
    fields = _many(_member(_first(parsed.get("recordSet")), "field"), MAX_COLUMNS)
    columns = []
    for field in fields:
        column = _member(_member(_member(field, "source"), "extract"), "column")
        name = _text(column, MAX_TITLE_CHARS) or _text(_member(field, "name"), MAX_TITLE_CHARS)
        types = [kind for kind in _many(_member(field, "dataType"), 8) if isinstance(kind, str)]
        if name:
            word = next((TYPE_WORDS[kind] for kind in types if kind in TYPE_WORDS), "text")
            columns.append(DocumentColumn(name=name, type=word, is_label="cr:Label" in types))
    return tuple(columns)


def _file(parsed: dict[str, Any], identifier: str) -> dict[str, Any]:
    """The file of this @id; where another tool wrote the document, the first file is the data."""
    files = [file for file in _many(parsed.get("distribution"), 100) if isinstance(file, dict)]
    named = next((file for file in files if file.get("@id") == identifier), None)
    if named is not None:
        return named
    return files[0] if files and identifier == DATA_ID else {}


def _ipfs_cid(file: dict[str, Any]) -> str:
    url = file.get("contentUrl")
    if not isinstance(url, str) or not url.startswith("ipfs://"):
        return ""
    return _text(url.removeprefix("ipfs://"), 100)


def _is_dataset(kind: Any) -> bool:
    kinds = kind if isinstance(kind, list) else [kind]
    return any(name in {"sc:Dataset", "Dataset", "https://schema.org/Dataset"} for name in kinds)


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value


def _many(value: Any, limit: int) -> list[Any]:
    if isinstance(value, list):
        return value[:limit]
    return [] if value is None else [value]


def _text(value: Any, limit: int) -> str:
    """The text, cut to the limit, without characters that the database or a terminal would stumble over."""
    if isinstance(value, dict):  # a text by language
        value = value.get("@value") or value.get("en") or next(iter(value.values()), "")
    if not isinstance(value, str):
        return ""
    kept = "".join(character for character in value if character in "\n\t" or character.isprintable())
    return kept.strip()[:limit]
