"""The contracts on the shared vectors (tests/vectors/contracts), which hold the app's rules as well."""

import json

import pytest
from deployment.parameters import short_name
from eth_account.messages import encode_typed_data
from eth_utils import keccak
from permits import BALLOT, PERMIT, permit_signature
from stage import COMPUTE, MAX, version
from toolchain import ROOT

VECTORS = ROOT / "tests" / "vectors" / "contracts"


def _read(name):
    return json.loads((VECTORS / f"{name}.json").read_text())


def _written_type(name, fields):
    return f"{name}({','.join(field['type'] + ' ' + field['name'] for field in fields)})"


@pytest.fixture
def set_fee(commons, timelock):
    return lambda key, bps: commons.parameter_book.set_value(short_name(key), bps, sender=timelock)


@pytest.mark.parametrize("sale", _read("money")["sales"], ids=lambda sale: str(sale["price"]))
def test_sale_is_split_as_the_vector_says(commons, stage, accounts, researcher, set_fee, sale):
    payees = [accounts.generate_test_account() for _ in sale["parts"]]
    set_fee("market_fee_bps", sale["fee_bps"])
    listing_id = stage.list_compute(stage.publish(payees=payees, parts=sale["parts"]), price=sale["price"])
    commons.test_dollar.approve(commons.data_market, MAX, sender=researcher)

    commons.data_market.buy(listing_id, sale["price"], 1, sender=researcher)

    credits = [commons.data_market.credit_of(payee, commons.test_dollar) for payee in payees]
    assert credits == sale["shares"]
    assert commons.data_market.credit_of(commons.timelock, commons.test_dollar) == sale["treasury_fee"]


@pytest.mark.parametrize("settled", _read("money")["settlements"], ids=lambda settled: str(settled["escrow"]))
def test_settlement_pays_as_the_vector_says(commons, stage, accounts, researcher, executor, set_fee, settled):
    payee = accounts.generate_test_account()
    set_fee("job_fee_bps", settled["fee_bps"])
    terms = {
        "jobFeeToken": commons.test_dollar.address,
        "jobFee": settled["fee_per_dataset"],
        "payees": [payee],
    }
    datasets = [stage.publish(**terms) for _ in range(settled["tasks"])]
    passes = [stage.grant(dataset_id) for dataset_id in datasets]
    job_id = stage.request_job(datasets, passes, tasks=settled["tasks"], pay_per_task=settled["pay_per_task"])
    assert stage.obligations() == settled["escrow"]
    stage.approve(job_id)
    for task in range(settled["tasks_posted"]):
        stage.post(stage.claim(job_id, task), task)
    if settled["tasks_posted"] < settled["tasks"]:
        stage.wait(10_000)
        commons.job_board.expire(job_id, sender=executor)

    stage.settle(job_id)

    found = {account: stage.credit(account) for account in (executor, payee, researcher)}
    assert found == {
        executor: settled["executor"],
        payee: settled["payees"],
        researcher: settled["requester"],
    }
    assert stage.credit(stage.timelock) == settled["treasury"]


@pytest.mark.parametrize(
    "case", _read("money")["refunds"], ids=lambda case: f"{case['price']}-{case['refund']}"
)
def test_refund_of_a_revoked_pass_is_the_vectors(commons, stage, researcher, case):
    dataset_id = stage.publish()
    terms = {"price": case["price"], "pass_seconds": case["pass_seconds"], "pass_uses": case["uses"]}
    listing_id = stage.list_compute(dataset_id, **terms)
    commons.test_dollar.approve(commons.data_market, MAX, sender=researcher)
    commons.data_market.buy(listing_id, case["price"], 1, sender=researcher)
    pass_id, bought_at = commons.access_pass.passCount(), stage.chain.blocks.head.timestamp
    for _ in range(case["uses_taken"]):
        stage.request_job([dataset_id], [pass_id])
    if case["elapsed_seconds"]:
        stage.chain.mine(timestamp=bought_at + case["elapsed_seconds"])

    assert commons.access_pass.passOf(pass_id).right == COMPUTE
    assert commons.access_pass.refundOf(pass_id) == case["refund"]


@pytest.mark.parametrize("digest", _read("digests"), ids=lambda digest: digest["digest"][:10])
def test_token_uri_is_the_address_of_the_document(commons, stage, digest):
    described = version() | {"metadataDigest": bytes.fromhex(digest["digest"][2:])}

    dataset_id = stage.publish(version=described)

    assert commons.dataset_token.tokenURI(dataset_id) == digest["token_uri"]


def test_governor_hashes_the_ballot_types_of_the_vectors(commons):
    types = _read("typed_data")

    assert commons.commons_governor.BALLOT_TYPEHASH() == keccak(text=types["Ballot"])
    assert commons.commons_governor.EXTENDED_BALLOT_TYPEHASH() == keccak(text=types["ExtendedBallot"])


def test_signatures_over_the_vectors_types_are_taken_by_the_contracts(commons, stage, researcher, stranger):
    types = _read("typed_data")
    assert _written_type("Permit", PERMIT) == types["Permit"]
    assert _written_type("Ballot", BALLOT) == types["Ballot"]
    signature = permit_signature(commons, researcher, stranger.address, 5, deadline=MAX)
    fields = types["Delegation"].removeprefix("Delegation(").rstrip(")").split(",")
    delegation = encode_typed_data(
        domain_data={
            "name": "Qommons Vote",
            "version": "1",
            "chainId": commons.record["chain_id"],
            "verifyingContract": commons.vote_token.address,
        },
        message_types={
            "Delegation": [dict(zip(("type", "name"), field.split(), strict=True)) for field in fields]
        },
        message_data={"delegatee": stranger.address, "nonce": 0, "expiry": MAX},
    )
    signed = researcher.sign_message(delegation)

    commons.test_dollar.permit(researcher, stranger, 5, MAX, *signature, sender=stranger)
    commons.vote_token.delegateBySig(stranger, 0, MAX, signed.v, signed.r, signed.s, sender=stranger)

    assert commons.test_dollar.allowance(researcher, stranger) == 5
    assert commons.vote_token.getVotes(stranger) == commons.vote_token.balanceOf(researcher)
