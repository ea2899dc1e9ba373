"""Bytes under test: fetched by the CID that the chain names, or the copy that the caller wants judged
instead.

A copy is always judged against its digest first. Where the true bytes can be had too, the difference is
counted, and everything that is rebuilt is rebuilt from the true ones.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from common.errors import QommonsError
from qjobs.verification.report import Checks
from storage.cid import Cid
from storage.importer import import_stream

MAX_FILE_BYTES = 2**30


class BlockSource(Protocol):
    """Where bytes come from, verified against their CID; every source of `storage` fits."""

    def read_block(self, cid: Cid) -> bytes: ...

    def open(self, cid: Cid) -> Iterator[bytes]: ...


@dataclass(frozen=True)
class Bytes:
    """under_test: what is judged; true: what the CID names, None where only another copy can be had."""

    under_test: bytes
    true: bytes | None


class Material:
    """Fetches each thing once and adds the check of its digest; `lacking` names what could not be had."""

    def __init__(self, blocks: BlockSource, overrides: Mapping[str, Path], checks: Checks) -> None:
        self._blocks = blocks
        self._overrides = overrides
        self._checks = checks
        self.lacking: list[str] = []

    def block(self, name: str, digest: str) -> Bytes | None:
        """A document kept as one raw block; None where it cannot be had, which is then a check of its own."""
        return self._judged(name, Cid.from_digest(digest), is_file=False)

    def file(self, name: str, cid: str) -> Bytes | None:
        """A file of any size up to 1 GiB."""
        return self._judged(name, Cid.parse(cid), is_file=True)

    def _judged(self, name: str, cid: Cid, *, is_file: bool) -> Bytes | None:
        fetched, problem = self._fetched(cid, is_file=is_file)
        override = self._overrides.get(name)
        if override is None:
            if fetched is None:
                self.lacking.append(name)
                self._checks.missing(name, problem)
                return None
            self._checks.equal(name, _in_words(cid), _in_words(cid))
            return Bytes(fetched, fetched)
        copy = override.read_bytes()
        with override.open("rb") as file:
            found = import_stream(file).cid
        if found == cid or (fetched is not None and copy == fetched):
            self._checks.equal(name, _in_words(cid), _in_words(cid))
            return Bytes(copy, copy)
        self._checks.wrong(name, _in_words(cid), _in_words(found), _difference(fetched, copy))
        return Bytes(copy, fetched)

    def _fetched(self, cid: Cid, *, is_file: bool) -> tuple[bytes | None, str]:
        try:
            if not is_file:
                return self._blocks.read_block(cid), ""
            content = bytearray()
            for piece in self._blocks.open(cid):
                content += piece
                if len(content) > MAX_FILE_BYTES:
                    return None, f"{cid} is larger than {MAX_FILE_BYTES} bytes"
            return bytes(content), ""
        except QommonsError as error:
            return None, error.message


def sha256_text(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _in_words(cid: Cid) -> str:
    return f"sha256 {cid.digest.hex()}"


def _difference(true: bytes | None, copy: bytes) -> str:
    if true is None:
        return "the true bytes cannot be had to compare"
    if len(true) != len(copy):
        return f"{len(copy)} bytes instead of {len(true)}"
    places = np.flatnonzero(np.frombuffer(true, np.uint8) != np.frombuffer(copy, np.uint8))
    count = "1 byte differs" if len(places) == 1 else f"{len(places)} bytes differ"
    return f"{count}, the first at {int(places[0])}"
