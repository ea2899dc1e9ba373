"""DataMarket: who may list, change and end a listing."""

import ape
import pytest
from commons import DOLLARS
from stage import COMPUTE, DATASET, DOWNLOAD, MODEL, PREDICT, policy


def test_create_listing_by_the_owner_is_told_and_kept(commons, stage, provider):
    dataset_id = stage.publish()

    listing_id = stage.list_compute(dataset_id, price=7 * DOLLARS, stock=3)

    kept = commons.data_market.get_listing(listing_id)
    assert (kept.subject_id, kept.seller, kept.right) == (dataset_id, provider, COMPUTE)
    assert (kept.price, kept.stock, kept.sold, kept.delisted) == (7 * DOLLARS, 3, 0, False)


def test_terms_of_a_listing_keep_their_largest_values(commons, stage, provider, researcher):
    largest = {
        "price": 2**256 - 1,
        "stock": 2**32 - 1,
        "pass_seconds": 2**64 - 1,
        "pass_uses": 2**32 - 1,
        "closes_at": 2**64 - 1,
    }
    dataset_id = stage.publish()
    listing_id = stage.list_compute(dataset_id, **largest)

    commons.data_market.set_price(listing_id, 0, sender=provider)
    free = commons.data_market.get_listing(listing_id)
    commons.data_market.set_price(listing_id, largest["price"], sender=provider)
    commons.data_market.delist(listing_id, sender=provider)
    kept = commons.data_market.get_listing(listing_id)

    assert {name: getattr(kept, name) for name in largest} == largest
    assert (free.price, free.delisted, kept.delisted) == (0, False, True)
    assert (kept.seller, kept.payment_token) == (provider, commons.test_dollar)
    assert (kept.subject_kind, kept.subject_id, kept.right, kept.version) == (0, dataset_id, 2, 1)
    assert (kept.sold, kept.subject_epoch) == (0, commons.access_pass.subjectEpoch(0, dataset_id))


def test_purchases_count_and_change_no_other_term(commons, stage, researcher, provider):
    dataset_id = stage.publish()
    commons.dataset_token.transferFrom(provider, researcher, dataset_id, sender=provider)
    commons.dataset_token.transferFrom(researcher, provider, dataset_id, sender=researcher)
    listing_id = stage.list_compute(dataset_id, stock=2**32 - 1, pass_uses=7)
    before = commons.data_market.get_listing(listing_id)
    stage.approve_dollars(commons.data_market)

    for _ in range(2):
        commons.data_market.buy(listing_id, before.price, 1, sender=researcher)

    after = commons.data_market.get_listing(listing_id)
    assert (before.sold, after.sold, after.subject_epoch) == (0, 2, 2)
    assert [value for name, value in after.items() if name != "sold"] == [
        value for name, value in before.items() if name != "sold"
    ]


def test_create_listing_by_stranger_is_refused(commons, stage, stranger):
    dataset_id = stage.publish()
    token = commons.test_dollar

    with ape.reverts("DataMarket: not the owner"):
        commons.data_market.create_listing(
            DATASET, dataset_id, COMPUTE, 1, token, 1, 0, 0, 0, 0, sender=stranger
        )


@pytest.mark.parametrize("subject", [{"subject_id": 10**6}, {"subject_kind": MODEL}, {"subject_kind": 2}])
def test_create_listing_of_what_does_not_exist_is_refused(stage, subject):
    dataset_id = stage.publish()

    with ape.reverts("DataMarket: not the owner"):
        stage.list_compute(dataset_id, **subject)


@pytest.mark.parametrize(
    ("terms", "right"),
    [
        (policy(compute=False), COMPUTE),
        (policy(download=False), DOWNLOAD),
        (policy(), PREDICT),
        (policy(), 0),
    ],
)
def test_create_listing_beyond_the_policy_is_refused(stage, terms, right):
    dataset_id = stage.publish(policy=terms)

    with ape.reverts("DataMarket: policy does not allow the right"):
        stage.list_compute(dataset_id, right=right)


