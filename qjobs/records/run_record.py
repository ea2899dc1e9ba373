"""The run record: an in-toto Statement (v1) with a SLSA Provenance (v1) predicate.

Subjects are what came out (artefact manifest, metrics, every file), resolved dependencies what went in (spec,
dataset versions and parent models), the builder who ran it. Times are whole seconds in UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import rfc8785

from qjobs.records.manifest import ManifestRefused, digest_of, read_manifest

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://slsa.dev/provenance/v1"
BUILD_TYPE = "urn:qommons:job:1"
ARTEFACT_SUBJECT = "artefact.json"
METRICS_SUBJECT = "metrics.json"


@dataclass(frozen=True)
class DatasetInput:
    """One dataset version as it was read. content_digest: 0x-hex of the root block, as on chain."""

    token_id: int
    version: int
    cid: str
    content_digest: str


@dataclass(frozen=True)
class ParentInput:
    """The model that training began with, by its manifest."""

    token_id: int
    manifest_cid: str
    manifest_digest: str


@dataclass(frozen=True)
class RunFacts:
    """Who ran what, when and how cut off. executor: address; started_at, finished_at: unix seconds."""

    chain_id: int
    job_board: str
    job_id: int
    task: int
    epoch: int
    executor: str
    spec_digest: str
    spec_cid: str
    datasets: tuple[DatasetInput, ...]
    started_at: int
    finished_at: int
    isolation: str
    environment: Mapping[str, str]
    parents: tuple[ParentInput, ...] = ()


def run_record(facts: RunFacts, manifest: bytes, metrics: bytes) -> bytes:
    """The statement in canonical form, to be signed. `manifest`: the artefact block; `metrics`:
    metrics.json."""
    board = f"eip155:{facts.chain_id}:{facts.job_board.lower()}"
    return rfc8785.dumps(
        {
            "_type": STATEMENT_TYPE,
            "subject": _subjects(manifest, metrics),
            "predicateType": PREDICATE_TYPE,
            "predicate": {
                "buildDefinition": {
                    "buildType": BUILD_TYPE,
                    "externalParameters": {
                        "chain_id": str(facts.chain_id),
                        "job_board": facts.job_board.lower(),
                        "job_id": str(facts.job_id),
                        "task": facts.task,
                        "epoch": facts.epoch,
                        "spec_digest": facts.spec_digest,
                    },
                    "internalParameters": {"isolation": facts.isolation},
                    "resolvedDependencies": _dependencies(facts),
                },
                "runDetails": {
                    "builder": {
                        "id": f"did:pkh:eip155:{facts.chain_id}:{facts.executor.lower()}",
                        "version": dict(facts.environment),
                    },
                    "metadata": {
                        "invocationId": f"{board}/job/{facts.job_id}/task/{facts.task}/epoch/{facts.epoch}",
                        "startedOn": _utc(facts.started_at),
                        "finishedOn": _utc(facts.finished_at),
                    },
                },
            },
        }
    )


def _subjects(manifest: bytes, metrics: bytes) -> list[dict[str, Any]]:
    """The manifest first, then its files by name; the metrics' digest must be the manifest's."""
    digests = {name: entry.sha256 for name, entry in read_manifest(manifest).items()}
    if digests.get(METRICS_SUBJECT) != digest_of(metrics).removeprefix("0x"):
        raise ManifestRefused("the manifest names other metrics than these")
    named = [(ARTEFACT_SUBJECT, digest_of(manifest).removeprefix("0x")), *sorted(digests.items())]
    return [{"name": name, "digest": {"sha256": digest}} for name, digest in named]


def _dependencies(facts: RunFacts) -> list[dict[str, Any]]:
    spec = {
        "name": "spec",
        "uri": f"ipfs://{facts.spec_cid}",
        "digest": {"sha256": facts.spec_digest.removeprefix("0x")},
    }
    datasets = [
        {
            "name": f"dataset:{each.token_id}@{each.version}",
            "uri": f"ipfs://{each.cid}",
            "digest": {"sha256": each.content_digest.removeprefix("0x")},
        }
        for each in facts.datasets
    ]
    parents = [
        {
            "name": f"model:{each.token_id}",
            "uri": f"ipfs://{each.manifest_cid}",
            "digest": {"sha256": each.manifest_digest.removeprefix("0x")},
        }
        for each in facts.parents
    ]
    return [spec, *datasets, *parents]


def _utc(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
