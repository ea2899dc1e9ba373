"""Attacks on money and signatures, each as the attacker would run it (ids of the reliability list)."""

import ape
import pytest
from commons import DOLLARS
from mock_contracts import deploy_mock
from permits import permit_signature
from refusals import assert_refused
from stage import MAX, SPEC_DIGEST, version

PRICE = 10 * DOLLARS
CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


@pytest.fixture
def listing_id(stage) -> int:
    return stage.list_compute(stage.publish())


@pytest.mark.attack("S05")
@pytest.mark.parametrize(
    "elsewhere", [{"chainId": 1}, {"verifyingContract": "0x" + "11" * 20}, {"version": "2"}]
)
def test_permit_signed_for_another_chain_or_contract_pays_nothing(commons, listing_id, researcher, elsewhere):
    market = commons.data_market
    signature = permit_signature(commons, researcher, market.address, PRICE, deadline=MAX, **elsewhere)

    assert_refused(
        market.buy_with_permit,
        *(listing_id, PRICE, 1, MAX, *signature),
        sender=researcher,
        error=commons.test_dollar.ERC20InsufficientAllowance,
    )


@pytest.mark.attack("S05")
def test_permit_pays_once(commons, listing_id, researcher):
    market = commons.data_market
    signature = permit_signature(commons, researcher, market.address, PRICE, deadline=MAX)
    market.buy_with_permit(listing_id, PRICE, 1, MAX, *signature, sender=researcher)

    assert_refused(
        market.buy_with_permit,
        *(listing_id, PRICE, 1, MAX, *signature),
        sender=researcher,
        error=commons.test_dollar.ERC20InsufficientAllowance,
    )


@pytest.mark.attack("S05")
def test_permit_for_the_market_is_no_permit_for_the_board(commons, stage, researcher):
    dataset_id = stage.publish()
    request = stage.job_request([dataset_id], [stage.grant(dataset_id)])
    signature = permit_signature(commons, researcher, commons.data_market.address, 10**12, deadline=MAX)

    assert_refused(
        commons.job_board.request_with_permit,
        *(SPEC_DIGEST, request, 10**12, MAX, *signature),
        sender=researcher,
        error=commons.test_dollar.ERC20InsufficientAllowance,
    )


@pytest.mark.attack("S06")
@pytest.mark.parametrize("forgery", ["high s", "v of nobody", "zero r", "zero s", "another r"])
def test_permit_with_a_twisted_signature_is_refused(commons, researcher, stranger, forgery):
    spender = commons.data_market.address
    v, r, s = permit_signature(commons, researcher, spender, PRICE, deadline=MAX)
    high_s = (CURVE_ORDER - int.from_bytes(s, "big")).to_bytes(32, "big")
    twisted = {
        "high s": (55 - v, r, high_s),
        "v of nobody": (29, r, s),
        "zero r": (v, bytes(32), s),
        "zero s": (v, r, bytes(32)),
        "another r": (v, s, r),
    }[forgery]

    with pytest.raises(ape.exceptions.ContractLogicError):
        commons.test_dollar.permit(researcher, spender, PRICE, MAX, *twisted, sender=stranger)
    commons.test_dollar.permit(researcher, spender, PRICE, MAX, v, r, s, sender=stranger)

    assert commons.test_dollar.allowance(researcher, spender) == PRICE


@pytest.mark.attack("S07")
def test_allowance_to_our_contracts_pays_nobody_elses_calls(commons, stage, listing_id, researcher, stranger):
    for spender in (commons.data_market, commons.job_board, commons.access_pass):
        stage.approve_dollars(spender, owner=researcher)
    signature = permit_signature(commons, researcher, commons.data_market.address, PRICE, deadline=MAX)
    before = commons.test_dollar.balanceOf(researcher)
    owned = stage.publish()
    commons.dataset_token.transferFrom(stage.provider, stranger, owned, sender=stage.provider)
    request = stage.job_request([owned], [0])
    unpaid = commons.test_dollar.ERC20InsufficientAllowance

    assert_refused(commons.data_market.buy, listing_id, PRICE, 1, sender=stranger, error=unpaid)
    arguments = (listing_id, PRICE, 1, MAX, *signature)
    assert_refused(commons.data_market.buy_with_permit, *arguments, sender=stranger, error=unpaid)
    assert_refused(commons.job_board.request, SPEC_DIGEST, request, MAX, sender=stranger, error=unpaid)
    with ape.reverts("Credits: nothing to withdraw"):
        commons.job_board.withdraw_for(researcher, commons.test_dollar, sender=stranger)

    assert commons.test_dollar.balanceOf(researcher) == before


