"""JobBoard: every end without a settlement gives the escrow and the passes' uses back."""

import ape
import pytest
from stage import (
    APPROVE_SECONDS,
    CANCELLED,
    CLAIM_SECONDS,
    EXPIRED,
    PAY_PER_TASK,
    RUN_SECONDS,
    WINDOW,
)

ESCROW = PAY_PER_TASK * 10_250 // 10_000


@pytest.fixture
def job_with_one_use(stage):
    """A requested job that holds the only use of its pass."""
    dataset_id = stage.publish()
    return stage.request_job([dataset_id], [stage.grant(dataset_id, uses=1)])


@pytest.fixture
def uses_left(commons):
    def of_first_pass(job_id):
        return commons.access_pass.passOf(commons.job_board.job_datasets(job_id)[2][0]).usesLeft

    return of_first_pass


def test_cancel_by_the_requester_refunds_escrow_and_use(
    commons, stage, job_with_one_use, researcher, uses_left
):
    assert uses_left(job_with_one_use) == 0

    receipt = commons.job_board.cancel(job_with_one_use, sender=researcher)

    assert stage.state(job_with_one_use) == CANCELLED
    assert stage.credit(researcher) == ESCROW
    assert uses_left(job_with_one_use) == 1
    assert receipt.decode_logs(commons.job_board.JobCancelled)[0].refunded == ESCROW


def test_cancel_by_others_is_refused(commons, job_with_one_use, stranger, provider, timelock):
    for outsider in (stranger, provider, timelock):
        with ape.reverts("JobBoard: not the requester"):
            commons.job_board.cancel(job_with_one_use, sender=outsider)


def test_cancel_after_approval_and_before_claim_refunds(commons, stage, job_with_one_use, researcher):
    stage.approve(job_with_one_use)

    commons.job_board.cancel(job_with_one_use, sender=researcher)

    assert stage.credit(researcher) == ESCROW


def test_cancel_while_a_claim_runs_is_refused(commons, stage, job_with_one_use, researcher):
    stage.claim(stage.approve(job_with_one_use))

    with ape.reverts("JobBoard: a claim is running"):
        commons.job_board.cancel(job_with_one_use, sender=researcher)


def test_cancel_after_a_missed_run_by_refunds(commons, stage, job_with_one_use, researcher, uses_left):
    stage.claim(stage.approve(job_with_one_use))
    stage.wait(RUN_SECONDS + 10)

    commons.job_board.cancel(job_with_one_use, sender=researcher)

    assert (stage.credit(researcher), uses_left(job_with_one_use)) == (ESCROW, 1)


def test_cancel_with_the_result_of_one_task_is_refused(commons, stage, researcher):
    job_id = stage.approve(stage.federated_job(2))
    stage.post(stage.claim(job_id))

    with ape.reverts("JobBoard: job has a result"):
        commons.job_board.cancel(job_id, sender=researcher)


@pytest.mark.parametrize("end", ["cancelled", "settled", "window"])
def test_cancel_of_a_job_that_is_past_it_is_refused(commons, stage, job_with_one_use, researcher, end):
    job_id = job_with_one_use
    if end == "cancelled":
        commons.job_board.cancel(job_id, sender=researcher)
    else:
        stage.post(stage.claim(stage.approve(job_id)))
    if end == "settled":
        stage.settle(job_id)

    with ape.reverts("JobBoard: job cannot be cancelled"):
        commons.job_board.cancel(job_id, sender=researcher)


def test_expire_by_anyone_after_approve_by_refunds_the_requester(
    commons, stage, job_with_one_use, stranger, researcher, uses_left
):
    with ape.reverts("JobBoard: job is not overdue"):
        commons.job_board.expire(job_with_one_use, sender=stranger)
    stage.wait(APPROVE_SECONDS + 10)

    receipt = commons.job_board.expire(job_with_one_use, sender=stranger)

    assert stage.state(job_with_one_use) == EXPIRED
    assert (stage.credit(researcher), stage.credit(stranger)) == (ESCROW, 0)
    assert uses_left(job_with_one_use) == 1
    assert receipt.decode_logs(commons.job_board.JobExpired)[0].refunded == ESCROW


