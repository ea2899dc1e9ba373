"""DataMarket: odd tokens and re-entrant buyers do no harm."""

import ape
import pytest
from commons import DOLLARS
from mock_contracts import deploy_mock

PRICE = 10 * DOLLARS

pytestmark = pytest.mark.attack("S40")


@pytest.fixture
def list_in(stage, allow_token):
    """Members allow a token, and the provider lists for 10 of it; the listing's number."""

    def list_for(token):
        return stage.list_compute(stage.publish(), payment_token=allow_token(token).address)

    return list_for


def test_buy_with_a_token_that_returns_nothing_works(commons, list_in, deployer, researcher, provider):
    token = deploy_mock(deployer, "SilentToken", researcher, PRICE)
    listing_id = list_in(token)
    token.approve(commons.data_market, PRICE, sender=researcher)

    commons.data_market.buy(listing_id, PRICE, 1, sender=researcher)
    commons.data_market.withdraw(token, sender=provider)

    assert token.balanceOf(provider) == PRICE * 975 // 1_000


def test_buy_with_a_token_that_keeps_a_fee_is_refused(commons, list_in, deployer, researcher):
    token = deploy_mock(deployer, "FeeToken", researcher, PRICE)
    listing_id = list_in(token)
    token.approve(commons.data_market, PRICE, sender=researcher)

    with ape.reverts("Credits: token keeps a fee"):
        commons.data_market.buy(listing_id, PRICE, 1, sender=researcher)


def test_buy_with_a_token_that_returns_false_is_refused(commons, list_in, deployer, researcher):
    listing_id = list_in(deploy_mock(deployer, "RefusingToken"))

    with ape.reverts("Credits: token refused the payment"):
        commons.data_market.buy(listing_id, PRICE, 1, sender=researcher)


def test_withdraw_that_the_token_refuses_keeps_the_credit(commons, list_in, deployer, researcher, provider):
    token = deploy_mock(deployer, "MiserToken", researcher, PRICE)
    commons.data_market.buy(list_in(token), PRICE, 1, sender=researcher)
    owed = commons.data_market.credit_of(provider, token)

    with ape.reverts("Credits: token refused to pay"):
        commons.data_market.withdraw(token, sender=provider)

    assert commons.data_market.credit_of(provider, token) == owed > 0


def test_one_blocked_payee_keeps_nobody_else_from_being_paid(
    commons, stage, list_in, deployer, researcher, provider
):
    token = deploy_mock(deployer, "SilentToken", researcher, PRICE)
    listing_id = list_in(token)
    token.approve(commons.data_market, PRICE, sender=researcher)
    token.block(provider, sender=deployer)

    commons.data_market.buy(listing_id, PRICE, 1, sender=researcher)

    with ape.reverts("SilentToken: blocked"):
        commons.data_market.withdraw(token, sender=provider)
    commons.data_market.withdraw(token, sender=stage.timelock)
    assert commons.data_market.credit_of(provider, token) == PRICE * 975 // 1_000


def test_re_entrant_token_cannot_withdraw_in_the_middle_of_a_purchase(
    commons, stage, list_in, deployer, researcher, provider
):
    token = deploy_mock(deployer, "ReenteringToken", researcher, 2 * PRICE)
    listing_id = list_in(token)
    dataset_id = commons.data_market.get_listing(listing_id).subject_id
    commons.dataset_token.setPayees(dataset_id, [token], [10_000], sender=provider)
    commons.data_market.buy(listing_id, PRICE, 1, sender=researcher)
    owed = commons.data_market.credit_of(token, token)
    token.arm(commons.data_market, commons.data_market.withdraw.encode_input(token), sender=deployer)

    commons.data_market.buy(listing_id, PRICE, 1, sender=researcher)

    assert owed > 0
    assert token.entered()
    assert not token.succeeded()
    assert commons.data_market.credit_of(token, token) == 2 * owed


def test_re_entrant_buyer_cannot_buy_from_within_its_receipt(commons, stage, deployer, researcher):
    listing_id = stage.list_compute(stage.publish())
    buyer = deploy_mock(deployer, "ReenteringBuyer")
    commons.test_dollar.transfer(buyer, 3 * PRICE, sender=researcher)

    buyer.buy(commons.data_market, commons.test_dollar, listing_id, sender=deployer)

    assert buyer.receipts() == 1
    assert not buyer.second_buy_succeeded()
    assert commons.data_market.get_listing(listing_id).sold == 1
