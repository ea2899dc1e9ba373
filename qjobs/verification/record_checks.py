"""Manifest and run record against the chain and against each other."""

from collections.abc import Mapping
from typing import Any

from qjobs.records import (
    EnvelopeRefused,
    FileEntry,
    ManifestRefused,
    SignatureWrong,
    read_manifest,
    verify_envelope,
)
from qjobs.records.envelope import unverified_statement
from qjobs.records.run_record import ARTEFACT_SUBJECT, BUILD_TYPE, PREDICATE_TYPE, STATEMENT_TYPE
from qjobs.spec import JobSpec, QnnSpec
from qjobs.verification.facts import ChainFacts
from qjobs.verification.material import Bytes, Material, sha256_text
from qjobs.verification.report import Checks

METRICS_FILE = "metrics.json"
MANIFEST_NAME = "manifest.json"
RUN_RECORD_NAME = "run_record.json"
MAX_VERSION = 60


def checked_manifest(facts: ChainFacts, material: Material, checks: Checks) -> dict[str, FileEntry]:
    """The artefact's files by the manifest that the chain names; empty where nothing can be said."""
    if facts.artefact_digest is None or facts.metrics_digest is None:
        checks.missing("result", "nothing is posted on chain")
        return {}
    got = material.block(MANIFEST_NAME, facts.artefact_digest)
    if got is None:
        return {}
    entries = _entries(got.under_test, checks)
    if got.true is not None and got.true != got.under_test:
        true = _entries(got.true, checks)
        for name in sorted(entries.keys() | true.keys()):
            if entries.get(name) != true.get(name):
                checks.wrong(f"manifest.json {name}", str(true.get(name)), str(entries.get(name)))
        entries = true or entries
    metrics = entries.get(METRICS_FILE)
    checks.equal(
        "metrics digest",
        facts.metrics_digest.lower(),
        f"0x{metrics.sha256}" if metrics else "not in the manifest",
    )
    return entries


def checked_files(
    entries: Mapping[str, FileEntry], expected: tuple[str, ...], material: Material, checks: Checks
) -> dict[str, Bytes]:
    """Every file that the manifest names, judged by its CID."""
    missing = set(expected) - entries.keys()
    for name in sorted(missing if entries else ()):
        checks.wrong(name, "listed in the manifest", "absent")
    for name in sorted(entries.keys() - set(expected)):
        checks.wrong(name, "absent", "listed in the manifest")
    files = {}
    for name in expected:
        got = material.file(name, entries[name].cid) if name in entries else None
        if got is not None:
            files[name] = got
            _check_manifest_entry(name, entries[name], got, checks)
    return files


def _check_manifest_entry(name: str, entry: FileEntry, got: Bytes, checks: Checks) -> None:
    """CID, size and sha256 of one entry must be of one file: the run record's subject is the sha256."""
    if got.true is not None and (len(got.true), sha256_text(got.true)) != (entry.size, entry.sha256):
        wanted = f"{entry.size} bytes, sha256 {entry.sha256}"
        checks.wrong(
            f"manifest.json {name}", f"{len(got.true)} bytes, sha256 {sha256_text(got.true)}", wanted
        )


def check_run_record(
    facts: ChainFacts,
    spec: JobSpec | None,
    entries: Mapping[str, FileEntry],
    material: Material,
    checks: Checks,
) -> Mapping[str, str]:
    """Signature by the executor's registered key, subjects, and what the record says was run. Gives the
    versions that it names, which are the executor's own word."""
    if facts.run_record_digest is None:
        checks.missing("run_record.json", "no run record is posted on chain")
        return {}
    got = material.block(RUN_RECORD_NAME, facts.run_record_digest)
    if got is None:
        return {}
    statement = _statement(got.under_test, facts, checks)
    if statement is None:
        return {}
    claims = _claims(statement)
    wanted = _wanted(facts, spec, entries)
    for name, expected in wanted.items():
        checks.equal(f"run_record.json {name}", expected, claims.get(name, "absent"))
    for name in sorted(claims.keys() - wanted.keys()):
        # Without the spec or the manifest there is nothing to hold these against.
        if (spec is not None or not name.startswith("dependency")) and (
            entries or not name.startswith("subject")
        ):
            checks.wrong(f"run_record.json {name}", "absent", claims[name])
    return _environment(statement)


