"""JobBoard: claims by admitted executors, with an epoch, a deadline and one extension."""

import ape
import pytest
from stage import CANCELLED, CLAIM_SECONDS, RUN_SECONDS, RUNNING, WINDOW

KEY = b"\x07" * 32


@pytest.fixture
def rival(commons, timelock, second_executor):
    """The second executor, admitted."""
    commons.executor_registry.admit(second_executor, False, KEY, b"age1rival", sender=timelock)
    return second_executor


def test_claim_by_an_executor_starts_the_run(commons, stage, executor):
    job_id = stage.approve(stage.requested_job())

    receipt = commons.job_board.claim(job_id, 0, sender=executor)

    task = commons.job_board.get_task(job_id, 0)
    claimed_at = stage.chain.blocks.head.timestamp
    assert (task.executor, task.epoch, task.run_by) == (executor, 1, claimed_at + RUN_SECONDS)
    assert stage.state(job_id) == RUNNING
    told = receipt.decode_logs(commons.job_board.TaskClaimed)[0]
    assert (told.executor, told.epoch, told.run_by) == (executor, 1, task.run_by)


def test_claim_by_somebody_not_admitted_is_refused(commons, stage, stranger, researcher, timelock):
    job_id = stage.approve(stage.requested_job())

    for outsider in (stranger, researcher, timelock):
        with ape.reverts("JobBoard: not an executor"):
            commons.job_board.claim(job_id, 0, sender=outsider)


def test_claim_by_a_removed_executor_is_refused_but_its_claim_stands(commons, stage, timelock, executor):
    claimed_before = stage.claim(stage.approve(stage.requested_job()))
    job_id = stage.approve(stage.requested_job())
    commons.executor_registry.remove(executor, sender=timelock)

    with ape.reverts("JobBoard: not an executor"):
        commons.job_board.claim(job_id, 0, sender=executor)
    stage.post(claimed_before)


def test_claim_without_approval_is_refused(commons, stage, executor):
    job_id = stage.requested_job()

    with ape.reverts("JobBoard: job cannot be claimed"):
        commons.job_board.claim(job_id, 0, sender=executor)


def test_claim_of_a_job_that_ended_is_refused(commons, stage, executor, researcher):
    job_id = stage.approve(stage.requested_job())
    commons.job_board.cancel(job_id, sender=researcher)

    with ape.reverts("JobBoard: job cannot be claimed"):
        commons.job_board.claim(job_id, 0, sender=executor)


def test_claim_of_a_task_that_does_not_exist_is_refused(commons, stage, executor):
    job_id = stage.approve(stage.requested_job())

    with ape.reverts("JobBoard: no such task"):
        commons.job_board.claim(job_id, 1, sender=executor)


def test_claim_after_claim_by_is_refused(commons, stage, executor):
    job_id = stage.approve(stage.requested_job())
    stage.wait(CLAIM_SECONDS + 10)

    with ape.reverts("JobBoard: claim-by has passed"):
        commons.job_board.claim(job_id, 0, sender=executor)


def test_claim_of_a_claimed_task_is_refused_until_its_run_by_has_passed(commons, stage, rival):
    job_id = stage.claim(stage.approve(stage.requested_job()))

    with ape.reverts("JobBoard: task is claimed"):
        commons.job_board.claim(job_id, 0, sender=rival)
    stage.wait(RUN_SECONDS + 10)
    commons.job_board.claim(job_id, 0, sender=rival)

    task = commons.job_board.get_task(job_id, 0)
    assert (task.executor, task.epoch, task.extended) == (rival, 2, False)
    assert commons.job_board.get_job(job_id).tasks_claimed == 1


def test_claim_by_an_executor_that_let_the_task_lapse_is_refused_then_and_later(
    commons, stage, executor, rival
):
    job_id = stage.claim(stage.approve(stage.requested_job()))
    stage.wait(RUN_SECONDS + 10)
    with ape.reverts("JobBoard: this executor let the task lapse"):
        commons.job_board.claim(job_id, 0, sender=executor)
    commons.job_board.claim(job_id, 0, sender=rival)
    stage.wait(RUN_SECONDS + 10)

    for lapsed in (executor, rival):
        with ape.reverts("JobBoard: this executor let the task lapse"):
            commons.job_board.claim(job_id, 0, sender=lapsed)


