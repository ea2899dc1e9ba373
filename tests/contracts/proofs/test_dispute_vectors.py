"""Contracts and model on the shared vectors of disputes: what becomes of bond and stake, in base units."""

import json

import pytest
from dispute_model import ATTEST_SECONDS
from toolchain import ROOT

CASES = json.loads((ROOT / "tests" / "vectors" / "contracts" / "disputes.json").read_text())
VERIFIERS = ("member", "contributor")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_bond_and_stake_end_as_the_vector_says(job_world, case):
    """Every call goes to both; each must do what the other does, as `act` sees to."""
    assert job_world.model.stakes["executor"] == case["stake"]
    job_world.set_quorum(case["quorum"])
    job_world.act("slash", "treasury", "executor", case["slashed_before"], "stranger")
    if case["leaving"]:
        job_world.act("request_unstake", "executor", case["leaving"])
    job_world.open_window(1)
    assert job_world.act("challenge", "provider", 1, 0) is None
    for verifier, is_right in zip(VERIFIERS, case["said"], strict=False):
        assert job_world.act("attest", verifier, 1, is_right) is None
    job_world.wait(ATTEST_SECONDS)

    assert job_world.act("close", "stranger", 1) is None

    chain, accounts = job_world.chain, job_world.accounts
    receiver = {"challenger": "provider", "executor": "executor"}[case["bond_to"]]
    assert job_world.model.disputes[1].state == case["state"]
    assert chain.read(job_world.disputes, "credit_of", accounts[receiver], job_world.dollar) == case["bond"]
    for role, part in (("provider", "to_challenger"), ("treasury", "to_treasury")):
        assert chain.read(job_world.registry, "credit_of", accounts[role], job_world.dollar) == case[part]
    assert case["to_challenger"] + case["to_treasury"] == case["slashed"]
    assert chain.read(job_world.registry, "stake_of", accounts["executor"]) == case["stake_left"]
    assert chain.read(job_world.registry, "leaving_of", accounts["executor"]) == case["leaving_left"]
