"""Verifies one job: chain facts and blocks in, a report out."""

from collections.abc import Callable, Mapping
from pathlib import Path

from qjobs.algorithms.result import FILE_NAMES
from qjobs.verification.facts import ChainFacts
from qjobs.verification.material import BlockSource, Material
from qjobs.verification.private import STRANGER, Auditor
from qjobs.verification.rebuilding import check_rebuilt
from qjobs.verification.record_checks import check_run_record, checked_files, checked_manifest
from qjobs.verification.report import Check, Checks, Report
from qjobs.verification.spec_checks import check_model_token, checked_spec


def _ignore_check(check: Check) -> None:
    """For callers that wait for the report."""


def verify_job(
    chain_facts: ChainFacts,
    blocks: BlockSource,
    overrides: Mapping[str, Path] | None = None,
    on_check: Callable[[Check], None] = _ignore_check,
    auditor: Auditor = STRANGER,
) -> Report:
    """Everything that can be said about a job from outside.

    `overrides` puts copies under test in place of what the CIDs name: "spec.json", "manifest.json",
    "run_record.json", "dataset:<token id>" and the artefact's file names. A copy with another hash is
    reported as such and still compared field by field; what is rebuilt is rebuilt from the true bytes.
    `auditor`: who has a right to private data; without it that data cannot be checked, and is named.
    """
    checks = Checks(on_check)
    material = Material(blocks, overrides or {}, checks)
    spec = checked_spec(chain_facts, material, checks)
    entries = checked_manifest(chain_facts, material, checks)
    check_run_record(chain_facts, spec, entries, material, checks)
    check_model_token(chain_facts, checks)
    if spec is None:
        checks.missing("training", "without the spec nothing can be rebuilt")
        return checks.report()
    files = checked_files(entries, FILE_NAMES, material, checks)
    check_rebuilt(spec, files, material, checks, auditor)
    return checks.report()
