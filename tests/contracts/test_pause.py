"""The guardian's pause: once, for days at most, of what is new alone."""

import ape
import pytest
from stage import APPROVE_SECONDS, APPROVED, EXPIRED, MAX, RUN_SECONDS, RUNNING, SETTLED, SPEC_DIGEST

DAY = 86_400
NOBODY = "0x" + "00" * 20


@pytest.fixture
def guardian(commons, timelock, member):
    """Named by the DAO, which arms one pause."""
    commons.parameter_book.set_guardian(member, sender=timelock)
    return member


def test_guardian_is_nobody_after_deployment(commons, deployer, member, timelock):
    book = commons.parameter_book

    assert (book.guardian(), book.pause_is_armed(), book.is_paused()) == (NOBODY, False, False)
    for outsider in (deployer, member, timelock):
        with ape.reverts("ParameterBook: not the guardian"):
            book.pause(DAY, sender=outsider)


def test_set_guardian_by_timelock_is_told_and_by_stranger_refused(commons, timelock, member, stranger):
    receipt = commons.parameter_book.set_guardian(member, sender=timelock)

    assert receipt.decode_logs(commons.parameter_book.GuardianSet)[0].guardian == member
    assert (commons.parameter_book.guardian(), commons.parameter_book.pause_is_armed()) == (member, True)
    with ape.reverts("ParameterBook: not the Timelock"):
        commons.parameter_book.set_guardian(stranger, sender=stranger)


def test_pause_ends_by_itself(commons, stage, guardian):
    receipt = commons.parameter_book.pause(DAY, sender=guardian)

    paused = receipt.decode_logs(commons.parameter_book.Paused)[0]
    assert (paused.guardian, paused.until) == (guardian, commons.parameter_book.paused_until())
    assert commons.parameter_book.is_paused()
    stage.wait(DAY + 1)
    assert not commons.parameter_book.is_paused()


def test_pause_works_once_until_the_dao_arms_it_again(commons, stage, guardian, timelock):
    commons.parameter_book.pause(1, sender=guardian)
    stage.wait(2)

    with ape.reverts("ParameterBook: pause is spent"):
        commons.parameter_book.pause(1, sender=guardian)
    commons.parameter_book.set_guardian(guardian, sender=timelock)
    commons.parameter_book.pause(1, sender=guardian)


@pytest.mark.parametrize("seconds", [0, 7 * DAY + 1, MAX])
def test_pause_of_no_time_or_of_more_than_seven_days_is_refused(commons, guardian, seconds):
    with ape.reverts("ParameterBook: a pause lasts 1 second to 7 days"):
        commons.parameter_book.pause(seconds, sender=guardian)

    commons.parameter_book.pause(7 * DAY, sender=guardian)
    assert commons.parameter_book.is_paused()


def test_removal_of_the_guardian_ends_its_pause(commons, guardian, timelock):
    commons.parameter_book.pause(DAY, sender=guardian)

    commons.parameter_book.set_guardian(NOBODY, sender=timelock)

    assert not commons.parameter_book.is_paused()
    assert not commons.parameter_book.pause_is_armed()
    with ape.reverts("ParameterBook: not the guardian"):
        commons.parameter_book.pause(DAY, sender=guardian)


def test_purchases_are_refused_while_paused_and_withdrawals_are_not(
    commons, stage, guardian, researcher, provider
):
    listing_id = stage.list_compute(stage.publish())
    stage.approve_dollars(commons.data_market)
    commons.data_market.buy(listing_id, MAX, 1, sender=researcher)
    commons.parameter_book.pause(DAY, sender=guardian)

    with ape.reverts("DataMarket: purchases are paused"):
        commons.data_market.buy(listing_id, MAX, 1, sender=researcher)
    commons.data_market.withdraw(commons.test_dollar, sender=provider)
    stage.wait(DAY + 1)
    commons.data_market.buy(listing_id, MAX, 1, sender=researcher)


def test_approvals_are_refused_while_paused_and_deadlines_run_on(
    commons, stage, guardian, timelock, stranger
):
    job_id, late_job_id = stage.requested_job(), stage.requested_job()
    commons.parameter_book.pause(100, sender=guardian)

    with ape.reverts("JobBoard: approvals are paused"):
        commons.job_board.approve(job_id, SPEC_DIGEST, sender=timelock)
    stage.wait(101)
    stage.approve(job_id)
    assert stage.state(job_id) == APPROVED
    commons.parameter_book.set_guardian(guardian, sender=timelock)
    commons.parameter_book.pause(DAY, sender=guardian)
    stage.wait(APPROVE_SECONDS)
    commons.job_board.expire(late_job_id, sender=stranger)
    assert stage.state(late_job_id) == EXPIRED


def test_claims_are_refused_while_paused(commons, stage, guardian, executor):
    job_id = stage.approve(stage.requested_job())
    commons.parameter_book.pause(100, sender=guardian)

    with ape.reverts("JobBoard: claims are paused"):
        commons.job_board.claim(job_id, 0, sender=executor)
    stage.wait(101)
    stage.claim(job_id)
    assert stage.state(job_id) == RUNNING


def test_a_run_ends_settles_and_pays_while_paused(commons, stage, guardian, executor):
    job_id = stage.claim(stage.approve(stage.requested_job()))
    commons.parameter_book.pause(DAY, sender=guardian)

    commons.job_board.extend(job_id, 0, sender=executor)
    stage.settle(stage.post(job_id))
    commons.job_board.withdraw(commons.test_dollar, sender=executor)

    assert stage.state(job_id) == SETTLED


def test_the_requester_gets_the_escrow_back_while_paused(commons, stage, guardian, researcher):
    missed, waiting = stage.claim(stage.approve(stage.requested_job())), stage.requested_job()
    commons.parameter_book.pause(DAY, sender=guardian)
    stage.wait(RUN_SECONDS + 1)

    for job_id in (missed, waiting):
        commons.job_board.cancel(job_id, sender=researcher)
    commons.job_board.withdraw(commons.test_dollar, sender=researcher)

    assert stage.obligations() == 0


def test_votes_go_on_while_paused(commons, guardian, member, researcher):
    commons.parameter_book.pause(DAY, sender=guardian)

    commons.vote_token.invoke_transaction("delegate", researcher, sender=member)

    assert commons.vote_token.getVotes(researcher) >= commons.vote_token.balanceOf(member)
