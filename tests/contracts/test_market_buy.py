"""DataMarket: what a purchase checks, gives and pays."""

import ape
import pytest
from commons import DOLLARS
from deployment.parameters import short_name
from permits import permit_signature
from refusals import assert_refused
from stage import COMPUTE, DATASET, MAX, MODEL, version

PRICE = 10 * DOLLARS
FEE = PRICE * 250 // 10_000


@pytest.fixture
def credit(commons):
    """What the market owes an account in TestDollar."""
    return lambda account: commons.data_market.credit_of(account, commons.test_dollar)


@pytest.fixture
def buyer(commons, stage, researcher):
    """The researcher, having approved what it may spend."""
    stage.approve_dollars(commons.data_market)
    return researcher


def test_buy_gives_a_pass_and_credits_payees_and_treasury(
    commons, stage, buyer, provider, contributor, credit
):
    dataset_id = stage.publish(payees=[provider, contributor], parts=[7_500, 2_500])
    listing_id = stage.list_compute(dataset_id, pass_uses=2, pass_seconds=1_000)

    receipt = commons.data_market.buy(listing_id, PRICE, 1, sender=buyer)

    bought = commons.access_pass.passOf(commons.access_pass.passCount())
    assert (bought.holder, bought.right, bought.usesLeft, bought.pricePaid) == (buyer, COMPUTE, 2, PRICE)
    assert bought.expiresAt == stage.chain.blocks.head.timestamp + 1_000
    assert credit(commons.timelock) == FEE
    assert credit(provider) == (PRICE - FEE) * 3 // 4
    assert credit(provider) + credit(contributor) + FEE == PRICE
    assert commons.test_dollar.balanceOf(commons.data_market) == PRICE
    purchased = receipt.decode_logs(commons.data_market.Purchased)[0]
    assert (purchased.price, purchased.treasury_fee, purchased.royalty) == (PRICE, FEE, 0)


def test_buy_without_an_approval_is_refused(commons, stage, stranger):
    listing_id = stage.list_compute(stage.publish())

    assert_refused(
        commons.data_market.buy,
        *(listing_id, PRICE, 1),
        sender=stranger,
        error=commons.test_dollar.ERC20InsufficientAllowance,
    )


def test_buy_above_the_buyers_maximum_is_refused(commons, stage, buyer, provider):
    listing_id = stage.list_compute(stage.publish())
    commons.data_market.set_price(listing_id, PRICE + 1, sender=provider)

    with ape.reverts("DataMarket: price is above the maximum"):
        commons.data_market.buy(listing_id, PRICE, 1, sender=buyer)


def test_buy_below_the_buyers_maximum_takes_the_price_alone(commons, stage, buyer):
    listing_id = stage.list_compute(stage.publish())
    before = commons.test_dollar.balanceOf(buyer)

    commons.data_market.buy(listing_id, PRICE * 2, 1, sender=buyer)

    assert before - commons.test_dollar.balanceOf(buyer) == PRICE


def test_buy_after_a_new_version_that_the_buyer_did_not_see_is_refused(commons, stage, buyer, provider):
    dataset_id = stage.publish()
    listing_id = stage.list_compute(dataset_id)
    commons.dataset_token.publishVersion(dataset_id, version(2), sender=provider)

    with ape.reverts("DataMarket: version has changed"):
        commons.data_market.buy(listing_id, PRICE, 1, sender=buyer)
    commons.data_market.buy(listing_id, PRICE, 2, sender=buyer)

    assert commons.access_pass.passOf(commons.access_pass.passCount()).firstVersion == 1


def test_buy_of_a_listing_that_does_not_exist_is_refused(commons, buyer):
    with ape.reverts("DataMarket: no such listing"):
        commons.data_market.buy(10**6, PRICE, 1, sender=buyer)


def test_buy_of_the_last_one_sells_out(commons, stage, buyer):
    listing_id = stage.list_compute(stage.publish(), stock=1)
    commons.data_market.buy(listing_id, PRICE, 1, sender=buyer)

    with ape.reverts("DataMarket: sold out"):
        commons.data_market.buy(listing_id, PRICE, 1, sender=buyer)


