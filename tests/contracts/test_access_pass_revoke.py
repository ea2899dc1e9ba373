"""AccessPass: an owner's early end of a pass carries the refund of its unused part."""

import ape
import pytest
from commons import DOLLARS
from mock_contracts import deploy_mock
from stage import COMPUTE, DATASET

PRICE = 10 * DOLLARS


@pytest.fixture
def buy_pass(commons, stage, researcher):
    """Buys a pass for 10 dollars with these terms; its number."""

    def buy(**terms):
        listing_id = stage.list_compute(stage.publish(), price=PRICE, **terms)
        stage.approve_dollars(commons.data_market)
        commons.data_market.buy(listing_id, PRICE, 1, sender=researcher)
        return commons.access_pass.passCount()

    return buy


@pytest.fixture
def provider_pays_refunds(commons, stage, provider):
    stage.approve_dollars(commons.access_pass, provider)


def test_revoke_by_the_owner_refunds_and_ends_the_pass(
    commons, stage, buy_pass, provider, researcher, provider_pays_refunds
):
    pass_id = buy_pass(pass_uses=0, pass_seconds=0)
    before = commons.test_dollar.balanceOf(researcher)

    receipt = commons.access_pass.revoke(pass_id, sender=provider)

    kept = commons.access_pass.passOf(pass_id)
    assert kept.revoked
    owed = receipt.decode_logs(commons.data_market.Credited)[0]
    assert (owed.account, owed.amount, owed.listing_id) == (researcher, PRICE, 0)
    assert commons.test_dollar.balanceOf(commons.access_pass) == 0
    commons.data_market.withdraw(commons.test_dollar, sender=researcher)
    assert commons.test_dollar.balanceOf(researcher) - before == PRICE
    assert receipt.decode_logs(commons.access_pass.PassRevoked)[0].refunded == PRICE
    assert not commons.access_pass.isUsable(pass_id, researcher, DATASET, kept.subjectId, COMPUTE, 1)


def test_revoke_by_stranger_or_the_dao_is_refused(commons, buy_pass, stranger, timelock):
    pass_id = buy_pass()

    for outsider in (stranger, timelock):
        with ape.reverts(commons.access_pass.NotSubjectOwner):
            commons.access_pass.revoke(pass_id, sender=outsider)


def test_revoke_twice_is_refused(commons, buy_pass, provider, provider_pays_refunds):
    pass_id = buy_pass()
    commons.access_pass.revoke(pass_id, sender=provider)

    with ape.reverts(commons.access_pass.AlreadyRevoked):
        commons.access_pass.revoke(pass_id, sender=provider)


def test_revoke_of_what_does_not_exist_is_refused(commons, provider):
    with ape.reverts(commons.access_pass.NoSuchPass):
        commons.access_pass.revoke(10**6, sender=provider)


def test_revoke_without_the_refund_approved_is_refused(commons, buy_pass, provider):
    pass_id = buy_pass()

    with ape.reverts(commons.test_dollar.ERC20InsufficientAllowance):
        commons.access_pass.revoke(pass_id, sender=provider)
    assert not commons.access_pass.passOf(pass_id).revoked


def test_revoke_of_a_granted_pass_costs_nothing(commons, stage, provider):
    pass_id = stage.grant(stage.publish())

    receipt = commons.access_pass.revoke(pass_id, sender=provider)

    assert receipt.decode_logs(commons.access_pass.PassRevoked)[0].refunded == 0


def test_refund_is_the_share_of_unused_uses(commons, stage, buy_pass, researcher):
    pass_id = buy_pass(pass_uses=4)
    dataset_id = commons.access_pass.passOf(pass_id).subjectId

    stage.request_job([dataset_id], [pass_id])

    assert commons.access_pass.refundOf(pass_id) == PRICE * 3 // 4


