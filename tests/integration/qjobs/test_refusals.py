"""No vote, no run: what a worker refuses, each with words that a person understands."""

import pytest

from chain.abi import short_name
from chain.bindings import dataset_token, executor_registry, job_board, parameter_book
from chain.errors import CallReverted
from chain.models import OutboxEntry
from marketplace.store import content_store
from qjobs.models import Run
from qjobs.rules.run_states import RunState
from qjobs.spec import canonical_bytes, spec_cid
from tests.integration.qjobs.stage import DOLLARS, only_run


def test_requested_job_without_vote_makes_no_run(stage, requested_job):
    stage.settle_down(8)

    assert not Run.objects.exists()
    assert not OutboxEntry.objects.exists()


@pytest.mark.attack("S34")
def test_row_with_another_approved_digest_is_refused(stage, approved_job):
    stage.mine(6)
    stage.follow()
    Run.objects.update(approved_digest="0x" + "ab" * 32)

    stage.work()

    run = only_run()
    assert run.state == RunState.REFUSED
    assert "0x" + "ab" * 32 in run.reason
    assert not OutboxEntry.objects.exists()


def test_spec_whose_bytes_are_not_at_hand_is_refused(stage, dataset):
    stage.delegate_votes()
    spec = stage.small_spec(*dataset)
    job_id = stage.request_digest(spec, spec_cid(spec))
    stage.approve_job(job_id)

    stage.settle_down(7)

    assert only_run().state == RunState.REFUSED
    assert "not in the content store" in only_run().reason


def test_spec_in_another_writing_than_the_canonical_one_is_refused(stage, dataset):
    stage.delegate_votes()
    spec = stage.small_spec(*dataset)
    job_id = stage.request_job(spec, pinned=canonical_bytes(spec) + b" ")
    stage.approve_job(job_id)

    stage.settle_down(7)

    assert only_run().state == RunState.REFUSED
    assert "canonical" in only_run().reason


def test_spec_that_differs_from_the_request_on_chain_is_refused_by_field(stage, dataset):
    stage.delegate_votes()
    job_id = stage.request_job(stage.small_spec(*dataset), pay_per_task=7 * DOLLARS)
    stage.approve_job(job_id)

    stage.settle_down(7)

    assert only_run().state == RunState.REFUSED
    assert "pay_per_task: the spec says 5000000, the chain says 7000000" in only_run().reason


def test_spec_that_reads_other_bytes_than_the_chain_names_is_refused(stage, dataset):
    stage.delegate_votes()
    other = content_store().add_block(b"width,height,depth,kind\n1,2,3,a\n")
    job_id = stage.request_job(stage.small_spec(dataset[0], str(other)))
    stage.approve_job(job_id)

    stage.settle_down(7)

    assert only_run().state == RunState.REFUSED
    assert f"The spec reads {other}" in only_run().reason


def test_job_whose_owner_withdraws_consent_is_refused_before_the_claim(stage, people, dataset, approved_job):
    no_consent = dataset_token.SET_STANDING_CONSENT.call(
        stage.at("DatasetToken"), tokenId=dataset[0], standing=False
    )
    stage.transact(people.provider, no_consent)

    stage.settle_down(7)

    assert only_run().state == RunState.REFUSED
    assert "does not consent" in only_run().reason


def test_algorithm_that_members_took_off_the_list_is_refused(stage, approved_job):
    call = parameter_book.SET_ALLOWED.call(
        stage.at("ParameterBook"), kind=short_name("algorithm"), item=short_name("qsvm"), allowed=False
    )
    proposal = stage.proposal_of([call], "No more qsvm")
    stage.propose_and_vote(proposal)
    stage.queue_and_execute(proposal)

    stage.settle_down(7)

    assert only_run().state == RunState.REFUSED
    assert only_run().reason == "Members do not allow the algorithm qsvm."


def test_job_cancelled_before_the_claim_is_lost_with_words(stage, people, approved_job):
    stage.mine(6)
    stage.follow()
    stage.transact(people.researcher, job_board.CANCEL.call(stage.at("JobBoard"), job_id=approved_job))
    stage.settle_down(2)

    assert only_run().state == RunState.LOST
    assert only_run().reason == "The requester cancelled the job before it was claimed."


def admit_rival(stage, people) -> None:
    """A second executor that members admitted."""
    call = executor_registry.ADMIT.call(
        stage.at("ExecutorRegistry"),
        executor=people.rival.address,
        is_verifier=False,
        signing_key="0x" + "22" * 32,
        age_recipient=b"",
    )
    proposal = stage.proposal_of([call], "Admit a second executor")
    stage.propose_and_vote(proposal)
    stage.queue_and_execute(proposal)


def test_executor_that_loses_the_race_for_a_claim_is_told_who_won(stage, people, requested_job):
    admit_rival(stage, people)
    stage.approve_job(requested_job)
    stage.mine(6)
    stage.follow()
    stage.work()
    claim = job_board.CLAIM.call(stage.at("JobBoard"), job_id=requested_job, task=0)
    stage.transact(people.rival, claim)

    stage.settle_down(3)

    assert only_run().state == RunState.LOST
    assert only_run().reason == f"Executor {people.rival.address} claimed this task first."
    assert OutboxEntry.objects.get().state == OutboxEntry.State.FAILED


def test_executor_that_wins_the_race_keeps_the_task(stage, people, requested_job):
    admit_rival(stage, people)
    stage.approve_job(requested_job)
    stage.mine(6)
    stage.follow()
    stage.work()
    stage.send()
    claim = job_board.CLAIM.call(stage.at("JobBoard"), job_id=requested_job, task=0)

    with pytest.raises(CallReverted):
        stage.transact(people.rival, claim)
    stage.settle_down(3)

    assert only_run().state in {RunState.POSTING, RunState.POSTED, RunState.SETTLING, RunState.DONE}