def test_buy_after_closing_time_is_refused(commons, stage, buyer):
    listing_id = stage.list_compute(stage.publish(), closes_at=stage.now() + 100)
    commons.data_market.buy(listing_id, PRICE, 1, sender=buyer)
    stage.wait(101)

    with ape.reverts("DataMarket: listing is closed"):
        commons.data_market.buy(listing_id, PRICE, 1, sender=buyer)


def test_buy_after_a_transfer_is_refused_even_when_the_seller_owns_it_again(
    commons, stage, buyer, provider, stranger
):
    dataset_id = stage.publish()
    listing_id = stage.list_compute(dataset_id)
    commons.dataset_token.transferFrom(provider, stranger, dataset_id, sender=provider)
    with ape.reverts("DataMarket: listing has lapsed"):
        commons.data_market.buy(listing_id, PRICE, 1, sender=buyer)

    commons.dataset_token.transferFrom(stranger, provider, dataset_id, sender=stranger)

    with ape.reverts("DataMarket: listing has lapsed"):
        commons.data_market.buy(listing_id, PRICE, 1, sender=buyer)


def test_buy_of_a_retired_dataset_is_refused(commons, stage, buyer, provider):
    dataset_id = stage.publish()
    listing_id = stage.list_compute(dataset_id)
    commons.dataset_token.retire(dataset_id, sender=provider)

    with ape.reverts("DataMarket: listing has lapsed"):
        commons.data_market.buy(listing_id, PRICE, 1, sender=buyer)


def test_buy_in_a_token_that_members_took_off_the_list_is_refused(commons, stage, buyer, timelock):
    listing_id = stage.list_compute(stage.publish())
    item = bytes.fromhex(commons.addresses["TestDollar"][2:]).rjust(32, b"\0")
    commons.parameter_book.set_allowed(short_name("payment_token"), item, False, sender=timelock)

    with ape.reverts("DataMarket: payment token is not allowed"):
        commons.data_market.buy(listing_id, PRICE, 1, sender=buyer)


def test_buy_for_free_needs_no_approval(commons, stage, stranger):
    listing_id = stage.list_compute(stage.publish(), price=0)

    commons.data_market.buy(listing_id, 0, 1, sender=stranger)

    assert commons.access_pass.passOf(commons.access_pass.passCount()).holder == stranger


@pytest.mark.parametrize("price", [1, 39, 40, 41, 999_999, 10**6 + 7])
def test_buy_splits_any_price_without_a_rest(
    commons, stage, buyer, provider, contributor, member, credit, price
):
    dataset_id = stage.publish(payees=[provider, contributor, member], parts=[3_333, 3_333, 3_334])
    listing_id = stage.list_compute(dataset_id, price=price)

    commons.data_market.buy(listing_id, price, 1, sender=buyer)

    assert sum(credit(account) for account in (commons.timelock, provider, contributor, member)) == price
    assert credit(commons.timelock) == price * 250 // 10_000
    assert credit(provider) == (price - credit(commons.timelock)) * 3_333 // 10_000


