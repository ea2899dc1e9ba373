"""Act two: the researcher requests a job with its budget in escrow, members vote, the Timelock approves."""

import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from config.demo.api import ApiUser
from config.demo.narrator import DemoFailed
from config.demo.people import Cast
from config.demo.stage import Stage

PAY_PER_TASK_UNITS = 40_000_000
QUBITS = 6
SEED = 7
COUNTDOWN_EVERY_SECONDS = 4
WHAT_COMES = {"deadline": "the vote closes", "eta": "the Timelock opens"}


def delegate_votes(stage: Stage, cast: Cast) -> None:
    """Votes count only once they are delegated; each member delegates to itself (once)."""
    for member in cast.members:
        if member.get(f"members/{member.address}")["delegate"] != member.address:
            prepared = member.post("delegations", {"delegate": member.address})
            stage.send(member, "delegate", prepared["transaction"])
    for member in cast.members:
        stage.shown(f"the voting power of {member.role}", partial(_power, member))


def _power(member: ApiUser) -> dict | None:
    standing = member.get(f"members/{member.address}")
    return standing if int(standing["power"]) else None


def request_job(stage: Stage, cast: Cast) -> None:
    """The spec is pinned; its digest goes on chain with the escrow (permit and request at once)."""
    researcher = cast.researcher
    pinned = researcher.post("specs", _spec(stage))
    estimate = pinned["estimate"]
    stage.narrator.say(
        f"   spec CID {pinned['cid']}\n      {estimate['qubits']} qubits, "
        f"{estimate['two_qubit_gates']} two-qubit gates, "
        f"about {float(estimate['cpu_seconds']):.0f} s of computing"
    )
    document: dict[str, Any] = {
        "spec_digest": pinned["digest"],
        "pass_ids": [stage.facts["pass_id"]],
        "approve_seconds": 3600,
        "claim_seconds": 7200,
        "payment": "permit",
    }
    offer = researcher.post("jobs", document)
    document |= {
        "approve_by": offer["approve_by"],
        "claim_by": offer["claim_by"],
        "permit": {
            "deadline": offer["permit_deadline"],
            "signature": researcher.wallet.sign_typed_data(offer["typed_data"]),
        },
    }
    for relative in ("approve_seconds", "claim_seconds"):
        del document[relative]
    tx_hash = stage.send(researcher, "request", researcher.post("jobs", document)["transaction"])
    job = stage.shown("the job on the site", lambda: _requested_in(researcher, pinned["digest"], tx_hash))
    stage.facts |= {"job_id": job["job_id"], "spec_cid": pinned["cid"], "spec_digest": pinned["digest"]}
    stage.narrator.say(f"   job {job['job_id']}: {stage.site_url}/jobs/{job['job_id']}")


def _spec(stage: Stage) -> dict[str, Any]:
    dataset = stage.facts["dataset_token_id"]
    columns = _columns(stage)
    return {
        "title": "Which breast masses are malignant? A quantum kernel on six principal components",
        "datasets": [{"token_id": dataset, "version": 1, "columns": columns}],
        "splits": {"kind": "stratified-shuffle", "count": 5, "test_fraction": 0.2, "seed": SEED},
        "qubits": QUBITS,
        "algorithm": {"name": "qsvm"},
        "feature_map": {"name": "zz", "reps": 2, "entanglement": "full"},
        "engine": "statevector",
        "seed": SEED,
        "budget": {
            "payment_token": stage.deployment.address_of("TestDollar"),
            "pay_per_task": str(PAY_PER_TASK_UNITS),
        },
    }


def _columns(stage: Stage) -> dict[str, Any]:
    names = stage.facts["dataset_columns"]
    return {"features": names[:-1], "label": names[-1], "positive_label": "malignant"}


def _requested_in(user: ApiUser, spec_digest: str, tx_hash: str) -> dict | None:
    jobs = user.get("jobs", spec_digest=spec_digest, requester=user.address)["results"]
    for job in jobs:
        full = user.get(f"jobs/{job['job_id']}")
        if full["history"] and full["history"][0]["tx_hash"] == tx_hash:
            return full
    return None