def test_executor_that_let_one_task_lapse_may_claim_another_and_post_the_first_late(commons, stage, executor):
    job_id = stage.claim(stage.approve(stage.federated_job(2)))
    stage.wait(RUN_SECONDS + 10)

    stage.post(stage.post(stage.claim(job_id, 1), 1), 0)

    assert stage.state(job_id) == WINDOW


def test_executor_that_never_finishes_holds_a_job_for_one_run_and_its_extension(
    commons, stage, executor, researcher
):
    """The requester is free as soon as the claim has lapsed: nothing renews it."""
    job_id = stage.claim(stage.approve(stage.requested_job()))
    commons.job_board.extend(job_id, 0, sender=executor)
    stage.wait(2 * RUN_SECONDS + 1)
    with ape.reverts("JobBoard: this executor let the task lapse"):
        commons.job_board.claim(job_id, 0, sender=executor)

    commons.job_board.cancel(job_id, sender=researcher)

    assert stage.state(job_id) == CANCELLED


def test_claim_of_a_task_with_its_result_is_refused(commons, stage, rival):
    job_id = stage.approve(stage.federated_job(2))
    stage.post(stage.claim(job_id))
    stage.wait(RUN_SECONDS + 10)

    with ape.reverts("JobBoard: task has its result"):
        commons.job_board.claim(job_id, 0, sender=rival)


def test_two_executors_may_run_the_tasks_of_one_job(commons, stage, rival, executor):
    job_id = stage.approve(stage.federated_job(2))

    commons.job_board.claim(job_id, 0, sender=executor)
    commons.job_board.claim(job_id, 1, sender=rival)

    assert commons.job_board.get_task(job_id, 1).executor == rival
    assert commons.job_board.get_job(job_id).tasks_claimed == 2


def test_extend_by_the_claimer_works_once(commons, stage, executor):
    job_id = stage.claim(stage.approve(stage.requested_job()))
    run_by = commons.job_board.get_task(job_id, 0).run_by

    receipt = commons.job_board.extend(job_id, 0, sender=executor)

    assert commons.job_board.get_task(job_id, 0).run_by == run_by + RUN_SECONDS
    assert receipt.decode_logs(commons.job_board.TaskExtended)[0].run_by == run_by + RUN_SECONDS
    with ape.reverts("JobBoard: already extended"):
        commons.job_board.extend(job_id, 0, sender=executor)


def test_extend_by_others_is_refused(commons, stage, rival, researcher):
    job_id = stage.claim(stage.approve(stage.requested_job()))

    for outsider in (rival, researcher):
        with ape.reverts("JobBoard: not the claimer"):
            commons.job_board.extend(job_id, 0, sender=outsider)


def test_extend_after_run_by_is_refused(commons, stage, executor):
    job_id = stage.claim(stage.approve(stage.requested_job()))
    stage.wait(RUN_SECONDS + 10)

    with ape.reverts("JobBoard: run-by has passed"):
        commons.job_board.extend(job_id, 0, sender=executor)


def test_extend_of_a_task_with_its_result_is_refused(commons, stage, executor):
    job_id = stage.approve(stage.federated_job(2))
    stage.post(stage.claim(job_id))

    with ape.reverts("JobBoard: task has its result"):
        commons.job_board.extend(job_id, 0, sender=executor)


def test_extend_of_a_job_that_does_not_run_is_refused(commons, stage, executor):
    job_id = stage.approve(stage.requested_job())

    with ape.reverts("JobBoard: job is not running"):
        commons.job_board.extend(job_id, 0, sender=executor)


def test_extended_task_can_be_claimed_anew_only_after_its_new_run_by(commons, stage, executor, rival):
    job_id = stage.claim(stage.approve(stage.requested_job()))
    commons.job_board.extend(job_id, 0, sender=executor)
    stage.wait(RUN_SECONDS + 10)

    with ape.reverts("JobBoard: task is claimed"):
        commons.job_board.claim(job_id, 0, sender=rival)
