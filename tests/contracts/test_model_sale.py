"""DataMarket: the sale of a model itself, whose token moves from its seller to the buyer alone."""

import ape
import pytest
from commons import DOLLARS
from mock_contracts import deploy_mock
from permits import permit_signature
from refusals import assert_refused
from stage import COMPUTE, MAX, MODEL, OWNERSHIP, PREDICT

PRICE = 10 * DOLLARS
FEE = PRICE // 40
ROYALTY = PRICE // 40
NOBODY = "0x" + "00" * 20


@pytest.fixture
def model_id(stage) -> int:
    """The researcher's, with one parent."""
    return stage.settled_model(parent_models=[stage.settled_model()])


@pytest.fixture
def buyer(commons, stage, provider):
    """Has money and may spend it here."""
    stage.approve_dollars(commons.data_market, owner=provider)
    return provider


@pytest.fixture
def offer(commons, stage, researcher, model_id):
    """The researcher offers the model for 10 dollars, but for changed terms; the listing's number."""

    def list_model(**changes):
        terms = {"subject_kind": MODEL, "right": OWNERSHIP, "stock": 1, "pass_uses": 0, "sender": researcher}
        return stage.list_compute(model_id, **{**terms, **changes})

    return list_model


@pytest.fixture
def on_sale(commons, offer, researcher, model_id):
    """The number of a listing whose model the seller lets the market move."""
    commons.model_token.approve(commons.data_market, model_id, sender=researcher)
    return offer()


@pytest.fixture
def credit(commons):
    return lambda account: commons.data_market.credit_of(account, commons.test_dollar)


def test_create_listing_of_a_model_itself_takes_nothing_into_custody(commons, on_sale, model_id, researcher):
    kept = commons.data_market.get_listing(on_sale)

    assert (kept.subject_kind, kept.subject_id, kept.right, kept.stock) == (MODEL, model_id, OWNERSHIP, 1)
    assert commons.model_token.ownerOf(model_id) == researcher


@pytest.mark.parametrize("terms", [{"stock": 0}, {"stock": 2}, {"pass_seconds": 1}, {"pass_uses": 1}])
def test_create_listing_of_a_model_other_than_once_and_whole_is_refused(offer, terms):
    with ape.reverts("DataMarket: a model is sold once and whole"):
        offer(**terms)


@pytest.mark.parametrize("outsider", ["stranger", "timelock"])
def test_create_listing_of_somebody_elses_model_is_refused(commons, offer, researcher, request, outsider):
    commons.model_token.setApprovalForAll(commons.data_market, True, sender=researcher)

    with ape.reverts("DataMarket: not the owner"):
        offer(sender=request.getfixturevalue(outsider))


@pytest.mark.parametrize("newer_ends", ["stays open", "is taken back", "closes"])
def test_buy_at_an_older_offer_of_a_model_is_refused_whatever_became_of_the_newer(
    commons, stage, on_sale, offer, model_id, buyer, researcher, newer_ends
):
    closes_at = stage.now() + 60 if newer_ends == "closes" else 0
    newer = offer(price=2 * PRICE, closes_at=closes_at)
    if newer_ends == "is taken back":
        commons.data_market.delist(newer, sender=researcher)
    stage.wait(100)
    before = commons.test_dollar.balanceOf(buyer)

    with ape.reverts("DataMarket: a newer offer took its place"):
        commons.data_market.buy(on_sale, PRICE, 1, sender=buyer)

    assert commons.data_market.newest_offer_of(model_id) == newer
    assert commons.test_dollar.balanceOf(buyer) == before
    if newer_ends == "stays open":
        commons.data_market.buy(newer, 2 * PRICE, 1, sender=buyer)
        assert commons.model_token.ownerOf(model_id) == buyer


def test_offer_of_a_model_ends_no_offer_of_another_and_no_sale_of_passes(
    commons, stage, on_sale, offer, model_id, buyer, researcher
):
    passes = offer(right=PREDICT, stock=0)
    assert commons.data_market.newest_offer_of(model_id) == on_sale
    other = offer(subject_id=model_id - 1)
    offer(right=PREDICT, stock=0, price=0)

    commons.data_market.buy(passes, PRICE, 1, sender=buyer)
    commons.data_market.buy(on_sale, PRICE, 1, sender=buyer)

    assert commons.model_token.ownerOf(model_id) == buyer
    assert commons.data_market.newest_offer_of(model_id - 1) == other


def test_dataset_itself_is_not_sold(stage):
    with ape.reverts("DataMarket: policy does not allow the right"):
        stage.list_compute(stage.publish(), right=OWNERSHIP, stock=1, pass_uses=0)


