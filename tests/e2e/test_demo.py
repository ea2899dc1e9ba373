"""`manage.py demo` as a stranger runs it: a fresh folder, every real part, a true report."""

import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.person import Person, somebody

REPORT_KEYS = {
    "chain_id",
    "rpc_url",
    "contracts",
    "dataset_token_id",
    "dataset_cid",
    "listing_id",
    "purchase_tx",
    "job_id",
    "spec_cid",
    "spec_digest",
    "proposal_id",
    "approval_tx",
    "result_tx",
    "settle_tx",
    "run_record_cid",
    "model_token_id",
    "model_cid",
    "quantum_accuracy",
    "baseline_accuracy",
    "verdict",
    "tampers_named",
    "payouts",
    "seconds",
    "gas",
}
SILENCE_LIMIT_SECONDS = 20
DEMO_WITHIN_SECONDS = 900


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """One whole demo in a folder of its own, stopped at the end: its lines, pauses, exit code and report."""
    with somebody(tmp_path_factory.mktemp("demo")) as stranger:
        yield _watch(stranger)


def _watch(stranger: Person) -> dict[str, Any]:
    demo = stranger.starts("demo", EXIT="1")
    lines, pauses, last = [], [], time.monotonic()
    assert demo.stdout is not None
    for line in demo.stdout:
        lines.append(line)
        pauses.append(time.monotonic() - last)
        last = time.monotonic()
    code = demo.wait(timeout=DEMO_WITHIN_SECONDS)
    assert code == 0, "".join(lines[-60:])
    report = json.loads((stranger.layout.var_dir / "demo" / "report.json").read_text())
    left = stranger.left_running()
    return {"text": "".join(lines), "pauses": pauses, "report": report, "left_running": left}


def test_demo_report_has_exactly_the_promised_keys(told: dict[str, Any]) -> None:
    assert set(told["report"]) == REPORT_KEYS


def test_demo_names_both_forgeries(told: dict[str, Any]) -> None:
    model, metric = told["report"]["tampers_named"]

    assert "model.safetensors" in model
    assert "splits[0].quantum.accuracy" in metric


def test_demo_pays_everybody_exactly_what_the_price_and_the_budget_say(told: dict[str, Any]) -> None:
    pass_price, budget, job_fee, treasury_of_job = 25_000_000, 40_000_000, 1_000_000, 1_000_000

    assert sum(told["report"]["payouts"].values()) == pass_price + budget + job_fee + treasury_of_job


def test_demo_accuracies_are_those_of_a_real_training(told: dict[str, Any]) -> None:
    assert 0.9 < told["report"]["quantum_accuracy"] <= 1
    assert 0.94 < told["report"]["baseline_accuracy"] <= 1
    assert told["report"]["verdict"] in told["text"]


def test_demo_gives_every_step_a_time_and_every_transaction_its_gas(told: dict[str, Any]) -> None:
    report = told["report"]

    assert {"publish", "list", "buy", "request", "propose", "vote", "queue", "execute"} <= set(report["gas"])
    assert {"claim", "result", "settle", "withdraw"} <= set(report["gas"])
    assert all(gas > 21_000 for gas in report["gas"].values())
    assert set(report["seconds"]) >= {"sign_in", "publish", "train", "verify", "forgeries"}


def test_demo_prints_transactions_and_cids_and_never_falls_silent(told: dict[str, Any]) -> None:
    assert len(re.findall(r"tx 0x[0-9a-f]{64}", told["text"])) >= 12
    assert told["report"]["dataset_cid"] in told["text"]
    assert max(told["pauses"][5:]) < SILENCE_LIMIT_SECONDS


def test_demo_with_exit_leaves_no_process_behind(told: dict[str, Any]) -> None:
    assert told["left_running"] == []
