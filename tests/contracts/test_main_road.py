"""The main job from end to end: publish, list, buy, request, vote, execute, claim, post, settle, withdraw."""

from ballots import job_ballot
from commons import DOLLARS
from permits import permit_signature
from stage import ARTEFACT, MAX, PAY_PER_TASK, SPEC_DIGEST, WINDOW_SECONDS

PRICE = 10 * DOLLARS
JOB_FEE = 2 * DOLLARS


def test_main_road_ends_with_a_model_and_everybody_paid(
    commons, stage, provider, contributor, researcher, member, executor, stranger
):
    dollars_before = commons.test_dollar.totalSupply()
    dataset_id = stage.publish(
        payees=[provider, contributor],
        parts=[8_000, 2_000],
        jobFeeToken=commons.test_dollar.address,
        jobFee=JOB_FEE,
    )
    listing_id = stage.list_compute(dataset_id)

    to_market = permit_signature(commons, researcher, commons.data_market.address, PRICE, deadline=MAX)
    commons.data_market.buy_with_permit(listing_id, PRICE, 1, MAX, *to_market, sender=researcher)
    request = stage.job_request([dataset_id], [commons.access_pass.passCount()])
    escrow = sum(commons.job_board.quote_escrow(request))
    to_board = permit_signature(commons, researcher, commons.job_board.address, escrow, deadline=MAX)
    commons.job_board.request_with_permit(SPEC_DIGEST, request, escrow, MAX, *to_board, sender=researcher)
    job_id = commons.job_board.job_count()

    commons.vote_token.invoke_transaction("delegate", member, sender=member)
    stage.wait(1)
    job_ballot(stage, job_id, SPEC_DIGEST).carry(stage, by=member)

    stage.post(stage.claim(job_id))
    stage.wait(WINDOW_SECONDS)
    commons.job_board.settle(job_id, sender=stranger)
    commons.job_board.withdraw(commons.test_dollar, sender=executor)
    for payee in (provider, contributor):
        commons.data_market.withdraw(commons.test_dollar, sender=payee)
        commons.job_board.withdraw(commons.test_dollar, sender=payee)

    model_id = commons.job_board.get_job(job_id).model_id
    market_share = PRICE * 975 // 1_000
    assert commons.model_token.ownerOf(model_id) == researcher
    assert commons.model_token.modelOf(model_id).artefactDigest == ARTEFACT
    assert commons.test_dollar.balanceOf(executor) == PAY_PER_TASK
    assert commons.test_dollar.balanceOf(contributor) == (market_share + JOB_FEE) // 5
    assert stage.obligations() == 0
    treasury = sum(
        contract.credit_of(commons.timelock, commons.test_dollar)
        for contract in (commons.data_market, commons.job_board)
    )
    assert treasury == (PRICE + PAY_PER_TASK) * 250 // 10_000
    assert commons.test_dollar.totalSupply() == dollars_before
