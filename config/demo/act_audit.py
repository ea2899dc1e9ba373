"""Act four: an auditor with an RPC URL and an IPFS source re-computes the result, catches forgeries."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import requests
from django.conf import settings

from config.demo.narrator import DemoFailed
from config.demo.people import Cast
from config.demo.stage import Stage

UNUSABLE_DATABASE_URL = "postgresql://nobody@127.0.0.1:1/nothing"
VERIFY_WITHIN_SECONDS = 300
MODEL_FILE = "model.safetensors"
METRICS_FILE = "metrics.json"


def verify(stage: Stage, cast: Cast) -> None:
    """`verify` in an empty directory must say MATCH."""
    report = _run_verify(stage, None)
    if report["verdict"] != "MATCH":
        raise DemoFailed(f"verify said {report['verdict']}: {report['mismatches'] or report['missing']}")
    stage.narrator.say(
        f"   auditor: MATCH, {len(report['checks'])} checks, no database, no trust in any node"
    )


def catch_forgeries(stage: Stage, cast: Cast) -> None:
    """One flipped byte of the model and one changed metric, each in a copy, must be named as MISMATCH."""
    files = {row["name"]: row["cid"] for row in cast.researcher.get(f"jobs/{stage.facts['job_id']}")["files"]}
    model = bytearray(_fetch(stage, files[MODEL_FILE]))
    model[-5] ^= 0x01
    metrics = json.loads(_fetch(stage, files[METRICS_FILE]))
    forged, said = _with_one_metric_changed(metrics)
    named = [
        _caught(stage, MODEL_FILE, bytes(model), lambda field: MODEL_FILE in field),
        _caught(stage, METRICS_FILE, json.dumps(forged).encode(), lambda field: field.endswith(said)),
    ]
    stage.facts["tampers_named"] = named


def _with_one_metric_changed(metrics: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The metrics with the first split's quantum accuracy changed, and the end of the field's name."""
    forged = json.loads(json.dumps(metrics))
    split = forged["splits"][0]["quantum"]
    split["accuracy"] = min(1.0, split["accuracy"] + 0.01) if split["accuracy"] < 1.0 else 0.99
    return forged, "splits[0].quantum.accuracy"


def _caught(stage: Stage, name: str, content: bytes, is_named) -> str:
    """The name that verify gives to the forgery in this copy."""
    with tempfile.TemporaryDirectory(prefix="qommons-forged-") as folder:
        (Path(folder) / name).write_bytes(content)
        report = _run_verify(stage, Path(folder))
    named = [field for field in report["mismatches"] if is_named(field)]
    if report["verdict"] != "MISMATCH" or not named:
        raise DemoFailed(f"verify did not name the forged {name}: {report['verdict']} {report['mismatches']}")
    stage.narrator.say(f"   auditor: forged copy of {name}: MISMATCH in {', '.join(report['mismatches'])}")
    return named[0]


def _run_verify(stage: Stage, forged: Path | None) -> dict[str, Any]:
    """Runs the command as a stranger would: an empty directory, no database, no file of this installation."""
    with tempfile.TemporaryDirectory(prefix="qommons-auditor-") as empty:
        command = [
            sys.executable,
            str(settings.BASE_DIR / "manage.py"),
            "verify",
            "job",
            stage.facts["job_id"],
        ]
        command += ["--rpc", stage.rpc_url, "--ipfs", stage.site_url]
        command += ["--board", stage.deployment.address_of("JobBoard"), "--json"]
        if forged is not None:
            command += ["--files", str(forged)]
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "DATABASE_URL": UNUSABLE_DATABASE_URL,
            "VAR_DIR": empty,
            "SECRET_KEY": "an auditor signs nothing",
            "CHAIN_ID": str(settings.CHAIN_ID),
        }
        done = subprocess.run(
            command,
            cwd=empty,
            env=environment,
            capture_output=True,
            text=True,
            timeout=VERIFY_WITHIN_SECONDS,
            check=False,
        )
    try:
        return json.loads(done.stdout)
    except ValueError:
        raise DemoFailed(f"verify gave no report: {done.stderr[-600:]}") from None


def _fetch(stage: Stage, cid: str) -> bytes:
    response = requests.get(f"{stage.site_url}/ipfs/{cid}", timeout=60)
    response.raise_for_status()
    return response.content
