"""The artefact: one raw block that names a model's files by content. Its sha2-256 is the digest on chain."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import rfc8785

from common.errors import InvalidInput
from common.strict_json import NotJson, strict_loads
from storage.cid import Cid
from storage.errors import InvalidCid, UnsupportedCid
from storage.importer import import_stream

SCHEMA = "qommons/artefact/1"
SEALED_SCHEMA = "qommons/artefact/2"
"""Of a manifest that names a sealed file; all others are of the first form."""

MAX_MANIFEST_BYTES = 2**20
MAX_FILE_BYTES = 2**40
SHA256_TEXT = re.compile(r"[0-9a-f]{64}")
NAME_TEXT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class ManifestRefused(InvalidInput):
    """The block is no artefact manifest."""

    code = "manifest_refused"


@dataclass(frozen=True)
class FileEntry:
    """cid: of the file as stored on IPFS; sha256: 64 hex digits of its bytes, however they are chunked.

    plain_digest: of a sealed file, HMAC-SHA256 of what is inside under a key derived from the file's own, as
    `FileKey.digest_of` gives it; empty where the bytes are the file itself.
    """

    cid: str
    size: int
    sha256: str
    plain_digest: str = ""

    @property
    def is_sealed(self) -> bool:
        return bool(self.plain_digest)

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if name in _fields(self.is_sealed)}


def digest_of(block: bytes) -> str:
    """The sha2-256 of a raw block as 0x-hex, as contracts take it."""
    return "0x" + hashlib.sha256(block).hexdigest()


def describe_files(files: Mapping[str, Path]) -> dict[str, FileEntry]:
    """CID (profile unixfs-v1-2025), size and hash of each file, read once for each."""
    return {name: _described(path) for name, path in sorted(files.items())}


def manifest_bytes(entries: Mapping[str, FileEntry]) -> bytes:
    """The manifest in canonical form (RFC 8785)."""
    schema = SEALED_SCHEMA if any(entry.is_sealed for entry in entries.values()) else SCHEMA
    return rfc8785.dumps(
        {"schema": schema, "files": {name: each.as_json() for name, each in entries.items()}}
    )


def read_manifest(block: bytes) -> dict[str, FileEntry]:
    """The files that a manifest names; raises `ManifestRefused` unless it is canonical and complete."""
    if len(block) > MAX_MANIFEST_BYTES:
        raise ManifestRefused(f"the manifest has {len(block)} bytes; the limit is {MAX_MANIFEST_BYTES}")
    try:
        document = strict_loads(block)
    except NotJson as error:
        raise ManifestRefused("the manifest is not JSON") from error
    if not isinstance(document, dict) or set(document) != {"schema", "files"}:
        raise ManifestRefused("the document is no artefact manifest")
    if document["schema"] not in (SCHEMA, SEALED_SCHEMA):
        raise ManifestRefused(f"the document is no {SCHEMA} and no {SEALED_SCHEMA}")
    if not isinstance(document["files"], dict):
        raise ManifestRefused("the manifest lists no files")
    entries = {name: _entry(name, fields) for name, fields in document["files"].items()}
    if manifest_bytes(entries) != block:
        raise ManifestRefused("the manifest is not in canonical form")
    return entries


def _described(path: Path) -> FileEntry:
    with path.open("rb") as file:
        imported = import_stream(file)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return FileEntry(str(imported.cid), imported.size, sha256)


def _entry(name: str, fields: Any) -> FileEntry:
    if not NAME_TEXT.fullmatch(name):
        raise ManifestRefused(f"{name[:80]!r} is no file name")
    if not isinstance(fields, dict) or set(fields) != _fields("plain_digest" in fields):
        raise ManifestRefused(f"{name} needs cid, size and sha256")
    cid, size, sha256 = fields["cid"], fields["size"], fields["sha256"]
    plain_digest = fields.get("plain_digest", "")
    if type(size) is not int or not 0 <= size <= MAX_FILE_BYTES:
        raise ManifestRefused(f"{name} has no size")
    if not isinstance(sha256, str) or not SHA256_TEXT.fullmatch(sha256):
        raise ManifestRefused(f"{name} has no sha256")
    if "plain_digest" in fields and not (
        isinstance(plain_digest, str) and SHA256_TEXT.fullmatch(plain_digest)
    ):
        raise ManifestRefused(f"{name} has no digest of what it seals")
    try:
        is_plain = str(Cid.parse(cid).as_v1) == cid
    except (InvalidCid, UnsupportedCid) as error:
        raise ManifestRefused(f"{name} has no CID") from error
    if not is_plain:
        raise ManifestRefused(f"the CID of {name} is not in base32")
    return FileEntry(cid, size, sha256, plain_digest)


def _fields(is_sealed: bool) -> set[str]:
    return {"cid", "size", "sha256", *(["plain_digest"] if is_sealed else [])}