def test_create_listing_of_a_retired_dataset_is_refused(commons, stage, provider):
    dataset_id = stage.publish()
    commons.dataset_token.retire(dataset_id, sender=provider)

    with ape.reverts("DataMarket: policy does not allow the right"):
        stage.list_compute(dataset_id)


@pytest.mark.parametrize("version", [0, 2])
def test_create_listing_of_a_version_that_does_not_exist_is_refused(stage, version):
    dataset_id = stage.publish()

    with ape.reverts("DataMarket: no such version"):
        stage.list_compute(dataset_id, version=version)


def test_create_listing_in_a_token_that_members_did_not_allow_is_refused(commons, stage):
    dataset_id = stage.publish()

    with ape.reverts("DataMarket: payment token is not allowed"):
        stage.list_compute(dataset_id, payment_token=commons.addresses["VoteToken"])


def test_create_listing_that_closes_in_the_past_is_refused(stage):
    dataset_id = stage.publish()

    with ape.reverts("DataMarket: closes in the past"):
        stage.list_compute(dataset_id, closes_at=1)


def test_set_price_by_the_seller_holds_for_later_buyers(commons, stage, provider):
    listing_id = stage.list_compute(stage.publish(), price=10)

    receipt = commons.data_market.set_price(listing_id, 12, sender=provider)

    assert commons.data_market.get_listing(listing_id).price == 12
    changed = receipt.decode_logs(commons.data_market.PriceSet)[0]
    assert (changed.old_price, changed.new_price) == (10, 12)


def test_set_price_by_others_is_refused(commons, stage, stranger, timelock):
    listing_id = stage.list_compute(stage.publish())

    for outsider in (stranger, timelock):
        with ape.reverts("DataMarket: not the seller"):
            commons.data_market.set_price(listing_id, 12, sender=outsider)


@pytest.mark.parametrize("role", ["provider", "timelock"])
def test_delist_by_the_seller_or_the_dao_ends_the_listing(commons, stage, researcher, request, role):
    by = request.getfixturevalue(role)
    listing_id = stage.list_compute(stage.publish(), price=0)

    receipt = commons.data_market.delist(listing_id, sender=by)

    assert receipt.decode_logs(commons.data_market.Delisted)[0].by == by
    with ape.reverts("DataMarket: listing is closed"):
        commons.data_market.buy(listing_id, 0, 1, sender=researcher)
    with ape.reverts("DataMarket: already delisted"):
        commons.data_market.delist(listing_id, sender=by)


def test_delist_by_stranger_is_refused(commons, stage, stranger):
    listing_id = stage.list_compute(stage.publish())

    with ape.reverts("DataMarket: not the seller"):
        commons.data_market.delist(listing_id, sender=stranger)


@pytest.mark.parametrize("call", ["delist", "get_listing", "quote"])
def test_calls_on_a_listing_that_does_not_exist_are_refused(commons, timelock, call):
    with ape.reverts("DataMarket: no such listing"):
        getattr(commons.data_market, call)(10**6, sender=timelock)


def test_model_can_be_listed_by_its_owner(commons, stage, researcher, stranger):
    model_id = stage.settled_model()
    token = commons.test_dollar
    arguments = (MODEL, model_id, PREDICT, 1, token, 0, 0, 0, 0, 0)

    with ape.reverts("DataMarket: not the owner"):
        commons.data_market.create_listing(*arguments, sender=stranger)
    commons.data_market.create_listing(*arguments, sender=researcher)
    listing_id = commons.data_market.listing_count()
    commons.data_market.buy(listing_id, 0, 1, sender=stranger)

    pass_id = commons.access_pass.passCount()
    assert commons.access_pass.isUsable(pass_id, stranger, MODEL, model_id, PREDICT, 1)
