"""The main job from publishing to verification, act by act."""

from pathlib import Path
from typing import Any

from config.demo import act_audit, act_data, act_run, act_vote
from config.demo.people import Cast
from config.demo.report import report, table, write
from config.demo.stage import Stage

STEPS = (
    ("sign_in", "Everybody signs in; the local faucet fills the wallets", act_data.fill_wallets),
    ("delegate", "Members delegate their votes to themselves", act_vote.delegate_votes),
)
AFTER_PUBLISHING = (
    ("list", "The provider lists compute access", act_data.list_access),
    ("buy", "The researcher buys access: permit and purchase in one transaction", act_data.buy_access),
    ("request", "The researcher requests a quantum job, its budget in escrow", act_vote.request_job),
    ("propose", "A member proposes to approve exactly this spec", act_vote.propose),
    ("vote", "Members vote", act_vote.vote),
    ("queue", "The proposal is queued in the Timelock", act_vote.queue),
    ("execute", "The Timelock approves the job", act_vote.execute),
    ("train", "The executor waits for depth, claims, trains and posts", act_run.train),
    ("settle", "The challenge window passes and the job settles", act_run.settle),
    ("withdraw", "Everybody withdraws", act_run.withdraw),
    ("verify", "An auditor verifies from chain and IPFS alone", act_audit.verify),
    ("forgeries", "Forged copies are caught and named", act_audit.catch_forgeries),
)


def tell(stage: Stage, cast: Cast, demo_dir: Path) -> dict[str, Any]:
    """Plays every act and gives the report; raises DemoFailed at the first that does not truly happen."""
    for name, title, act in STEPS:
        with stage.narrator.step(name, title):
            act(stage, cast)
    with stage.narrator.step("publish", "The provider publishes a real dataset"):
        file = act_data.write_dataset(demo_dir)
        stage.facts["dataset_columns"] = _header(file)
        act_data.publish(stage, cast, file)
    for name, title, act in AFTER_PUBLISHING:
        with stage.narrator.step(name, title):
            act(stage, cast)
    document = report(stage)
    write(document, demo_dir / "report.json")
    stage.narrator.say(table(stage))
    stage.narrator.say(f"\nReport: {_relative(demo_dir / 'report.json')}")
    return document


def _header(file: Path) -> list[str]:
    with file.open() as handle:
        return handle.readline().strip().split(",")


def _relative(file: Path) -> Path:
    here = Path.cwd()
    return file.relative_to(here) if file.is_relative_to(here) else file
