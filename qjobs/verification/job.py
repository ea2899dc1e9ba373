"""Verifies one job: chain facts and blocks in, a report out."""

from collections.abc import Callable, Mapping
from pathlib import Path

from qjobs.algorithms.result import POSTED_NAMES, file_names
from qjobs.verification.facts import ChainFacts
from qjobs.verification.material import BlockSource, Material
from qjobs.verification.private import STRANGER, Auditor
from qjobs.verification.qpy import read_circuit
from qjobs.verification.rebuilding import QpyReader, check_rebuilt
from qjobs.verification.record_checks import (
    MANIFEST_NAME,
    RUN_RECORD_NAME,
    check_run_record,
    checked_files,
    checked_manifest,
)
from qjobs.verification.report import Check, Checks, Report
from qjobs.verification.sealed import check_sealing, opened_files
from qjobs.verification.spec_checks import check_model_token, check_tasks, checked_spec


def _ignore_check(check: Check) -> None:
    """For callers that wait for the report."""


def verify_job(
    chain_facts: ChainFacts,
    blocks: BlockSource,
    overrides: Mapping[str, Path] | None = None,
    on_check: Callable[[Check], None] = _ignore_check,
    auditor: Auditor = STRANGER,
    *,
    read_qpy: QpyReader = read_circuit,
) -> Report:
    """Everything that can be said about a job from outside.

    `overrides` puts copies under test in place of what the CIDs name: "spec.json", "manifest.json",
    "run_record.json", "dataset:<token id>" and the artefact's file names. A copy with another hash is
    reported as such and still compared field by field; what is rebuilt is rebuilt from the true bytes.
    `auditor`: who has a right to private data and sealed files; what it lacks is not checked, and named.
    `read_qpy`: gives the circuit of a QPY file, which a stranger wrote, as OpenQASM.
    Linear algebra should be held to one thread, as it is in a run.
    """
    checks = Checks(on_check)
    material = Material(blocks, overrides or {}, checks)
    spec = checked_spec(chain_facts, material, checks)
    entries = checked_manifest(chain_facts, material, checks)
    environment = check_run_record(chain_facts, spec, entries, material, checks)
    check_model_token(chain_facts, checks)
    check_tasks(chain_facts, checks)
    if spec is None:
        checks.missing("training", "without the spec nothing can be rebuilt")
        return checks.report()
    check_sealing(chain_facts, spec, entries, checks)
    posted = checked_files(entries, file_names(spec), material, checks)
    files = opened_files(entries, posted, auditor, checks)
    has_rows = check_rebuilt(
        spec, files, material, checks, auditor, environment=environment, read_qpy=read_qpy
    )
    return checks.report(withheld=filter(is_posted, material.lacking) if has_rows else ())


def is_posted(name: str) -> bool:
    """Whether it is for the executor to keep what a check calls by this name: the result, not its inputs."""
    return name in {MANIFEST_NAME, RUN_RECORD_NAME, *POSTED_NAMES}
