"""A challenged result from end to end: what verifiers find decides who loses bond, stake and pay."""

import json

import pytest
from django.core.management import call_command

from chain.bindings import erc20
from chain.models import OutboxEntry
from marketplace.store import content_store
from qjobs.executor.attesting import look_at_dispute
from qjobs.models import (
    Attestation,
    Dispute,
    Executor,
    ExecutorKey,
    Job,
    JobCredit,
    JobMilestone,
    Recheck,
    RunFile,
    StakeCredit,
)
from qjobs.rules.run_states import RunState
from qjobs.selectors.transaction_keys import settlement_key
from qjobs.transactions import MANIFEST_NAME
from storage.cid import Cid
from tests.integration.qjobs.http import get, post, sign_and_send, signed_in
from tests.integration.qjobs.stage import DOLLARS, only_run
from tests.integration.qjobs.verifiers import (
    ATTEST_SECONDS,
    STAKE,
    admit_verifiers,
    challenge,
    look,
    put_up_stake,
    run_to_its_result,
    verify_and_close,
)

BOND = 10 * DOLLARS
MOST_SLASHED = 100 * DOLLARS
PROJECTED = (Dispute, Attestation, Executor, ExecutorKey, StakeCredit)


@pytest.fixture
def verified_stage(stage, people, approved_job, live_server, settings):
    """An approved job whose executor has a stake, and three verifiers that this installation speaks for."""
    put_up_stake(stage, people.executor)
    settings.VERIFIER_KEY_NAMES = admit_verifiers(stage, [people.rival, people.deployer, people.stranger])
    settings.VERIFY_IPFS_URL = live_server.url
    return stage


@pytest.fixture
def researcher(people):
    return signed_in(people.researcher)


def balance(stage, wallet) -> int:
    return stage.client.read(stage.at("TestDollar"), erc20.BALANCE_OF, account=wallet.address)


def rows() -> dict[str, list]:
    return {
        kind.__name__: list(kind.objects.order_by("pk").values()) for kind in (*PROJECTED, Job, JobMilestone)
    }


