"""A challenged result in our rows: disputed, then ended by what verifiers said."""

import pytest

from chain.bindings import dispute_book, erc20, executor_registry, job_board
from qjobs.models import Job, JobMilestone
from tests.integration.qjobs.stage import DOLLARS

DIGEST = "0x" + "d1" * 32
BOND = 10 * DOLLARS
ATTEST_SECONDS = 60


def a_second_later(stage) -> None:
    """The next block's time, so that no slow machine outlasts the challenge window."""
    stage.node.rpc("evm_setNextBlockTimestamp", stage.client.head().timestamp + 1)


@pytest.fixture
def disputed_job(stage, people, approved_job) -> int:
    """A job whose result the researcher challenges; one verifier is admitted."""
    registry, board, book = (stage.at(name) for name in ("ExecutorRegistry", "JobBoard", "DisputeBook"))
    admit = executor_registry.ADMIT.call(
        registry, executor=people.rival.address, is_verifier=True, signing_key=DIGEST, age_recipient=b"age1"
    )
    proposal = stage.proposal_of([admit], "Admit a verifier")
    stage.propose_and_vote(proposal)
    stage.queue_and_execute(proposal)
    bond = erc20.APPROVE.call(stage.at("TestDollar"), spender=book, value=BOND)
    stage.transact(people.researcher, bond)
    stage.transact(people.executor, job_board.CLAIM.call(board, job_id=approved_job, task=0))
    digests = dict.fromkeys(("artefact_digest", "metrics_digest", "run_record_digest"), DIGEST)
    post = job_board.POST_RESULT.call(board, job_id=approved_job, task=0, epoch=1, **digests)
    stage.transact(people.executor, post)
    a_second_later(stage)
    challenge = dispute_book.CHALLENGE.call(book, job_id=approved_job, task=0, reason_digest=DIGEST)
    stage.transact(people.researcher, challenge)
    stage.follow()
    assert Job.objects.get(pk=approved_job).state == Job.State.DISPUTED
    return approved_job


def close(stage, people, job_id: int) -> Job:
    stage.pass_time(ATTEST_SECONDS + 1)
    stage.transact(people.stranger, dispute_book.CLOSE.call(stage.at("DisputeBook"), job_id=job_id))
    stage.follow()
    return Job.objects.get(pk=job_id)


def test_result_that_verifiers_find_wrong_ends_the_job_and_returns_the_escrow(stage, people, disputed_job):
    before = Job.objects.get(pk=disputed_job)
    attest = dispute_book.ATTEST.call(
        stage.at("DisputeBook"), job_id=disputed_job, is_right=False, report_digest=DIGEST
    )
    stage.transact(people.rival, attest)

    job = close(stage, people, disputed_job)

    assert job.state == Job.State.EXPIRED
    assert job.refunded_units == before.pay_per_task * before.tasks + before.data_fees + before.treasury_fee
    events = JobMilestone.objects.filter(job_id=disputed_job).values_list("event", flat=True)
    assert {"ResultPosted", "JobDisputed", "JobExpired"} <= set(events)


def test_result_that_no_verifier_looked_at_stands_and_settles(stage, people, disputed_job):
    job = close(stage, people, disputed_job)
    assert (job.state, job.window_ends_at) == (Job.State.WINDOW, stage.client.head().timestamp)

    stage.transact(people.stranger, job_board.SETTLE.call(stage.at("JobBoard"), job_id=disputed_job))
    stage.follow()

    assert Job.objects.get(pk=disputed_job).state == Job.State.SETTLED
