"""Records of a run in canonical bytes: the artefact's manifest and the signed run record."""

from qjobs.records.envelope import EnvelopeRefused, SignatureWrong, sign, verify_envelope
from qjobs.records.manifest import (
    FileEntry,
    ManifestRefused,
    describe_files,
    digest_of,
    manifest_bytes,
    read_manifest,
)
from qjobs.records.run_record import DatasetInput, ParentInput, RunFacts, run_record

__all__ = [
    "DatasetInput",
    "EnvelopeRefused",
    "FileEntry",
    "ManifestRefused",
    "ParentInput",
    "RunFacts",
    "SignatureWrong",
    "describe_files",
    "digest_of",
    "manifest_bytes",
    "read_manifest",
    "run_record",
    "sign",
    "verify_envelope",
]
