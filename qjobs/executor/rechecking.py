"""A disputed result computed again as a stranger would: by `manage.py verify`, without our database."""

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings

from chain.deployments import address_of
from common.errors import RetryableError
from qjobs.auditing import RESULT_TASK
from qjobs.executor.private_data import asked_header
from qjobs.models import Dispute, ExecutorKey, JobDataset, Recheck
from qjobs.selectors.disputes import verifiers
from storage.age.errors import InvalidKey
from storage.age.key_file import public_half, read_recipient

KEY_NAME = "verifier-age"
NO_DATABASE = "postgresql://nobody@127.0.0.1:1/none"
TOO_SLOW = "the computation took longer than the dispute leaves time for"


def key_file() -> Path:
    """Where the age identity of this installation's verifiers lies."""
    return Path(settings.KEYS_DIR) / f"{KEY_NAME}.key"


def compute_again(dispute: Dispute, *, seconds: float) -> dict[str, Any]:
    """What `verify` says, as a document for everybody; CANNOT_CHECK where it does not end in time.

    What private data is compared with is left out: a report is public.
    """
    with TemporaryDirectory(prefix="qommons-recheck-") as folder:
        given = Path(folder) / "given"
        given.mkdir()
        is_private = _fetch_headers(dispute, given)
        words = ["--files", str(given), "--key-file", str(key_file())] if is_private else []
        if dispute.task == RESULT_TASK:
            report = _verify(dispute.job_id, words, Path(folder), seconds)
        else:
            report = _cannot_check(f"verify computes task {RESULT_TASK} alone")
    kept = ("field", "verdict", "note") if is_private else ("field", "verdict", "note", "expected", "found")
    return {
        "job_board": address_of("JobBoard"),
        "job_id": str(dispute.job_id),
        "task": dispute.task,
        "verdict": report["verdict"],
        "mismatches": report["mismatches"],
        "missing": report["missing"],
        "checks": [{name: check[name] for name in kept} for check in report["checks"]],
    }


def _verify(job_id: int, words: list[str], folder: Path, seconds: float) -> dict[str, Any]:
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "verify", "job", str(job_id), "--json"]
    command += ["--rpc", settings.CHAIN_RPC_URL, "--ipfs", settings.VERIFY_IPFS_URL]
    command += ["--board", address_of("JobBoard"), *words]
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "DATABASE_URL": NO_DATABASE,
        "VAR_DIR": str(folder),
        "SECRET_KEY": secrets.token_hex(16),
    }
    try:
        ended = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, timeout=seconds, check=False
        )
        return dict(json.loads(ended.stdout))
    except subprocess.TimeoutExpired:
        return _cannot_check(TOO_SLOW)
    except ValueError:
        return _cannot_check(f"verify ended with code {ended.returncode} and without a report")


def _cannot_check(why: str) -> dict[str, Any]:
    return {"verdict": Recheck.Verdict.CANNOT_CHECK.value, "mismatches": [], "missing": [why], "checks": []}


def _fetch_headers(dispute: Dispute, folder: Path) -> bool:
    """The keys of private data, sealed to our verifiers' recipient, where the release service gives them."""
    ours = _own_verifiers()
    found = False
    for dataset in JobDataset.objects.filter(job_id=dispute.job_id) if ours else ():
        path = f"/release/disputes/{dispute.job_id}/{ours[0]}/datasets/{dataset.dataset_id}/{dataset.version}"
        try:
            header = asked_header(path)
        except RetryableError:
            continue  # public data has no key to give; private data is then named as missing
        (folder / f"dataset-{dataset.dataset_id}.age").write_bytes(header)
        found = True
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
