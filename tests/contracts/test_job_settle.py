"""JobBoard: settlement pays everybody and mints the model in one transaction."""

import ape
import pytest
from commons import DOLLARS
from stage import (
    ARTEFACT,
    CLAIM_SECONDS,
    METRICS,
    PAY_PER_TASK,
    RUN_RECORD,
    SETTLED,
    WINDOW_SECONDS,
)

TREASURY_FEE = PAY_PER_TASK * 250 // 10_000
JOB_FEE = 3 * DOLLARS


@pytest.fixture
def job_with_fee(commons, stage, provider, contributor):
    """A job in its window, on a dataset with two payees and a fee a job."""
    dataset_id = stage.publish(
        payees=[provider, contributor],
        parts=[7_500, 2_500],
        jobFeeToken=commons.test_dollar.address,
        jobFee=JOB_FEE,
    )
    job_id = stage.request_job([dataset_id], [stage.grant(dataset_id)])
    return stage.post(stage.claim(stage.approve(job_id)))


def test_settle_by_anyone_pays_everybody_and_mints_the_model(
    commons, stage, job_with_fee, stranger, researcher, executor, provider, contributor
):
    stage.wait(WINDOW_SECONDS)

    receipt = commons.job_board.settle(job_with_fee, sender=stranger)

    job = commons.job_board.get_job(job_with_fee)
    model = commons.model_token.modelOf(job.model_id)
    assert job.state == SETTLED
    assert commons.model_token.ownerOf(job.model_id) == researcher
    assert (model.jobId, model.artefactDigest) == (job_with_fee, ARTEFACT)
    assert (model.metricsDigest, model.runRecordDigest) == (METRICS, RUN_RECORD)
    assert stage.credit(executor) == PAY_PER_TASK
    assert stage.credit(provider) == JOB_FEE * 3 // 4
    assert stage.credit(contributor) == JOB_FEE // 4
    assert stage.credit(stage.timelock) == TREASURY_FEE
    assert stage.credit(researcher) == 0
    settled = receipt.decode_logs(commons.job_board.JobSettled)[0]
    assert (settled.model_id, settled.tasks_settled) == (job.model_id, 1)


def test_everybody_withdraws_what_settlement_credited(
    commons, stage, job_with_fee, executor, provider, contributor
):
    stage.settle(job_with_fee)

    for account in (executor, provider, contributor, stage.timelock):
        before, owed = commons.test_dollar.balanceOf(account), stage.credit(account)
        commons.job_board.withdraw(commons.test_dollar, sender=account)
        assert commons.test_dollar.balanceOf(account) - before == owed > 0

    assert commons.test_dollar.balanceOf(commons.job_board) == 0


def test_withdraw_by_somebody_who_is_owed_nothing_is_refused(commons, job_with_fee, stranger):
    with ape.reverts("Credits: nothing to withdraw"):
        commons.job_board.withdraw(commons.test_dollar, sender=stranger)


def test_settle_before_the_window_ends_is_refused(commons, stage, stranger):
    job_id = stage.post(stage.claim(stage.approve(stage.requested_job())))

    with ape.reverts("JobBoard: window is still open"):
        commons.job_board.settle(job_id, sender=stranger)


def test_settle_twice_is_refused(commons, stage, job_with_fee, stranger):
    stage.settle(job_with_fee)

    with ape.reverts("JobBoard: no window is open"):
        commons.job_board.settle(job_with_fee, sender=stranger)


def test_settle_without_a_result_is_refused(commons, stage, stranger):
    job_id = stage.claim(stage.approve(stage.requested_job()))

    with ape.reverts("JobBoard: no window is open"):
        commons.job_board.settle(job_id, sender=stranger)


def test_settle_pays_the_datasets_payees_of_that_day(
    commons, stage, job_with_fee, provider, contributor, stranger
):
    dataset_id = commons.job_board.job_datasets(job_with_fee)[0][0]
    commons.dataset_token.setPayees(dataset_id, [stranger], [10_000], sender=provider)

    stage.settle(job_with_fee)

    assert (stage.credit(stranger), stage.credit(contributor)) == (JOB_FEE, 0)


def test_settle_binds_the_model_to_its_parents(commons, stage):
    parent_id = stage.settled_model()

    model_id = stage.settled_model(parent_models=[parent_id])

    assert commons.model_token.modelOf(model_id).parents == [parent_id]


def test_settle_of_some_tasks_pays_those_and_refunds_the_others(
    commons, stage, researcher, executor, provider
):
    job_id = stage.approve(stage.federated_job(3, job_fee=JOB_FEE, uses=1))
    stage.post(stage.claim(job_id))
    stage.post(stage.claim(job_id, task=2), task=2)
    stage.wait(CLAIM_SECONDS + 10)
    commons.job_board.expire(job_id, sender=executor)

    stage.settle(job_id)

    escrow = 3 * PAY_PER_TASK + 3 * JOB_FEE + 3 * TREASURY_FEE
    assert stage.credit(executor) == 2 * PAY_PER_TASK
    assert stage.credit(provider) == 2 * JOB_FEE
    assert stage.credit(stage.timelock) == 2 * TREASURY_FEE
    assert stage.credit(researcher) == escrow // 3
    assert commons.job_board.get_job(job_id).model_id != 0
    passes = commons.job_board.job_datasets(job_id)[2]
    assert [commons.access_pass.passOf(pass_id).usesLeft for pass_id in passes] == [0, 1, 0]


def test_settle_without_the_result_of_task_zero_pays_but_mints_no_model(commons, stage, executor):
    job_id = stage.approve(stage.federated_job(2))
    stage.claim(stage.claim(job_id), task=1)
    stage.post(job_id, task=1)
    stage.wait(CLAIM_SECONDS + 10)
    commons.job_board.expire(job_id, sender=executor)
    models = commons.model_token.modelCount()

    stage.settle(job_id)

    assert commons.job_board.get_job(job_id).model_id == 0
    assert commons.model_token.modelCount() == models
    assert stage.credit(executor) == PAY_PER_TASK


def test_settle_keeps_the_pay_of_an_executor_removed_meanwhile(
    commons, stage, job_with_fee, timelock, executor
):
    commons.executor_registry.remove(executor, sender=timelock)

    stage.settle(job_with_fee)

    assert stage.credit(executor) == PAY_PER_TASK