@pytest.mark.attack("S08")
def test_price_raised_or_version_changed_before_the_purchase_takes_nothing(
    commons, stage, listing_id, researcher, provider
):
    stage.approve_dollars(commons.data_market)
    before = commons.test_dollar.balanceOf(researcher)
    commons.data_market.set_price(listing_id, 100 * PRICE, sender=provider)
    with ape.reverts("DataMarket: price is above the maximum"):
        commons.data_market.buy(listing_id, PRICE, 1, sender=researcher)
    commons.data_market.set_price(listing_id, PRICE, sender=provider)
    dataset_id = commons.data_market.get_listing(listing_id).subject_id
    commons.dataset_token.publishVersion(dataset_id, version(2), sender=provider)

    with ape.reverts("DataMarket: version has changed"):
        commons.data_market.buy(listing_id, PRICE, 1, sender=researcher)

    assert commons.test_dollar.balanceOf(researcher) == before


@pytest.mark.attack("S09")
def test_permit_brought_first_by_a_stranger_stops_neither_purchase_nor_request(
    commons, stage, listing_id, researcher, stranger
):
    dataset_id = stage.publish()
    request = stage.job_request([dataset_id], [stage.grant(dataset_id)])
    escrow = sum(commons.job_board.quote_escrow(request))
    market, board, dollar = commons.data_market, commons.job_board, commons.test_dollar
    to_market = permit_signature(commons, researcher, market.address, PRICE, deadline=MAX)
    dollar.permit(researcher, market, PRICE, MAX, *to_market, sender=stranger)
    market.buy_with_permit(listing_id, PRICE, 1, MAX, *to_market, sender=researcher)
    to_board = permit_signature(commons, researcher, board.address, escrow, deadline=MAX)
    dollar.permit(researcher, board, escrow, MAX, *to_board, sender=stranger)

    board.request_with_permit(SPEC_DIGEST, request, escrow, MAX, *to_board, sender=researcher)

    assert stage.obligations() == escrow
    assert dollar.balanceOf(market) == PRICE


@pytest.mark.attack("S40")
def test_token_that_keeps_a_fee_buys_nothing_and_requests_nothing(
    commons, stage, allow_token, deployer, researcher
):
    token = allow_token(deploy_mock(deployer, "FeeToken", researcher, 10_000 * DOLLARS))
    listing_id = stage.list_compute(stage.publish(), payment_token=token.address)
    for spender in (commons.data_market, commons.job_board):
        token.approve(spender, MAX, sender=researcher)

    with ape.reverts("Credits: token keeps a fee"):
        commons.data_market.buy(listing_id, PRICE, 1, sender=researcher)
    request = stage.job_request([], [], payment_token=token.address)
    with ape.reverts("Credits: token keeps a fee"):
        commons.job_board.request(SPEC_DIGEST, request, MAX, sender=researcher)

    assert commons.job_board.open_obligations(token) == 0


@pytest.mark.attack("S40")
@pytest.mark.parametrize("call", ["withdraw", "settle", "cancel"])
def test_re_entrant_token_is_paid_once_and_settles_nothing_twice(
    commons, stage, allow_token, deployer, researcher, call
):
    board = commons.job_board
    token = allow_token(deploy_mock(deployer, "ReenteringToken", researcher, 10_000 * DOLLARS))
    stage.request_job([], [], payment_token=token.address)
    job_id = board.job_count()
    stage.approve(job_id)
    stage.settle(stage.post(stage.claim(job_id)))
    owed = board.credit_of(stage.executor, token)
    inner = {
        "withdraw": board.withdraw_for.encode_input(stage.executor, token),
        "settle": board.settle.encode_input(job_id),
        "cancel": board.cancel.encode_input(job_id),
    }[call]
    token.arm(board, inner, sender=deployer)

    board.withdraw(token, sender=stage.executor)

    assert token.entered()
    assert not token.succeeded()
    assert token.balanceOf(stage.executor) == owed > 0
    assert board.credit_of(stage.executor, token) == 0
