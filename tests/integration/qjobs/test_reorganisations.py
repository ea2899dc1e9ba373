"""A chain that changes its mind: nothing starts twice, and what was undone is not worked on."""

import shutil

import pytest

from chain.bindings import commons_governor, job_board
from chain.models import OutboxEntry
from common.errors import Conflict
from governance.rules.descriptions import description_hash
from qjobs.models import Job, Run
from qjobs.rules.run_states import RunState
from qjobs.services.queueing import resume_run
from tests.integration.qjobs.stage import only_run


def _execute(stage, people, proposal) -> None:
    call = commons_governor.EXECUTE.call(
        stage.at("CommonsGovernor"),
        targets=proposal["targets"],
        values=proposal["values"],
        calldatas=proposal["calldatas"],
        descriptionHash=description_hash(proposal["description"]),
    )
    stage.transact(people.stranger, call)


def _approval_proposal(stage, job_id: int) -> dict:
    call = job_board.APPROVE.call(
        stage.at("JobBoard"), job_id=job_id, spec_digest=stage.job(job_id)["spec_digest"]
    )
    proposal = stage.proposal_of([call], "Approve it")
    stage.propose_and_vote(proposal)
    return proposal


@pytest.mark.fault("F12")
def test_approval_undone_by_a_reorg_of_three_and_mined_again_starts_one_run(stage, people, requested_job):
    proposal = _approval_proposal(stage, requested_job)
    stage.queue_and_execute(proposal)
    stage.mine(2)
    stage.follow()
    assert Job.objects.get().state == Job.State.APPROVED

    stage.node.rpc("anvil_reorg", 3, [])
    stage.follow()
    assert Job.objects.get().state == Job.State.REQUESTED
    assert not Run.objects.exists()

    _execute(stage, people, proposal)
    stage.settle_down(10)

    assert Run.objects.count() == 1
    assert OutboxEntry.objects.filter(kind="claim").count() == 1
    assert only_run().attempts == 1


def test_approval_undone_beyond_the_depth_pauses_the_run_until_a_person_resumes_it(stage, requested_job):
    stage.approve_job(requested_job)
    stage.mine(5)
    stage.follow()
    assert only_run().state == RunState.QUEUED

    stage.node.rpc("anvil_reorg", 8, [])
    stage.mine(6)
    stage.follow()
    stage.work()

    run = only_run()
    assert run.state == RunState.PAUSED
    assert "reorganisation" in run.reason
    assert not OutboxEntry.objects.exists()


def test_resumed_run_whose_approval_is_still_gone_is_paused_again(stage, requested_job):
    stage.approve_job(requested_job)
    stage.mine(5)
    stage.follow()
    stage.node.rpc("anvil_reorg", 8, [])
    stage.mine(6)
    stage.follow()

    resume_run(only_run().pk)
    stage.work()

    assert only_run().state == RunState.PAUSED
    assert "is not approved" in only_run().reason
    assert not OutboxEntry.objects.exists()


def test_run_that_is_not_paused_cannot_be_resumed(stage, approved_job):
    stage.mine(6)
    stage.follow()

    with pytest.raises(Conflict):
        resume_run(only_run().pk)


@pytest.mark.fault("F05")
def test_deleted_queue_folder_loses_no_work(stage, approved_job, settings):
    shutil.rmtree(settings.QUEUE_DIR)

    stage.settle_down()

    assert only_run().attempts == 1
    assert only_run().state in {RunState.POSTED, RunState.SETTLING, RunState.DONE}
