"""`manage.py verify` as an auditor runs it: an empty directory, no database, blocks over HTTP."""

import json
from pathlib import Path

import pytest

from marketplace.store import content_store
from qjobs.models import RunFile
from storage.cid import Cid


@pytest.fixture
def settled_job(stage, approved_job) -> int:
    stage.settle_down()
    stage.pass_time(10)
    stage.settle_down(6)
    return approved_job


def test_verify_of_true_job_and_model_matches_and_of_forged_copies_names_the_fields(
    verify, settled_job, tmp_path
):
    said = verify("job", str(settled_job))
    assert said.returncode == 0, said.stdout[-2000:] + said.stderr[-2000:]
    assert said.stdout.splitlines()[-1] == "MATCH"

    assert verify("model", "1").returncode == 0
    used = verify("model", "1", "--used", "1@1")
    assert (used.returncode, used.stdout.splitlines()[-1]) == (0, "MATCH")
    assert verify("model", "1", "--used", "1@9").stdout == "CANNOT CHECK: dataset 1 has no version 9\n"

    fake = ("1", "--backend", "fake_manila", "--shots", "50", "--rows", "1", "--yes", "--json")
    tried = verify(*fake, name="measure_model")
    assert tried.returncode == 0, tried.stderr[-2000:]
    assert "4 jobs in one batch" in tried.stderr
    assert set(json.loads(tried.stdout)["values"]) > {"ideal", "device", "zero_noise"}

    forged = _folder_with(tmp_path, "model.safetensors", _flipped(_posted("model.safetensors")))
    report = json.loads(verify("job", str(settled_job), "--files", str(forged), "--json").stdout)
    assert report["verdict"] == "MISMATCH"
    assert any("model.safetensors" in field for field in report["mismatches"])

    metrics = json.loads(_posted("metrics.json"))
    metrics["splits"][0]["quantum"]["accuracy"] = 0.123
    forged = _folder_with(tmp_path, "metrics.json", json.dumps(metrics).encode())
    said = verify("job", str(settled_job), "--files", str(forged))
    assert said.returncode == 1
    assert said.stdout.splitlines()[-1].startswith("MISMATCH: ")
    assert "splits[0].quantum.accuracy" in said.stdout.splitlines()[-1]


def test_verify_without_blocks_or_job_says_what_is_missing(verify, stage, requested_job):
    no_job = verify("job", "77")
    assert (no_job.returncode, no_job.stdout.splitlines()[-1][:14]) == (2, "CANNOT CHECK: ")
    assert "has no job 77" in no_job.stdout

    no_task = verify("job", str(requested_job), "--task", "1")
    assert (no_task.returncode, "has no task 1" in no_task.stdout) == (2, True)

    no_blocks = verify("job", str(requested_job), ipfs="http://127.0.0.1:1")
    assert no_blocks.returncode == 2 or "MISMATCH" in no_blocks.stdout.splitlines()[-1]


def _posted(name: str) -> bytes:
    cid = Cid.parse(RunFile.objects.get(name=name).cid)
    return b"".join(content_store().open(cid))


def _flipped(content: bytes) -> bytes:
    return content[:-5] + bytes([content[-5] ^ 1]) + content[-4:]


def _folder_with(tmp_path: Path, name: str, content: bytes) -> Path:
    folder = tmp_path / f"forged-{name}"
    folder.mkdir()
    (folder / name).write_bytes(content)
    return folder