def _statement(envelope: bytes, facts: ChainFacts, checks: Checks) -> dict[str, Any] | None:
    """The statement; a wrong signature is reported and what it claims is still compared."""
    try:
        statement = verify_envelope(envelope, bytes.fromhex(facts.signing_key.removeprefix("0x")))
    except SignatureWrong as error:
        checks.wrong("run_record.json signature", f"by {facts.executor}", "not", error.message)
    except EnvelopeRefused as error:
        checks.wrong("run_record.json", "a signed run record", "unreadable", error.message)
        return None
    else:
        checks.equal("run_record.json signature", f"by {facts.executor}", f"by {facts.executor}")
        return statement
    try:
        return unverified_statement(envelope)
    except EnvelopeRefused as error:
        checks.wrong("run_record.json", "a signed run record", "unreadable", error.message)
        return None


def _wanted(facts: ChainFacts, spec: JobSpec | None, entries: Mapping[str, FileEntry]) -> dict[str, str]:
    wanted = {
        "_type": STATEMENT_TYPE,
        "predicateType": PREDICATE_TYPE,
        "buildType": BUILD_TYPE,
        "chain_id": str(facts.chain_id),
        "job_board": facts.job_board.lower(),
        "job_id": str(facts.job_id),
        "task": str(facts.task),
        "epoch": str(facts.epoch),
        "spec_digest": facts.spec_digest.lower(),
        "builder": f"did:pkh:eip155:{facts.chain_id}:{facts.executor.lower()}",
        f"subject {ARTEFACT_SUBJECT}": str(facts.artefact_digest).lower().removeprefix("0x"),
        "dependency spec": facts.spec_digest.lower().removeprefix("0x"),
    }
    wanted.update({f"subject {name}": entry.sha256 for name, entry in entries.items()})
    digests = {(each.token_id, each.version): each.content_digest for each in facts.datasets}
    for dataset in spec.datasets if spec else ():
        digest = digests.get((dataset.token_id, dataset.version), "")
        wanted[f"dependency dataset:{dataset.token_id}@{dataset.version}"] = digest.lower().removeprefix("0x")
    begins_with_model = isinstance(spec, QnnSpec) and spec.warm_start is not None
    for parent in facts.parents if begins_with_model else ():
        digest = parent.manifest_digest.lower().removeprefix("0x")
        wanted[f"dependency model:{parent.token_id}"] = digest
    return wanted


def _claims(statement: dict[str, Any]) -> dict[str, str]:
    """What a statement says, flat, as text; parts of the wrong shape are simply absent."""
    definition = _part(_part(statement, "predicate"), "buildDefinition")
    details = _part(_part(statement, "predicate"), "runDetails")
    claims: dict[str, Any] = {
        "_type": statement.get("_type"),
        "predicateType": statement.get("predicateType"),
        "buildType": definition.get("buildType"),
        **_part(definition, "externalParameters"),
        "builder": _part(details, "builder").get("id"),
    }
    for prefix, listed in (
        ("subject", statement.get("subject")),
        ("dependency", definition.get("resolvedDependencies")),
    ):
        for each in listed if isinstance(listed, list) else ():
            if isinstance(each, dict):
                claims[f"{prefix} {each.get('name')}"] = _part(each, "digest").get("sha256")
    return {name: str(value) for name, value in claims.items() if value is not None}


def _environment(statement: dict[str, Any]) -> dict[str, str]:
    builder = _part(_part(_part(statement, "predicate"), "runDetails"), "builder")
    return {name: str(value)[:MAX_VERSION] for name, value in _part(builder, "version").items()}


def _part(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    part = document.get(name)
    return part if isinstance(part, dict) else {}


def _entries(block: bytes, checks: Checks) -> dict[str, FileEntry]:
    try:
        return read_manifest(block)
    except ManifestRefused as error:
        checks.wrong("manifest.json", "an artefact manifest", "unreadable", error.message)
        return {}