def test_forged_result_is_challenged_found_wrong_slashed_and_refunded(
    verified_stage, people, approved_job, researcher
):
    stage = verified_stage
    run_to_its_result(stage, is_forged=True)
    challenge(stage, researcher, people.researcher, approved_job)
    assert Job.objects.get().state == Job.State.DISPUTED

    verify_and_close(stage)

    dispute = Dispute.objects.get()
    assert (dispute.get_state_display(), dispute.slashed_units) == ("lost", MOST_SLASHED)
    recheck = Recheck.objects.get()
    assert recheck.verdict == Recheck.Verdict.MISMATCH
    said = Attestation.objects.filter(dispute_id=dispute.pk)
    assert {(one.is_right, one.report_digest) for one in said} == {(False, recheck.report_digest)}
    assert said.count() == 3
    report = json.loads(content_store().read_block(Cid.parse(recheck.report_cid)))
    assert "splits[0].quantum.accuracy" in str(report["mismatches"])
    job = Job.objects.get()
    assert (job.state, job.refunded_units) == (Job.State.EXPIRED, job.escrow_units)
    executor = Executor.objects.get(pk=people.executor.address)
    assert (executor.staked_units, executor.slashed_units) == (STAKE - MOST_SLASHED, MOST_SLASHED)
    stage.settle_down(2)
    assert (only_run().state, "found the result wrong" in only_run().reason) == (RunState.FAILED, True)

    before = balance(stage, people.researcher)
    for source in ("DisputeBook", "ExecutorRegistry"):
        prepared = post(researcher, "stakes/withdrawals", {"source": source})
        sign_and_send(stage, people.researcher, prepared["transaction"])
    assert balance(stage, people.researcher) - before == BOND + MOST_SLASHED // 2
    treasury = StakeCredit.objects.get(account=stage.at("Timelock"))
    assert (treasury.contract, treasury.available_units) == ("ExecutorRegistry", MOST_SLASHED // 2)

    kept = rows()
    call_command("rebuild_projections")
    assert rows() == kept


def look_at_chain_time(stage, dispute: Dispute, moment: int) -> None:
    """The verifiers' next try, in a block of exactly that time, and what they send a second later."""
    Recheck.objects.update(retry_at=None)
    stage.node.rpc("evm_setNextBlockTimestamp", moment)
    stage.mine()
    stage.follow()
    look_at_dispute(dispute.pk)
    stage.node.rpc("evm_setNextBlockTimestamp", moment + 1)
    stage.send()
    stage.follow()


def test_result_whose_manifest_nobody_can_get_is_found_wrong_in_the_last_quarter(
    verified_stage, people, approved_job, researcher
):
    stage = verified_stage
    run_to_its_result(stage, is_forged=False)
    withheld = RunFile.objects.get(name=MANIFEST_NAME).cid
    content_store().layout.of_root(Cid.parse(withheld)).unlink()
    challenge(stage, researcher, people.researcher, approved_job)

    dispute = Dispute.objects.get()
    for seconds in (5, 30):
        look_at_chain_time(stage, dispute, dispute.opened_at + seconds)
    assert (Recheck.objects.get().verdict, Attestation.objects.count()) == ("CANNOT_CHECK", 0)
    look_at_chain_time(stage, dispute, int(dispute.attest_by) - 14)
    stage.pass_time(ATTEST_SECONDS)
    stage.follow()
    look(stage)

    assert Dispute.objects.get().get_state_display() == "lost"
    assert [one.is_right for one in Attestation.objects.all()] == [False] * 3
    report = json.loads(content_store().read_block(Cid.parse(Recheck.objects.get().report_cid)))
    assert report["mismatches"] == ["manifest.json (withheld)"]
    assert "no gateway gives what the executor posted" in report["note"]
    assert not {"training", "spec.json", "dataset:1"} & set(report["missing"])


def test_honest_result_is_challenged_found_right_and_its_executor_keeps_pay_and_gets_the_bond(
    verified_stage, people, approved_job, researcher
):
    stage = verified_stage
    run_to_its_result(stage, is_forged=False)
    challenge(stage, researcher, people.researcher, approved_job)

    verify_and_close(stage)
    stage.settle_down(4)

    shown = get(researcher, "disputes?state=rejected")["results"][0]
    assert [one["is_right"] for one in shown["attestations"]] == [True, True, True]
    assert (Recheck.objects.get().verdict, Job.objects.get().state) == ("MATCH", Job.State.SETTLED)
    assert only_run().state == RunState.DONE, only_run().reason
    assert JobCredit.objects.get(account=people.executor.address).credited_units == 5 * DOLLARS
    bond = StakeCredit.objects.get(account=people.executor.address)
    assert (bond.contract, bond.available_units) == ("DisputeBook", BOND)
    told = get(researcher, f"executors/{people.executor.address}")
    assert (told["staked"], told["results_challenged"], told["disputes_lost"]) == (str(STAKE), 1, 0)


def test_settlement_sent_before_a_challenge_is_sent_again_after_the_dispute(
    stage, people, approved_job, researcher, settings
):
    run_to_its_result(stage, is_forged=False)
    stage.work()
    challenge(stage, researcher, people.researcher, approved_job)
    run, job = only_run(), Job.objects.get()
    OutboxEntry.objects.create(
        key=settlement_key(job),
        kind="settle",
        sender="executor",
        payload={"job_id": job.pk},
    )
    run.state = RunState.SETTLING
    run.save()
    stage.settle_down(2)
    assert OutboxEntry.objects.get(kind="settle").state == OutboxEntry.State.FAILED
    assert only_run().state == RunState.SETTLING

    stage.pass_time(61)
    stage.settle_down(1)
    close = post(researcher, f"jobs/{approved_job}/close-dispute", {})
    sign_and_send(stage, people.researcher, close["transaction"])
    stage.settle_down(6)

    assert Dispute.objects.get().get_state_display() == "tied"
    assert (only_run().state, Job.objects.get().state) == (RunState.DONE, Job.State.SETTLED)
    assert OutboxEntry.objects.filter(kind="settle").count() == 2


def test_challenge_is_refused_in_words_before_a_result_and_after_the_window(
    stage, people, approved_job, researcher
):
    stage.follow()
    refused = post(researcher, f"jobs/{approved_job}/challenge", {"reason": "No."}, status=409)
    assert "no result that can be challenged now" in refused["error"]["message"]

    run_to_its_result(stage, is_forged=False)
    stage.pass_time(10)
    stage.follow()

    refused = post(researcher, f"jobs/{approved_job}/challenge", {"reason": "Too late."}, status=409)
    assert "its window is over" in refused["error"]["message"]
    post(researcher, f"jobs/{approved_job}/close-dispute", {}, status=409)