def propose(stage: Stage, cast: Cast) -> None:
    """A member proposes `JobBoard.approve(job, digest)` at the Governor."""
    proposer = cast.members[0]
    prepared = proposer.post(
        f"jobs/{stage.facts['job_id']}/proposal", {"note": "The demo's job, proposed by a member."}
    )
    stage.facts["proposal_id"] = prepared["proposal_id"]
    stage.send(proposer, "propose", prepared["transaction"])
    stage.shown("the proposal on the site", lambda: _proposal(stage, cast, {"pending", "active"}))
    stage.narrator.say(f"   proposal: {stage.site_url}/proposals/{prepared['proposal_id']}")


def vote(stage: Stage, cast: Cast) -> None:
    """Members vote; one has doubts and says so."""
    opinions = (
        ("for", "A clear question, honest baselines."),
        ("for", "The data's owner consents."),
        ("against", "I would rather see more qubits."),
    )
    stage.shown("the opening of the vote", lambda: _proposal(stage, cast, {"active"}))
    for member, (support, reason) in zip(cast.members, opinions, strict=True):
        ballot = member.post(
            f"proposals/{stage.facts['proposal_id']}/votes", {"support": support, "reason": reason}
        )
        stage.send(member, "vote", ballot["transaction"])
    _count_down(stage, cast, "deadline", _has_succeeded)


def queue(stage: Stage, cast: Cast) -> None:
    """The proposal waits its delay in the Timelock."""
    _act(stage, cast, "queue")
    stage.shown("the queue on the site", lambda: _proposal(stage, cast, {"queued"}))
    _count_down(stage, cast, "eta", _delay_passed)


def execute(stage: Stage, cast: Cast) -> None:
    """Anyone may execute; JobBoard says that the job is approved."""
    stage.facts["approval_tx"] = _act(stage, cast, "execute")
    stage.shown("the approval on the site", lambda: _approved(stage, cast))


def _act(stage: Stage, cast: Cast, verb: str) -> str:
    member = cast.members[1]
    prepared = member.post(f"proposals/{stage.facts['proposal_id']}/{verb}")
    return stage.send(member, verb, prepared["transaction"])


def _proposal(stage: Stage, cast: Cast, states: set[str]) -> dict | None:
    proposer = cast.members[0]
    page = proposer.get("proposals", proposer=proposer.address)["results"]
    if not any(row["proposal_id"] == stage.facts["proposal_id"] for row in page):
        return None
    proposal = proposer.get(f"proposals/{stage.facts['proposal_id']}")
    if proposal["state"] in {"defeated", "canceled", "expired"}:
        raise DemoFailed(f"the proposal was {proposal['state']}")
    return proposal if proposal["state"] in states else None


def _has_succeeded(proposal: dict[str, Any]) -> bool:
    return proposal["state"] == "succeeded"


def _delay_passed(proposal: dict[str, Any]) -> bool:
    return proposal["state"] == "queued" and proposal["can"]["execute"]


def _count_down(stage: Stage, cast: Cast, moment: str, has_come: Callable[[dict[str, Any]], bool]) -> None:
    """The local chain's own short periods are waited for; nothing jumps in time."""
    said_at = 0.0
    while True:
        proposal = cast.members[0].get(f"proposals/{stage.facts['proposal_id']}")
        if has_come(proposal):
            return
        if proposal["state"] in {"defeated", "canceled", "expired"}:
            raise DemoFailed(f"the proposal was {proposal['state']}")
        end = proposal.get("extended_deadline") if moment == "deadline" else None
        left = max(_seconds_between(proposal["chain_time"], end or proposal[moment]), 0)
        if time.monotonic() - said_at >= COUNTDOWN_EVERY_SECONDS:
            stage.narrator.say(f"   {WHAT_COMES[moment]} in {left} s")
            said_at = time.monotonic()
        time.sleep(0.5)


def _seconds_between(earlier: str, later: str) -> int:
    """Whole seconds between two ISO 8601 times."""
    return int((datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds())


def _approved(stage: Stage, cast: Cast) -> dict | None:
    job = cast.researcher.get(f"jobs/{stage.facts['job_id']}")
    return job if job["state"] != "requested" else None