def test_refund_is_the_smaller_share_of_time_and_uses(commons, stage, buy_pass):
    pass_id = buy_pass(pass_uses=4, pass_seconds=1_000)
    left = commons.access_pass.passOf(pass_id).expiresAt - (stage.now() + 600)
    stage.wait(600)

    assert left <= 400
    assert abs(commons.access_pass.refundOf(pass_id) - PRICE * left // 1_000) <= PRICE // 1_000


def test_refund_of_an_expired_pass_is_nothing(commons, stage, buy_pass):
    pass_id = buy_pass(pass_uses=0, pass_seconds=1_000)

    stage.wait(1_001)

    assert commons.access_pass.refundOf(pass_id) == 0


def test_right_of_a_requested_job_survives_revocation(
    commons, stage, buy_pass, provider, provider_pays_refunds
):
    pass_id = buy_pass(pass_uses=1)
    dataset_id = commons.access_pass.passOf(pass_id).subjectId
    job_id = stage.request_job([dataset_id], [pass_id])

    receipt = commons.access_pass.revoke(pass_id, sender=provider)

    assert receipt.decode_logs(commons.access_pass.PassRevoked)[0].refunded == 0
    assert commons.access_pass.passOf(pass_id).revoked
    stage.settle(stage.post(stage.claim(stage.approve(job_id))))
    assert commons.job_board.get_job(job_id).model_id != 0


def test_owner_who_revokes_while_a_job_holds_the_use_and_stops_the_job_keeps_no_price_for_nothing(
    commons, stage, buy_pass, provider, researcher, provider_pays_refunds
):
    pass_id = buy_pass(pass_uses=2)
    dataset_id = commons.access_pass.passOf(pass_id).subjectId
    job_id = stage.request_job([dataset_id], [pass_id])
    commons.access_pass.revoke(pass_id, sender=provider)
    assert (commons.access_pass.passOf(pass_id).usesLeft, commons.access_pass.refundOf(pass_id)) == (0, 0)

    receipt = commons.job_board.cancel(job_id, sender=researcher)

    restored = commons.access_pass.passOf(pass_id)
    assert receipt.decode_logs(commons.access_pass.PassRestored)[0].passId == pass_id
    assert (restored.revoked, restored.usesLeft) == (False, 1)
    assert commons.access_pass.isUsable(pass_id, researcher, DATASET, dataset_id, COMPUTE, 1)
    again = commons.access_pass.revoke(pass_id, sender=provider)
    assert again.decode_logs(commons.access_pass.PassRevoked)[0].refunded == PRICE // 2


def test_granted_pass_stays_revoked_when_its_use_comes_back(commons, stage, provider, researcher):
    dataset_id = stage.publish()
    pass_id = stage.grant(dataset_id, uses=1)
    job_id = stage.request_job([dataset_id], [pass_id])
    commons.access_pass.revoke(pass_id, sender=provider)

    commons.job_board.cancel(job_id, sender=researcher)

    assert commons.access_pass.passOf(pass_id).revoked


def test_pass_without_a_number_of_uses_stays_revoked_after_its_refund(
    commons, stage, buy_pass, provider, researcher, provider_pays_refunds
):
    pass_id = buy_pass(pass_uses=0)
    job_id = stage.request_job([commons.access_pass.passOf(pass_id).subjectId], [pass_id])
    commons.access_pass.revoke(pass_id, sender=provider)

    commons.job_board.cancel(job_id, sender=researcher)

    assert commons.access_pass.passOf(pass_id).revoked


def test_pass_of_a_holder_that_the_token_blocks_is_revoked_and_its_refund_waits(
    commons, stage, allow_token, deployer, provider, researcher
):
    token = allow_token(deploy_mock(deployer, "SilentToken", researcher, 2 * PRICE))
    token.transfer(provider, PRICE, sender=researcher)
    for spender, payer in ((commons.data_market, researcher), (commons.access_pass, provider)):
        token.approve(spender, PRICE, sender=payer)
    listing_id = stage.list_compute(stage.publish(), payment_token=token.address, pass_uses=0)
    commons.data_market.buy(listing_id, PRICE, 1, sender=researcher)
    token.block(researcher, sender=deployer)
    pass_id = commons.access_pass.passCount()

    commons.access_pass.revoke(pass_id, sender=provider)

    assert commons.access_pass.passOf(pass_id).revoked
    assert token.balanceOf(commons.data_market) == 2 * PRICE
    assert commons.data_market.credit_of(researcher, token) == PRICE
    with ape.reverts("SilentToken: blocked"):
        commons.data_market.withdraw(token, sender=researcher)


def test_refund_that_arrives_short_is_refused(commons, deployer, accounts, researcher):
    ape.networks.provider.set_balance(commons.addresses["AccessPass"], 10**18)
    passes = accounts[commons.addresses["AccessPass"]]
    token = deploy_mock(deployer, "FeeToken", passes, PRICE)
    token.approve(commons.data_market, PRICE, sender=passes)

    with ape.reverts("Credits: token keeps a fee"):
        commons.data_market.refund(researcher, token, PRICE, sender=passes)

    assert commons.data_market.credit_of(researcher, token) == 0


@pytest.mark.parametrize("outsider", ["stranger", "provider", "timelock"])
def test_refund_called_by_anybody_but_access_pass_is_refused(commons, researcher, request, outsider):
    with ape.reverts("DataMarket: only AccessPass refunds"):
        commons.data_market.refund(
            researcher, commons.test_dollar, 1, sender=request.getfixturevalue(outsider)
        )
