"""All that a check reads, fetched beforehand: who computes it then needs no network.

The cheap half stays with whoever has the network. It reads spec and manifest to learn which bytes to fetch,
and the file of one block that a check reads is the same whatever it is named for, so it lies under its CID.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter

from common.errors import PermanentError, QommonsError
from qjobs.algorithms.result import POSTED_NAMES
from qjobs.records import ManifestRefused, read_manifest
from qjobs.records.parent import WEIGHTS_FILE
from qjobs.runner.limits import LARGE_NAMES, SMALL_OUTPUT_BYTES, RunLimits
from qjobs.spec import QnnSpec, SpecRefused, read_spec
from qjobs.spec.qnn import MAX_MODEL_BYTES
from qjobs.spec.warm_start import WarmStart
from qjobs.verification.facts import ChainFacts
from qjobs.verification.material import MAX_FILE_BYTES, BlockSource
from storage.cid import Cid

FACTS_FILE, MISSING_FILE, REPORT_FILE = "facts.json", "missing.json", "report.json"
POSTED_SECONDS = 600.0
PIECE_BYTES = 1 << 20
_FACTS = TypeAdapter(ChainFacts)

T = TypeVar("T")


class NotGathered(PermanentError):
    """No source gave these bytes; the message says what the last of them said."""

    code = "not_gathered"


@dataclass(frozen=True)
class Gathered:
    """A BlockSource over what was gathered in a folder; `facts` are those that it was gathered for."""

    folder: Path
    facts: ChainFacts
    missing: Mapping[str, str]

    @classmethod
    def in_folder(cls, folder: Path) -> "Gathered":
        """What `gather` left there."""
        facts = _FACTS.validate_json((folder / FACTS_FILE).read_bytes())
        return cls(folder, facts, json.loads((folder / MISSING_FILE).read_bytes()))

    def read_block(self, cid: Cid) -> bytes:
        return b"".join(self.open(cid))

    def open(self, cid: Cid) -> Iterator[bytes]:
        path = self.folder / str(cid)
        if not path.is_file():
            raise NotGathered(self.missing.get(str(cid), f"{cid} was not fetched"))
        with path.open("rb") as file:
            yield from iter(lambda: file.read(PIECE_BYTES), b"")


def gather(
    facts: ChainFacts,
    sources: Sequence[BlockSource],
    folder: Path,
    *,
    posted_seconds: float = POSTED_SECONDS,
    clock: Callable[[], float] = time.monotonic,
) -> Gathered:
    """Fetches spec, rows, a parent's weights and posted files into an empty folder, each from the first
    source that has it.

    `posted_seconds`: after that long no more of the posted files is begun: who posted them could else let
    them drip until there is no time to compute.
    """
    (folder / FACTS_FILE).write_bytes(_FACTS.dump_json(facts))
    fetch = _Fetching(sources, folder)
    spec = fetch.document(facts.spec_digest, read_spec)
    for dataset in spec.datasets if spec else ():
        fetch.bytes_of(Cid.parse(dataset.content_cid), MAX_FILE_BYTES)
    if isinstance(spec, QnnSpec) and spec.warm_start is not None:
        _gather_parent(spec.warm_start, fetch)
    until = clock() + posted_seconds
    entries = fetch.document(facts.artefact_digest, read_manifest) or {}
    wanted = [(Cid.parse(entries[name].cid), _most(name)) for name in POSTED_NAMES if name in entries]
    if facts.run_record_digest is not None:
        wanted.insert(0, (Cid.from_digest(facts.run_record_digest), SMALL_OUTPUT_BYTES))
    for cid, most in wanted:
        if clock() < until:
            fetch.bytes_of(cid, most)
        else:
            fetch.missing[str(cid)] = f"{cid} was not had within {posted_seconds:g} s"
    (folder / MISSING_FILE).write_text(json.dumps(fetch.missing))
    return Gathered(folder, facts, fetch.missing)


def _gather_parent(start: WarmStart, fetch: "_Fetching") -> None:
    """The documents and the weights of the model that training begins with."""
    fetch.bytes_of(Cid.parse(start.spec_cid), SMALL_OUTPUT_BYTES)
    entries = fetch.document(Cid.parse(start.manifest_cid).digest_hex, read_manifest) or {}
    if WEIGHTS_FILE in entries:
        fetch.bytes_of(Cid.parse(entries[WEIGHTS_FILE].cid), MAX_MODEL_BYTES)


def _most(name: str) -> int:
    """No run of ours writes more: what is larger counts as not had."""
    return RunLimits.output_bytes if name in LARGE_NAMES else SMALL_OUTPUT_BYTES


class _Fetching:
    def __init__(self, sources: Sequence[BlockSource], folder: Path) -> None:
        self._sources = sources
        self._folder = folder
        self.missing: dict[str, str] = {}

    def document(self, digest: str | None, read: Callable[[bytes], T]) -> T | None:
        """A block as what it should be; None where it is not had, or is something else: the check says so."""
        if digest is None:
            return None
        path = self.bytes_of(Cid.from_digest(digest), SMALL_OUTPUT_BYTES)
        try:
            return None if path is None else read(path.read_bytes())
        except (SpecRefused, ManifestRefused):
            return None

    def bytes_of(self, cid: Cid, most: int) -> Path | None:
        """The file of these bytes, from the first source that gives all of them."""
        path, part = self._folder / str(cid), self._folder / "part"
        for source in self._sources:
            if path.exists():
                break
            try:
                if _copied(source.open(cid), part, most):
                    part.rename(path)
                    self.missing.pop(str(cid), None)
                else:
                    self.missing[str(cid)] = f"{cid} is larger than {most} bytes"
            except QommonsError as error:
                self.missing[str(cid)] = error.message
        part.unlink(missing_ok=True)
        return path if path.exists() else None


def _copied(pieces: Iterator[bytes], path: Path, most: int) -> bool:
    """Whether all of it was within the limit."""
    size = 0
    with path.open("wb") as file:
        for piece in pieces:
            size += len(piece)
            if size > most:
                return False
            file.write(piece)
    return True
