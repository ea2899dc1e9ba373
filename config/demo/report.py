"""The end of the story: a table for people, var/demo/report.json for machines."""

import json
from pathlib import Path
from typing import Any

from config.demo.stage import Stage
from qjobs.rules.model_words import model_words

KEYS = (
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
    "tampers_named",
    "payouts",
)


def report(stage: Stage) -> dict[str, Any]:
    """Everything that the demo promises to tell, from what was seen on the site and on chain."""
    result = stage.facts["result"]
    best = max(result["baselines"], key=lambda baseline: baseline["accuracy"])
    return {
        "chain_id": stage.deployment.chain_id,
        "rpc_url": stage.rpc_url,
        "contracts": dict(stage.deployment.contracts),
        **{key: stage.facts[key] for key in KEYS},
        "quantum_accuracy": result["quantum"]["accuracy"],
        "baseline_accuracy": best["accuracy"],
        "verdict": result["verdict"],
        "seconds": stage.narrator.seconds,
        "gas": stage.narrator.gas,
    }


def write(document: dict[str, Any], file: Path) -> None:
    """Writes the report whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".new")
    draft.write_text(json.dumps(document, indent=2) + "\n")
    draft.replace(file)


def table(stage: Stage) -> str:
    """Accuracies with intervals, the verdict, and time and gas a step."""
    result = stage.facts["result"]
    rows = [("Quantum kernel SVM", result["quantum"])]
    rows += [(model_words(baseline["name"]), baseline) for baseline in result["baselines"]]
    lines = ["", f"{'model':<38} {'test accuracy':>13}   95 % interval", "-" * 72]
    for name, row in rows:
        lines.append(f"{name:<38} {row['accuracy']:>13.4f}   {row['low']:.4f} to {row['high']:.4f}")
    lines += ["", f"Verdict: {result['verdict']}", "", f"{'step':<14} {'seconds':>8} {'gas':>12}", "-" * 36]
    seconds, gas = stage.narrator.seconds, stage.narrator.gas
    for step in [*seconds, *(step for step in gas if step not in seconds)]:
        took = f"{seconds[step]:.1f}" if step in seconds else ""
        spent = f"{gas[step]:,}" if step in gas else ""
        lines.append(f"{step:<14} {took:>8} {spent:>12}")
    lines.append(f"{'total':<14} {sum(stage.narrator.seconds.values()):>8.1f}")
    return "\n".join(lines)
