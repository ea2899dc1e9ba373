"""A disputed result computed again as a stranger would: from a node and gateways alone, never from our rows.

Chain and gateways are asked here; what they give is read and computed in a child without a network.
"""

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from django.conf import settings
from django.views.decorators.debug import sensitive_variables

from chain.client import ChainClient
from chain.deployments import address_of
from common.errors import QommonsError, RetryableError
from marketplace.release.asking import asked_header
from qjobs.auditing import job_facts
from qjobs.models import Dispute, ExecutorKey, Job, JobDataset, Recheck
from qjobs.rules.dataset_terms import ROW_FILES
from qjobs.runner import RunLimits
from qjobs.runner.sealing import ChildKeys
from qjobs.selectors.disputes import verifiers
from qjobs.verification.gathering import gather
from qjobs.verification.isolated import check_isolated
from qjobs.verification.report import MOST_LETTERS
from storage.age.errors import InvalidKey
from storage.age.file_key import FileKey
from storage.age.key_file import public_half, read_identities, read_recipient
from storage.age.vault import key_in
from storage.limits import DEFAULT_PATIENCE
from storage.sources import HttpBlockSource

T = TypeVar("T")
KEY_NAME = "verifier-age"
CANNOT_CHECK = Recheck.Verdict.CANNOT_CHECK.value
LEAST_SECONDS = 3600
REPORT_BYTES = 16 * 2**20
PATIENCE = replace(DEFAULT_PATIENCE, stream_seconds=600.0)


def key_file() -> Path:
    """Where the age identity of this installation's verifiers lies."""
    return Path(settings.KEYS_DIR) / f"{KEY_NAME}.key"


def compute_again(dispute: Dispute, *, seconds: int) -> dict[str, Any]:
    """What a check of the result says, as a document for everybody; CANNOT_CHECK where it does not end.

    It has the time that the run had, an hour at least, and no more than these seconds. `withheld` names what
    the executor posted and no gateway gave. What private data is compared with is left out: a report is
    public.
    """
    keys = ChildKeys()
    try:
        keys = _keys(dispute)
        report = _checked(dispute, keys, seconds)
    except QommonsError as error:
        report = {"verdict": CANNOT_CHECK, "withheld": [], "checks": [_unable(error.message[:MOST_LETTERS])]}
    kept = ("field", "verdict", "note") if keys else ("field", "verdict", "note", "expected", "found")
    checks = report["checks"]
    return {
        "job_board": address_of("JobBoard"),
        "job_id": str(dispute.job_id),
        "task": dispute.task,
        "verdict": report["verdict"],
        "withheld": report["withheld"],
        "mismatches": _fields(checks, Recheck.Verdict.MISMATCH.value),
        "missing": _fields(checks, CANNOT_CHECK),
        "checks": [{name: check[name] for name in kept} for check in checks],
    }


def _checked(dispute: Dispute, keys: ChildKeys, seconds: int) -> dict[str, Any]:
    began_at = time.monotonic()
    facts = job_facts(
        ChainClient(settings.CHAIN_RPC_URL), address_of("JobBoard"), dispute.job_id, dispute.task
    )
    urls = (settings.VERIFY_IPFS_URL or settings.SITE_URL).split(",")
    gateways = [HttpBlockSource(url, patience=PATIENCE) for url in urls]
    with TemporaryDirectory(prefix="qommons-recheck-") as name:
        given, workdir = Path(name) / "given", Path(name) / "work"
        given.mkdir()
        workdir.mkdir()
        gathered = gather(facts, gateways, given)
        left = int(seconds - (time.monotonic() - began_at))
        given_seconds = max(1, min(left, max(LEAST_SECONDS, facts.request.run_seconds)))
        limits = RunLimits(given_seconds, settings.RUN_MEMORY_BYTES, REPORT_BYTES)
        return check_isolated(gathered, workdir, limits, keys)


def _unable(why: str) -> dict[str, str]:
    return {"field": why, "verdict": CANNOT_CHECK, "note": "", "expected": "", "found": ""}


def _fields(checks: list[dict[str, str]], verdict: str) -> list[str]:
    return [check["field"] for check in checks if check["verdict"] == verdict]


@sensitive_variables()
def _keys(dispute: Dispute) -> ChildKeys:
    """The keys of private data and of sealed files, where the release service gives them to our verifiers."""
    parties = {dispute.executor, dispute.challenger}
    ours = [address for address in _own_verifiers() if address not in parties]
    if not ours:
        return ChildKeys()
    start = f"/release/disputes/{dispute.job_id}/{ours[0]}"
    datasets = {
        one.dataset_id: f"{start}/datasets/{one.dataset_id}/{one.version}"
        for one in JobDataset.objects.filter(job_id=dispute.job_id)
    }
    job = Job.objects.get(pk=dispute.job_id)
    files = {name: f"{start}/tasks/{dispute.task}/files/{name}" for name in ROW_FILES.get(job.algorithm, ())}
    return ChildKeys(_opened(datasets), _opened(files))


@sensitive_variables()
def _opened(paths: Mapping[T, str]) -> dict[T, FileKey]:
    """By the same names; what is public has no key to give, what is not given is then named as missing."""
    found = {}
    for name, path in paths.items():
        try:
            header = asked_header(path)
        except RetryableError:
            continue
        found[name] = key_in(header, read_identities(key_file()))
    return found


def _own_verifiers() -> list[str]:
    """Admitted verifiers whose registered recipient is ours; their keys themselves are the sender's alone."""
    try:
        ours = str(read_recipient(public_half(key_file())))
    except InvalidKey:
        return []
    newest: dict[str, str] = {}
    admitted = set(verifiers().values_list("address", flat=True))
    for key in ExecutorKey.objects.filter(executor__in=admitted).order_by("number"):
        newest[key.executor] = key.age_recipient
    return [address for address, recipient in newest.items() if recipient == ours]
