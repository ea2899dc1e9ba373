"""JobBoard: approval by the Timelock alone, of exactly the requested digest, in time."""

import ape
from stage import APPROVE_SECONDS, APPROVED, SPEC_DIGEST


def test_approve_by_the_timelock_of_the_same_digest(commons, stage, timelock):
    job_id = stage.requested_job()

    receipt = commons.job_board.approve(job_id, SPEC_DIGEST, sender=timelock)

    approved = receipt.decode_logs(commons.job_board.JobApproved)[0]
    assert (approved.job_id, approved.spec_digest) == (job_id, SPEC_DIGEST)
    assert stage.state(job_id) == APPROVED


def test_approve_by_anyone_else_is_refused(commons, stage, deployer, member, researcher, executor, provider):
    job_id = stage.requested_job()

    for outsider in (deployer, member, researcher, executor, provider):
        with ape.reverts("JobBoard: not the Timelock"):
            commons.job_board.approve(job_id, SPEC_DIGEST, sender=outsider)


def test_approve_of_another_digest_is_refused(commons, stage, timelock):
    job_id = stage.requested_job()

    with ape.reverts("JobBoard: digest is not the requested one"):
        commons.job_board.approve(job_id, SPEC_DIGEST[:-1] + b"\x00", sender=timelock)


def test_approve_after_approve_by_is_refused(commons, stage, timelock):
    job_id = stage.requested_job()
    stage.wait(APPROVE_SECONDS + 10)

    with ape.reverts("JobBoard: approve-by has passed"):
        commons.job_board.approve(job_id, SPEC_DIGEST, sender=timelock)


def test_approve_twice_is_refused(commons, stage, timelock):
    job_id = stage.approve(stage.requested_job())

    with ape.reverts("JobBoard: job does not wait for approval"):
        commons.job_board.approve(job_id, SPEC_DIGEST, sender=timelock)


def test_approve_of_a_cancelled_job_is_refused(commons, stage, timelock, researcher):
    job_id = stage.requested_job()
    commons.job_board.cancel(job_id, sender=researcher)

    with ape.reverts("JobBoard: job does not wait for approval"):
        commons.job_board.approve(job_id, SPEC_DIGEST, sender=timelock)


def test_approve_of_a_job_that_does_not_exist_is_refused(commons, timelock):
    with ape.reverts("JobBoard: job does not wait for approval"):
        commons.job_board.approve(10**6, SPEC_DIGEST, sender=timelock)