def test_expire_of_an_approved_job_waits_for_claim_by(commons, stage, job_with_one_use, stranger, researcher):
    stage.approve(job_with_one_use)
    stage.wait(APPROVE_SECONDS + 10)
    with ape.reverts("JobBoard: job is not overdue"):
        commons.job_board.expire(job_with_one_use, sender=stranger)
    stage.wait(CLAIM_SECONDS - APPROVE_SECONDS + 10)

    commons.job_board.expire(job_with_one_use, sender=stranger)

    assert stage.credit(researcher) == ESCROW


def test_expire_of_an_approved_job_without_a_consent_waits_for_approve_by_alone(
    commons, stage, provider, stranger, researcher
):
    dataset_id = stage.publish(standingConsent=False)
    job_id = stage.approve(stage.request_job([dataset_id], [stage.grant(dataset_id)]))
    with ape.reverts("JobBoard: job is not overdue"):
        commons.job_board.expire(job_id, sender=stranger)
    stage.wait(APPROVE_SECONDS + 10)

    commons.job_board.expire(job_id, sender=stranger)

    assert stage.credit(researcher) == ESCROW


def test_expire_of_a_running_job_waits_for_run_by_and_claim_by(
    commons, stage, job_with_one_use, stranger, researcher
):
    stage.approve(job_with_one_use)
    stage.wait(CLAIM_SECONDS - 100)
    stage.claim(job_with_one_use)
    stage.wait(150)
    with ape.reverts("JobBoard: job is not overdue"):
        commons.job_board.expire(job_with_one_use, sender=stranger)
    stage.wait(RUN_SECONDS + 10)

    commons.job_board.expire(job_with_one_use, sender=stranger)

    assert (stage.state(job_with_one_use), stage.credit(researcher)) == (EXPIRED, ESCROW)


def test_expire_before_claim_by_leaves_a_missed_run_to_another_executor(
    commons, stage, job_with_one_use, stranger
):
    stage.claim(stage.approve(job_with_one_use))
    stage.wait(RUN_SECONDS + 10)

    with ape.reverts("JobBoard: job is not overdue"):
        commons.job_board.expire(job_with_one_use, sender=stranger)


def test_expire_with_the_result_of_some_tasks_opens_the_window_at_the_others_run_by(commons, stage, stranger):
    job_id = stage.approve(stage.federated_job(2))
    stage.claim(stage.claim(job_id), task=1)
    stage.post(job_id)
    with ape.reverts("JobBoard: job is not overdue"):
        commons.job_board.expire(job_id, sender=stranger)
    stage.wait(RUN_SECONDS + 10)

    receipt = commons.job_board.expire(job_id, sender=stranger)

    assert stage.state(job_id) == WINDOW
    assert receipt.decode_logs(commons.job_board.WindowOpened)[0].job_id == job_id


def test_expire_with_an_unclaimed_task_waits_for_claim_by(commons, stage, stranger):
    job_id = stage.approve(stage.federated_job(2))
    stage.post(stage.claim(job_id))
    stage.wait(RUN_SECONDS + 10)
    with ape.reverts("JobBoard: job is not overdue"):
        commons.job_board.expire(job_id, sender=stranger)
    stage.wait(CLAIM_SECONDS + 10)

    commons.job_board.expire(job_id, sender=stranger)

    assert stage.state(job_id) == WINDOW


@pytest.mark.parametrize("end", ["window", "settled", "cancelled"])
def test_expire_of_a_job_that_is_past_it_is_refused(
    commons, stage, job_with_one_use, stranger, researcher, end
):
    job_id = job_with_one_use
    if end == "cancelled":
        commons.job_board.cancel(job_id, sender=researcher)
    else:
        stage.post(stage.claim(stage.approve(job_id)))
    if end == "settled":
        stage.settle(job_id)
    stage.wait(CLAIM_SECONDS * 2)

    with ape.reverts("JobBoard: job is not overdue"):
        commons.job_board.expire(job_id, sender=stranger)


def test_expire_of_a_job_that_does_not_exist_is_refused(commons, stranger):
    with ape.reverts("JobBoard: job is not overdue"):
        commons.job_board.expire(10**6, sender=stranger)