def test_buy_of_a_model_itself_moves_it_and_pays_treasury_parents_and_seller(
    commons, on_sale, model_id, buyer, researcher, stranger, credit
):
    commons.model_token.transferFrom(researcher, stranger, model_id - 1, sender=researcher)
    passes, before = commons.access_pass.passCount(), commons.test_dollar.balanceOf(buyer)
    assert commons.data_market.quote(on_sale) == (PRICE, FEE, ROYALTY)

    receipt = commons.data_market.buy(on_sale, PRICE, 1, sender=buyer)

    assert commons.model_token.ownerOf(model_id) == buyer
    assert (credit(commons.timelock), credit(stranger)) == (FEE, ROYALTY)
    assert credit(researcher) == PRICE - FEE - ROYALTY
    assert (
        before - commons.test_dollar.balanceOf(buyer)
        == PRICE
        == commons.test_dollar.balanceOf(commons.data_market)
    )
    assert commons.access_pass.passCount() == passes
    told = receipt.decode_logs(commons.data_market.Purchased)[0]
    assert (told.buyer, told.pass_id, told.subject_id, told.royalty) == (buyer, 0, model_id, ROYALTY)
    assert commons.model_token.getApproved(model_id) == NOBODY


def test_buy_with_permit_of_a_model_itself_moves_it(commons, on_sale, model_id, provider):
    signature = permit_signature(commons, provider, commons.data_market.address, PRICE, deadline=MAX)

    commons.data_market.buy_with_permit(on_sale, PRICE, 1, MAX, *signature, sender=provider)

    assert commons.model_token.ownerOf(model_id) == provider


def test_buy_of_a_free_model_needs_no_money(commons, offer, model_id, researcher, stranger, credit):
    commons.model_token.approve(commons.data_market, model_id, sender=researcher)

    commons.data_market.buy(offer(price=0), 0, 1, sender=stranger)

    assert commons.model_token.ownerOf(model_id) == stranger
    assert credit(researcher) == 0


def test_new_owner_sells_on_and_the_first_seller_is_paid_once(
    commons, on_sale, offer, model_id, buyer, researcher, stranger, credit
):
    commons.data_market.buy(on_sale, PRICE, 1, sender=buyer)
    earned = credit(researcher)
    commons.model_token.approve(commons.data_market, model_id, sender=buyer)
    again = offer(sender=buyer, price=0)

    commons.data_market.buy(again, 0, 1, sender=stranger)

    assert commons.model_token.ownerOf(model_id) == stranger
    assert credit(researcher) == earned


def test_sale_of_a_model_ends_every_listing_of_it_and_keeps_the_passes(
    commons, on_sale, offer, model_id, buyer
):
    newest = offer(price=PRICE + 1)
    passes = offer(right=PREDICT, stock=0)
    commons.data_market.buy(passes, PRICE, 1, sender=buyer)
    pass_id = commons.access_pass.passCount()

    commons.data_market.buy(newest, PRICE + 1, 1, sender=buyer)

    with ape.reverts("DataMarket: sold out"):
        commons.data_market.buy(newest, MAX, 1, sender=buyer)
    for lapsed in (on_sale, passes):
        with ape.reverts("DataMarket: listing has lapsed"):
            commons.data_market.buy(lapsed, MAX, 1, sender=buyer)
    assert commons.access_pass.isUsable(pass_id, buyer, MODEL, model_id, PREDICT, 1)


def test_buy_of_a_model_whose_seller_did_not_approve_is_refused_before_money_moves(
    commons, offer, model_id, buyer, researcher
):
    listing_id, before = offer(), commons.test_dollar.balanceOf(buyer)

    with ape.reverts("DataMarket: seller has not approved the transfer"):
        commons.data_market.buy(listing_id, PRICE, 1, sender=buyer)

    assert commons.test_dollar.balanceOf(buyer) == before
    commons.model_token.setApprovalForAll(commons.data_market, True, sender=researcher)
    commons.data_market.buy(listing_id, PRICE, 1, sender=buyer)
    assert commons.model_token.ownerOf(model_id) == buyer


def test_buy_of_a_model_whose_approval_was_taken_back_is_refused(
    commons, on_sale, model_id, buyer, researcher
):
    commons.model_token.approve(NOBODY, model_id, sender=researcher)

    with ape.reverts("DataMarket: seller has not approved the transfer"):
        commons.data_market.buy(on_sale, PRICE, 1, sender=buyer)


def test_buy_of_a_model_by_its_seller_is_refused(commons, stage, on_sale, researcher):
    stage.approve_dollars(commons.data_market, owner=researcher)

    with ape.reverts("DataMarket: the seller cannot buy"):
        commons.data_market.buy(on_sale, PRICE, 1, sender=researcher)


def test_buy_of_a_model_above_the_maximum_or_while_paused_or_delisted_is_refused(
    commons, on_sale, buyer, researcher, timelock, member
):
    with ape.reverts("DataMarket: price is above the maximum"):
        commons.data_market.buy(on_sale, PRICE - 1, 1, sender=buyer)
    commons.parameter_book.set_guardian(member, sender=timelock)
    commons.parameter_book.pause(600, sender=member)
    with ape.reverts("DataMarket: purchases are paused"):
        commons.data_market.buy(on_sale, PRICE, 1, sender=buyer)
    commons.parameter_book.set_guardian(member, sender=timelock)
    commons.data_market.delist(on_sale, sender=researcher)
    with ape.reverts("DataMarket: listing is closed"):
        commons.data_market.buy(on_sale, PRICE, 1, sender=buyer)


