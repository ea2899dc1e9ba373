"""JobBoard: its balance is open obligations plus credits, after every step of every road."""

import ape
import pytest
from commons import DOLLARS
from deployment.parameters import short_name
from mock_contracts import deploy_mock
from stage import APPROVE_SECONDS, CLAIM_SECONDS, MAX, RUN_SECONDS, SPEC_DIGEST

JOB_FEE = 7
PAY = 33 * DOLLARS + 1


@pytest.fixture
def must_balance(commons, stage, provider, contributor, researcher, executor, timelock):
    """Fails unless the balance is what open jobs hold and everybody is owed."""
    accounts = (provider, contributor, researcher, executor, timelock)

    def check():
        owed = sum(stage.credit(account) for account in accounts)
        assert commons.test_dollar.balanceOf(commons.job_board) == stage.obligations() + owed

    return check


@pytest.fixture
def job(commons, stage, provider, contributor):
    """A federated job of three, with amounts that do not divide evenly."""
    terms = {
        "payees": [provider, contributor],
        "parts": [3_333, 6_667],
        "jobFeeToken": commons.test_dollar.address,
        "jobFee": JOB_FEE,
    }
    datasets = [stage.publish(**terms) for _ in range(3)]
    passes = [stage.grant(dataset_id, uses=1) for dataset_id in datasets]
    return stage.request_job(datasets, passes, tasks=3, pay_per_task=PAY)


def _run_all(stage, job_id):
    stage.approve(job_id)
    for task in range(3):
        stage.post(stage.claim(job_id, task), task)
    stage.settle(job_id)


def _run_some(stage, job_id):
    stage.approve(job_id)
    stage.post(stage.claim(job_id, 1), 1)
    stage.wait(CLAIM_SECONDS + 10)
    stage.commons.job_board.expire(job_id, sender=stage.provider)
    stage.settle(job_id)


def _cancel(stage, job_id):
    stage.commons.job_board.cancel(job_id, sender=stage.researcher)


def _miss_approval(stage, job_id):
    stage.wait(APPROVE_SECONDS + 10)
    stage.commons.job_board.expire(job_id, sender=stage.provider)


def _miss_run(stage, job_id):
    stage.claim(stage.approve(job_id))
    stage.wait(RUN_SECONDS + 10)
    stage.commons.job_board.cancel(job_id, sender=stage.researcher)


def _miss_claim(stage, job_id):
    stage.approve(job_id)
    stage.wait(CLAIM_SECONDS + 10)
    stage.commons.job_board.expire(job_id, sender=stage.provider)


@pytest.mark.parametrize(
    "road",
    [_run_all, _run_some, _cancel, _miss_approval, _miss_run, _miss_claim],
    ids=lambda road: road.__name__,
)
def test_money_is_conserved_on_every_road(commons, stage, job, must_balance, road):
    other_job = stage.requested_job()
    other_escrow = commons.job_board.get_job(other_job)
    must_balance()

    road(stage, job)

    must_balance()
    held = other_escrow.pay_per_task + other_escrow.treasury_fee
    assert stage.obligations() == held


@pytest.mark.parametrize("road", [_run_all, _run_some, _cancel], ids=lambda road: road.__name__)
def test_everything_can_be_paid_out_on_every_road(
    commons, stage, job, road, provider, contributor, researcher, executor, timelock
):
    road(stage, job)

    for account in (provider, contributor, researcher, executor, timelock):
        if stage.credit(account):
            commons.job_board.withdraw(commons.test_dollar, sender=account)

    assert commons.test_dollar.balanceOf(commons.job_board) == 0


def test_odd_amounts_are_split_without_a_rest(commons, stage, job, provider, contributor, executor):
    _run_all(stage, job)

    treasury_fee = 3 * PAY * 250 // 10_000
    assert stage.credit(executor) == 3 * PAY
    assert stage.credit(stage.timelock) == treasury_fee
    assert (stage.credit(provider), stage.credit(contributor)) == (3 * 2, 3 * 5)


def test_escrow_in_a_token_that_keeps_a_fee_is_refused(commons, stage, timelock, deployer, researcher):
    token = deploy_mock(deployer, "FeeToken", researcher, 1_000 * DOLLARS)
    item = bytes.fromhex(str(token.address)[2:]).rjust(32, b"\0")
    commons.parameter_book.set_allowed(short_name("payment_token"), item, True, sender=timelock)
    token.approve(commons.job_board, MAX, sender=researcher)
    request = stage.job_request([], [], payment_token=token.address)

    with ape.reverts("Credits: token keeps a fee"):
        commons.job_board.request(SPEC_DIGEST, request, MAX, sender=researcher)


def test_escrow_in_two_tokens_is_kept_apart(commons, stage, timelock, deployer, researcher):
    token = deploy_mock(deployer, "SilentToken", researcher, 1_000 * DOLLARS)
    item = bytes.fromhex(str(token.address)[2:]).rjust(32, b"\0")
    commons.parameter_book.set_allowed(short_name("payment_token"), item, True, sender=timelock)
    token.approve(commons.job_board, MAX, sender=researcher)
    stage.request_job([], [], payment_token=token.address)
    in_silent_token = commons.job_board.open_obligations(token)

    dollars_job = stage.requested_job()
    _cancel(stage, dollars_job)

    assert commons.job_board.open_obligations(token) == in_silent_token == token.balanceOf(commons.job_board)
    assert stage.obligations() == 0


def test_withdraw_for_by_anyone_pays_the_account_alone(commons, stage, job, stranger, timelock):
    _run_all(stage, job)
    before, owed = commons.test_dollar.balanceOf(timelock), stage.credit(timelock)

    receipt = commons.job_board.withdraw_for(timelock, commons.test_dollar, sender=stranger)

    assert commons.test_dollar.balanceOf(timelock) - before == owed > 0
    assert commons.test_dollar.balanceOf(stranger) == 0
    assert receipt.decode_logs(commons.job_board.Withdrawn)[0].account == timelock
    with ape.reverts("Credits: nothing to withdraw"):
        commons.job_board.withdraw_for(timelock, commons.test_dollar, sender=stranger)


def test_withdraw_for_somebody_who_is_owed_nothing_is_refused(commons, stranger):
    with ape.reverts("Credits: nothing to withdraw"):
        commons.job_board.withdraw_for(stranger, commons.test_dollar, sender=stranger)