def test_buy_of_a_model_pays_royalty_to_its_parents_owner(
    commons, stage, buyer, researcher, stranger, credit
):
    parent_id = stage.settled_model()
    model_id = stage.settled_model(parent_models=[parent_id])
    commons.model_token.transferFrom(researcher, stranger, parent_id, sender=researcher)
    arguments = (MODEL, model_id, COMPUTE, 1, commons.test_dollar, PRICE, 0, 0, 0, 0)
    commons.data_market.create_listing(*arguments, sender=researcher)
    listing_id = commons.data_market.listing_count()
    assert commons.data_market.quote(listing_id) == (PRICE, FEE, PRICE // 40)

    receipt = commons.data_market.buy(listing_id, PRICE, 1, sender=buyer)

    assert credit(stranger) == PRICE // 40
    assert credit(researcher) == PRICE - FEE - PRICE // 40
    assert receipt.decode_logs(commons.data_market.Purchased)[0].royalty == PRICE // 40


def test_quote_of_a_dataset_has_no_royalty(commons, stage):
    listing_id = stage.list_compute(stage.publish(royaltyBps=1_000))

    assert commons.data_market.quote(listing_id) == (PRICE, FEE, 0)


def test_buy_with_permit_pays_by_signature(commons, stage, researcher):
    listing_id = stage.list_compute(stage.publish())
    signature = permit_signature(commons, researcher, commons.data_market.address, PRICE, deadline=MAX)

    commons.data_market.buy_with_permit(listing_id, PRICE, 1, MAX, *signature, sender=researcher)

    assert commons.test_dollar.allowance(researcher, commons.data_market) == 0
    assert commons.test_dollar.balanceOf(commons.data_market) == PRICE


def test_buy_with_permit_survives_a_permit_that_somebody_used_first(commons, stage, researcher, stranger):
    listing_id = stage.list_compute(stage.publish())
    spender = commons.data_market.address
    v, r, s = permit_signature(commons, researcher, spender, PRICE, deadline=MAX)
    commons.test_dollar.permit(researcher, spender, PRICE, MAX, v, r, s, sender=stranger)

    commons.data_market.buy_with_permit(listing_id, PRICE, 1, MAX, v, r, s, sender=researcher)

    assert commons.access_pass.passOf(commons.access_pass.passCount()).holder == researcher


def test_buy_with_permit_signed_by_somebody_else_is_refused(commons, stage, researcher, stranger):
    listing_id = stage.list_compute(stage.publish())
    signature = permit_signature(commons, researcher, commons.data_market.address, PRICE, deadline=MAX)

    assert_refused(
        commons.data_market.buy_with_permit,
        *(listing_id, PRICE, 1, MAX, *signature),
        sender=stranger,
        error=commons.test_dollar.ERC20InsufficientAllowance,
    )


def test_withdraw_pays_once(commons, stage, buyer, provider, credit):
    commons.data_market.buy(stage.list_compute(stage.publish()), PRICE, 1, sender=buyer)
    before, owed = commons.test_dollar.balanceOf(provider), credit(provider)

    receipt = commons.data_market.withdraw(commons.test_dollar, sender=provider)

    assert commons.test_dollar.balanceOf(provider) - before == owed
    assert receipt.decode_logs(commons.data_market.Withdrawn)[0].amount == owed
    with ape.reverts("Credits: nothing to withdraw"):
        commons.data_market.withdraw(commons.test_dollar, sender=provider)


def test_withdraw_for_by_anyone_pays_the_treasury_alone(commons, stage, buyer, stranger, timelock, credit):
    commons.data_market.buy(stage.list_compute(stage.publish()), PRICE, 1, sender=buyer)

    commons.data_market.withdraw_for(timelock, commons.test_dollar, sender=stranger)

    assert commons.test_dollar.balanceOf(timelock) == FEE
    assert (commons.test_dollar.balanceOf(stranger), credit(timelock)) == (0, 0)


def test_withdraw_for_somebody_who_is_owed_nothing_is_refused(commons, stranger, timelock):
    with ape.reverts("Credits: nothing to withdraw"):
        commons.data_market.withdraw_for(timelock, commons.test_dollar, sender=stranger)


def test_withdraw_by_somebody_who_is_owed_nothing_is_refused(commons, stranger):
    with ape.reverts("Credits: nothing to withdraw"):
        commons.data_market.withdraw(commons.test_dollar, sender=stranger)


def test_bought_pass_pays_for_a_job(commons, stage, buyer):
    dataset_id = stage.publish()
    commons.data_market.buy(stage.list_compute(dataset_id), PRICE, 1, sender=buyer)
    pass_id = commons.access_pass.passCount()

    stage.request_job([dataset_id], [pass_id])

    assert not commons.access_pass.isUsable(pass_id, buyer, DATASET, dataset_id, COMPUTE, 1)