def test_there_is_no_pass_of_ownership(commons, model_id, researcher, accounts):
    ape.networks.provider.set_balance(commons.addresses["DataMarket"], 10**18)
    market = accounts[commons.addresses["DataMarket"]]
    terms = (OWNERSHIP, 1, 0, 0)

    with ape.reverts(commons.access_pass.RightNotGrantable):
        commons.access_pass.grant(MODEL, model_id, researcher, *terms, sender=researcher)
    with ape.reverts(commons.access_pass.RightNotGrantable):
        commons.access_pass.issue(
            researcher, MODEL, model_id, *terms, commons.test_dollar, PRICE, sender=market
        )


@pytest.mark.attack("S08")
def test_seller_who_moves_the_model_away_before_the_purchase_is_paid_nothing(
    commons, on_sale, model_id, buyer, researcher, stranger
):
    before = commons.test_dollar.balanceOf(buyer)
    commons.model_token.transferFrom(researcher, stranger, model_id, sender=researcher)

    with ape.reverts("DataMarket: listing has lapsed"):
        commons.data_market.buy(on_sale, PRICE, 1, sender=buyer)
    commons.model_token.transferFrom(stranger, researcher, model_id, sender=stranger)
    commons.model_token.approve(commons.data_market, model_id, sender=researcher)
    with ape.reverts("DataMarket: listing has lapsed"):
        commons.data_market.buy(on_sale, PRICE, 1, sender=buyer)

    assert commons.test_dollar.balanceOf(buyer) == before


@pytest.mark.attack("S07")
def test_approval_of_all_models_gives_the_market_nothing_that_is_not_on_sale(
    commons, stage, offer, model_id, buyer, researcher, stranger
):
    """Of two models whose seller lets the market move all, only the one on sale goes, for its price."""
    kept = model_id - 1
    commons.model_token.setApprovalForAll(commons.data_market, True, sender=researcher)
    commons.model_token.setApprovalForAll(commons.data_market, True, sender=stranger)
    listing_id = offer()

    with ape.reverts("DataMarket: not the owner"):
        offer(subject_id=kept, sender=stranger, price=0)
    for move in (commons.model_token.transferFrom, commons.model_token.approve):
        arguments = (researcher, stranger, kept)[-len(move.abis[0].inputs) :]
        with ape.reverts():
            move(*arguments, sender=stranger)
    assert_refused(
        commons.data_market.buy,
        *(listing_id, PRICE, 1),
        sender=stranger,
        error=commons.test_dollar.ERC20InsufficientAllowance,
    )
    passes = offer(right=COMPUTE, stock=0, price=0)
    commons.data_market.buy(passes, 0, 1, sender=stranger)
    assert commons.model_token.ownerOf(model_id) == researcher

    commons.data_market.buy(listing_id, PRICE, 1, sender=buyer)

    assert (commons.model_token.ownerOf(model_id), commons.model_token.ownerOf(kept)) == (buyer, researcher)


@pytest.mark.attack("S40")
@pytest.mark.parametrize("inner", ["buy again", "withdraw", "take the model away"])
def test_re_entrant_token_at_the_sale_of_a_model_moves_it_once_and_pays_it_once(
    commons, offer, allow_token, model_id, deployer, researcher, provider, inner
):
    market, models = commons.data_market, commons.model_token
    token = allow_token(deploy_mock(deployer, "ReenteringToken", provider, 2 * PRICE))
    models.approve(market, model_id, sender=researcher)
    listing_id = offer(payment_token=token.address)
    calldata = {
        "buy again": (market, market.buy.encode_input(listing_id, PRICE, 1)),
        "withdraw": (market, market.withdraw_for.encode_input(researcher, token)),
        "take the model away": (models, models.transferFrom.encode_input(researcher, token, model_id)),
    }[inner]
    token.arm(*calldata, sender=deployer)

    market.buy(listing_id, PRICE, 1, sender=provider)

    assert token.entered()
    assert not token.succeeded()
    assert models.ownerOf(model_id) == provider
    assert market.get_listing(listing_id).sold == 1
    assert token.balanceOf(market) == PRICE


@pytest.mark.attack("S40")
def test_seller_whose_token_moves_the_model_away_while_it_is_paid_sells_nothing(
    commons, offer, allow_token, model_id, deployer, researcher, provider
):
    """The payment token is the seller's accomplice and may move its models too: all is undone."""
    token = allow_token(deploy_mock(deployer, "ReenteringToken", provider, PRICE))
    for operator in (commons.data_market, token):
        commons.model_token.setApprovalForAll(operator, True, sender=researcher)
    listing_id = offer(payment_token=token.address)
    away = commons.model_token.transferFrom.encode_input(researcher, token, model_id)
    token.arm(commons.model_token, away, sender=deployer)

    with ape.reverts(commons.model_token.ERC721InsufficientApproval):
        commons.data_market.buy(listing_id, PRICE, 1, sender=provider)

    assert commons.model_token.ownerOf(model_id) == researcher
    assert token.balanceOf(provider) == PRICE
