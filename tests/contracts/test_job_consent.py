"""JobBoard: an owner's consent, in either order with approval, void after a transfer."""

import ape
import pytest


@pytest.fixture
def asked_each_time(stage):
    """A requested job on a dataset whose owner consents job by job; (job, dataset)."""
    dataset_id = stage.publish(standingConsent=False)
    return stage.request_job([dataset_id], [stage.grant(dataset_id)]), dataset_id


def test_consent_by_the_owner_lets_the_job_be_claimed(commons, stage, asked_each_time, provider, executor):
    job_id, dataset_id = asked_each_time
    stage.approve(job_id)
    with ape.reverts("JobBoard: consent is missing"):
        commons.job_board.claim(job_id, 0, sender=executor)

    receipt = commons.job_board.consent(job_id, dataset_id, sender=provider)

    given = receipt.decode_logs(commons.job_board.ConsentGiven)[0]
    assert (given.job_id, given.dataset_id, given.owner) == (job_id, dataset_id, provider)
    assert commons.job_board.has_consent(job_id, dataset_id)
    stage.claim(job_id)


def test_consent_before_approval_counts_too(commons, stage, asked_each_time, provider):
    job_id, dataset_id = asked_each_time
    commons.job_board.consent(job_id, dataset_id, sender=provider)

    stage.claim(stage.approve(job_id))

    assert commons.job_board.get_task(job_id, 0).epoch == 1


def test_consent_by_others_is_refused(commons, asked_each_time, researcher, stranger, timelock):
    job_id, dataset_id = asked_each_time

    for outsider in (researcher, stranger, timelock):
        with ape.reverts("JobBoard: not the owner of the dataset"):
            commons.job_board.consent(job_id, dataset_id, sender=outsider)
        with ape.reverts("JobBoard: not the owner of the dataset"):
            commons.job_board.withdraw_consent(job_id, dataset_id, sender=outsider)


def test_consent_with_a_dataset_that_is_not_in_the_job_is_refused(commons, stage, asked_each_time, provider):
    job_id, _ = asked_each_time
    other_id = stage.publish()

    with ape.reverts("JobBoard: dataset is not in the job"):
        commons.job_board.consent(job_id, other_id, sender=provider)


def test_consent_to_a_job_that_ended_is_refused(commons, asked_each_time, provider, researcher):
    job_id, dataset_id = asked_each_time
    commons.job_board.cancel(job_id, sender=researcher)

    with ape.reverts("JobBoard: job is past consent"):
        commons.job_board.consent(job_id, dataset_id, sender=provider)


def test_withdraw_consent_before_claim_stops_the_claim(commons, stage, asked_each_time, provider, executor):
    job_id, dataset_id = asked_each_time
    commons.job_board.consent(job_id, dataset_id, sender=provider)
    stage.approve(job_id)

    receipt = commons.job_board.withdraw_consent(job_id, dataset_id, sender=provider)

    assert receipt.decode_logs(commons.job_board.ConsentWithdrawn)[0].owner == provider
    with ape.reverts("JobBoard: consent is missing"):
        commons.job_board.claim(job_id, 0, sender=executor)


def test_withdraw_consent_after_claim_stops_no_run(commons, stage, asked_each_time, provider):
    job_id, dataset_id = asked_each_time
    commons.job_board.consent(job_id, dataset_id, sender=provider)
    stage.claim(stage.approve(job_id))
    commons.job_board.withdraw_consent(job_id, dataset_id, sender=provider)

    stage.settle(stage.post(job_id))

    assert commons.job_board.get_job(job_id).model_id != 0


def test_withdraw_consent_that_was_not_given_is_refused(commons, asked_each_time, provider):
    job_id, dataset_id = asked_each_time

    with ape.reverts("JobBoard: no consent to withdraw"):
        commons.job_board.withdraw_consent(job_id, dataset_id, sender=provider)


def test_transfer_voids_a_consent_until_the_new_owner_gives_its_own(
    commons, stage, asked_each_time, provider, stranger, executor
):
    job_id, dataset_id = asked_each_time
    commons.job_board.consent(job_id, dataset_id, sender=provider)
    stage.approve(job_id)
    commons.dataset_token.transferFrom(provider, stranger, dataset_id, sender=provider)

    assert not commons.job_board.has_consent(job_id, dataset_id)
    with ape.reverts("JobBoard: consent is missing"):
        commons.job_board.claim(job_id, 0, sender=executor)
    commons.job_board.consent(job_id, dataset_id, sender=stranger)

    stage.claim(job_id)


def test_consent_stays_void_when_the_token_comes_back(commons, stage, asked_each_time, provider, stranger):
    job_id, dataset_id = asked_each_time
    commons.job_board.consent(job_id, dataset_id, sender=provider)

    commons.dataset_token.transferFrom(provider, stranger, dataset_id, sender=provider)
    commons.dataset_token.transferFrom(stranger, provider, dataset_id, sender=stranger)

    assert not commons.job_board.has_consent(job_id, dataset_id)


def test_standing_consent_is_read_at_claim(commons, stage, provider, executor):
    dataset_id = stage.publish(standingConsent=True)
    job_id = stage.approve(stage.request_job([dataset_id], [stage.grant(dataset_id)]))
    commons.dataset_token.setStandingConsent(dataset_id, False, sender=provider)

    with ape.reverts("JobBoard: consent is missing"):
        commons.job_board.claim(job_id, 0, sender=executor)
    commons.dataset_token.setStandingConsent(dataset_id, True, sender=provider)

    stage.claim(job_id)


def test_first_claim_of_a_federated_job_needs_every_consent(commons, stage, provider, executor):
    job_id = stage.approve(stage.federated_job(2))
    second_dataset = commons.job_board.job_datasets(job_id)[0][1]
    commons.dataset_token.setStandingConsent(second_dataset, False, sender=provider)

    with ape.reverts("JobBoard: consent is missing"):
        commons.job_board.claim(job_id, 0, sender=executor)


def test_consent_withdrawn_by_one_party_stops_its_own_task_alone(commons, stage, provider, executor):
    job_id = stage.claim(stage.approve(stage.federated_job(3)))
    second_dataset = commons.job_board.job_datasets(job_id)[0][1]
    commons.dataset_token.setStandingConsent(second_dataset, False, sender=provider)

    with ape.reverts("JobBoard: consent is missing"):
        commons.job_board.claim(job_id, 1, sender=executor)
    stage.claim(job_id, task=2)

    assert commons.job_board.get_job(job_id).tasks_claimed == 2
