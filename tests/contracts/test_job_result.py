"""JobBoard: results of the current claim alone; late ones count until somebody re-claims or the job ends."""

import ape
import pytest
from stage import ARTEFACT, METRICS, RUN_RECORD, RUN_SECONDS, RUNNING, WINDOW, WINDOW_SECONDS

KEY = b"\x07" * 32
DIGESTS = (ARTEFACT, METRICS, RUN_RECORD)


@pytest.fixture
def rival(commons, timelock, second_executor):
    """The second executor, admitted."""
    commons.executor_registry.admit(second_executor, False, KEY, b"age1rival", sender=timelock)
    return second_executor


@pytest.fixture
def running_job(stage):
    return stage.claim(stage.approve(stage.requested_job()))


def test_post_result_by_the_claimer_opens_the_window(commons, stage, running_job, executor):
    receipt = commons.job_board.post_result(running_job, 0, 1, *DIGESTS, sender=executor)

    posted_at = stage.chain.blocks.head.timestamp
    job = commons.job_board.get_job(running_job)
    task = commons.job_board.get_task(running_job, 0)
    assert (task.artefact_digest, task.metrics_digest, task.run_record_digest) == DIGESTS
    assert (job.state, job.tasks_posted, job.window_ends_at) == (WINDOW, 1, posted_at + WINDOW_SECONDS)
    assert [log.event_name for log in receipt.events] == ["ResultPosted", "WindowOpened"]


def test_post_result_by_others_is_refused(commons, running_job, rival, researcher, stranger):
    for outsider in (rival, researcher, stranger):
        with ape.reverts("JobBoard: not the claimer"):
            commons.job_board.post_result(running_job, 0, 1, *DIGESTS, sender=outsider)


def test_post_result_twice_is_refused(commons, stage, executor):
    job_id = stage.approve(stage.federated_job(2))
    stage.post(stage.claim(job_id))

    with ape.reverts("JobBoard: task has its result"):
        commons.job_board.post_result(job_id, 0, 1, *DIGESTS, sender=executor)


def test_post_result_after_the_window_opened_is_refused(commons, stage, running_job, executor):
    stage.post(running_job)

    with ape.reverts("JobBoard: job is not running"):
        commons.job_board.post_result(running_job, 0, 1, *DIGESTS, sender=executor)


@pytest.mark.parametrize("epoch", [0, 2])
def test_post_result_of_another_epoch_is_refused(commons, running_job, executor, epoch):
    with ape.reverts("JobBoard: epoch has moved on"):
        commons.job_board.post_result(running_job, 0, epoch, *DIGESTS, sender=executor)


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_post_result_with_an_empty_digest_is_refused(commons, running_job, executor, missing):
    digests = [bytes(32) if i == missing else DIGESTS[i] for i in range(3)]

    with ape.reverts("JobBoard: empty digest"):
        commons.job_board.post_result(running_job, 0, 1, *digests, sender=executor)


def test_post_result_late_counts_while_nobody_claimed_anew(stage, running_job):
    stage.wait(RUN_SECONDS * 3)

    stage.post(running_job)

    assert stage.state(running_job) == WINDOW


def test_post_result_late_is_refused_once_somebody_claimed_anew(commons, stage, running_job, executor, rival):
    stage.wait(RUN_SECONDS + 10)
    commons.job_board.claim(running_job, 0, sender=rival)

    with ape.reverts("JobBoard: not the claimer"):
        commons.job_board.post_result(running_job, 0, 1, *DIGESTS, sender=executor)
    commons.job_board.post_result(running_job, 0, 2, *DIGESTS, sender=rival)


@pytest.mark.parametrize("epoch", [0, 1, 3])
def test_post_result_of_another_epoch_than_the_claims_is_refused(commons, stage, running_job, rival, epoch):
    stage.wait(RUN_SECONDS + 10)
    commons.job_board.claim(running_job, 0, sender=rival)

    with ape.reverts("JobBoard: epoch has moved on"):
        commons.job_board.post_result(running_job, 0, epoch, *DIGESTS, sender=rival)


def test_post_result_late_is_refused_once_the_job_ended(commons, stage, running_job, executor, researcher):
    stage.wait(RUN_SECONDS + 10)
    commons.job_board.cancel(running_job, sender=researcher)

    with ape.reverts("JobBoard: job is not running"):
        commons.job_board.post_result(running_job, 0, 1, *DIGESTS, sender=executor)


def test_window_waits_for_the_last_task(stage):
    job_id = stage.approve(stage.federated_job(2))
    stage.claim(stage.claim(job_id), task=1)

    stage.post(job_id)
    assert stage.state(job_id) == RUNNING
    stage.post(job_id, task=1)

    assert stage.state(job_id) == WINDOW
