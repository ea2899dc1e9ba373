"""What a job gave: files, metrics beside baselines, the verdict; from bytes that match the digests."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from common.errors import QommonsError
from common.strict_json import strict_loads
from marketplace.store import content_store
from qjobs.models import JobTask
from qjobs.records import FileEntry, read_manifest
from qjobs.rules.results import Result, result_of
from storage.cid import Cid

CARD_FILE = "README.md"
MAX_CARD_BYTES = 1 << 16


@dataclass(frozen=True)
class PostedFile:
    """A file of the posted result; a sealed one only its model's owner can open."""

    name: str
    cid: str
    size: int
    sha256: str
    is_sealed: bool = False


def posted_files(task: JobTask) -> list[PostedFile]:
    """The manifest's files, then manifest and run record; empty where the bytes are not at hand."""
    block = _block(task.artefact_digest)
    if block is None:
        return []
    try:
        entries = read_manifest(block)
    except QommonsError:
        return []
    files = [_posted(name, entry) for name, entry in sorted(entries.items())]
    files.append(_single_block("manifest.json", task.artefact_digest, block))
    record = _block(task.run_record_digest)
    if record is not None:
        files.append(_single_block("run_record.json", task.run_record_digest, record))
    return files


def posted_result(task: JobTask) -> Result | None:
    """The measured result, or None where nothing is posted or the bytes are not at hand."""
    metrics = posted_metrics(task)
    return None if metrics is None else result_of(metrics)


def posted_metrics(task: JobTask) -> dict[str, Any] | None:
    """metrics.json as posted."""
    block = _block(task.metrics_digest)
    if block is None:
        return None
    try:
        metrics = strict_loads(block)
    except ValueError:
        return None
    return metrics if isinstance(metrics, dict) else None


def posted_card(files: Sequence[PostedFile]) -> str:
    """The model card as posted, a stranger's text; empty where it is away or too large for a page."""
    file = next((one for one in files if one.name == CARD_FILE), None)
    if file is None or file.size > MAX_CARD_BYTES:
        return ""
    try:
        return b"".join(content_store().open(Cid.parse(file.cid), length=MAX_CARD_BYTES)).decode()
    except (QommonsError, UnicodeDecodeError):
        return ""


def sealed_names(files: Sequence[PostedFile]) -> list[str]:
    """The names of the sealed files."""
    return [file.name for file in files if file.is_sealed]


def cid_of(digest: str | None) -> str | None:
    """The CID of the small document with this digest."""
    return None if digest is None else str(Cid.from_digest(digest))


def _block(digest: str | None) -> bytes | None:
    """The verified block of this digest, or None where it is not at hand."""
    if digest is None:
        return None
    try:
        return content_store().read_block(Cid.from_digest(digest))
    except QommonsError:
        return None


def _posted(name: str, entry: FileEntry) -> PostedFile:
    return PostedFile(
        name=name, cid=entry.cid, size=entry.size, sha256=entry.sha256, is_sealed=entry.is_sealed
    )


def _single_block(name: str, digest: str | None, block: bytes) -> PostedFile:
    return PostedFile(name=name, cid=str(cid_of(digest)), size=len(block), sha256=str(digest))
