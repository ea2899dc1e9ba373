"""A model itself is sold: who owns the token predicts, lists and is paid; parents' owners get royalties."""

import pytest
from django.core.management import call_command

from chain.abi import Call
from chain.bindings import job_board, model_token, test_dollar
from marketplace.models import MarketCredit, ModelSale, Purchase
from qjobs.models import TrainedModel
from tests.integration.marketplace.acts import projected_rows
from tests.integration.qjobs.http import get, post, sign_and_send, signed_in
from tests.integration.qjobs.stage import DOLLARS, Stage

ROW = {"width": 0.9, "height": 1.1, "depth": 0.7}
PRICE = 4 * DOLLARS


def give(stage: Stage, wallet, units: int) -> None:
    call = test_dollar.TRANSFER.call(stage.at("TestDollar"), to=wallet.address, value=units)
    stage.transact(stage.people.researcher, call)


def buy(stage: Stage, wallet, listing_id: str) -> None:
    """As the page does it: a permit over the price, then one transaction."""
    client, path = signed_in(wallet), f"listings/{listing_id}/purchase"
    offer = post(client, path, {"mode": "permit"})
    permit = {
        "deadline": offer["deadline"],
        "signature": wallet.sign_typed_data(offer["typed_data"]),
    }
    agreed = {"max_price": offer["max_price"], "version": offer["version"]}
    prepared = post(client, path, {"mode": "permit", "permit": permit, **agreed})["transaction"]
    assert f"Buy model {details(prepared)['What changes hands'].split()[-2]} itself" in prepared["summary"]
    sign_and_send(stage, wallet, prepared)


def details(prepared: dict) -> dict[str, str]:
    return {one["label"]: one["value"] for one in prepared["details"]}


def hand_over(stage: Stage, owner, to, model_id: int) -> None:
    """A transfer beside the market."""
    call = model_token.TRANSFER_FROM.call(
        stage.at("ModelToken"), from_=owner.address, to=to.address, tokenId=model_id
    )
    stage.transact(owner, call)


def only_sale(client, model_id: int) -> dict:
    (listing,) = [
        one for one in get(client, f"listings?model={model_id}")["results"] if one["right"] == "own"
    ]
    return listing


def earned(wallet) -> int:
    row = MarketCredit.objects.filter(account=wallet.address).first()
    return 0 if row is None else int(row.earned_units)


def test_model_is_sold_by_its_owner_and_every_right_of_an_owner_goes_with_it(stage, people, approved_job):
    stage.settle_down()
    stage.pass_time(10)
    stage.settle_down(6)
    seller, buyer = people.researcher, people.member
    give(stage, buyer, 2 * PRICE)
    sellers, buyers = signed_in(seller), signed_in(buyer)
    token = stage.at("TestDollar")
    offer = {"price": str(PRICE), "payment_token": token}
    passes = {"price": str(DOLLARS), "payment_token": token}
    sign_and_send(stage, seller, post(sellers, "models/1/listings", passes)["transaction"])

    post(buyers, "models/1/sale", offer, status=403)
    selling = post(sellers, "models/1/sale", offer)
    sign_and_send(stage, seller, selling["transaction"])
    sale = only_sale(buyers, 1)
    path = f"listings/{sale['listing_id']}/purchase"
    refused = post(buyers, path, {"mode": "permit"}, status=409)
    assert refused["error"]["code"] == "handover_not_approved"
    sign_and_send(stage, seller, selling["approval"])
    second = post(sellers, "models/1/sale", offer)
    assert second["approval"] is None
    assert details(second["transaction"])["Takes the place of"] == f"listing {sale['listing_id']} at 4 TUSD"
    assert post(sellers, path, {"mode": "permit"}, status=409)["error"]["code"] == "buyer_is_seller"
    post(buyers, "models/1/predict", {"rows": [ROW]}, status=403)
    assert "the buyer becomes owner number 2" in buyers.get("/models/1").text

    buy(stage, buyer, sale["listing_id"])

    assert TrainedModel.objects.get(pk=1).owner == buyer.address
    assert stage.client.read(stage.at("ModelToken"), model_token.OWNER_OF, tokenId=1) == buyer.address
    states = {one["right"]: one["state"] for one in get(buyers, "listings?model=1")["results"]}
    assert states == {"own": "SOLD_OUT", "predict": "LAPSED"}
    assert post(buyers, path, {"mode": "permit"}, status=409)["error"]["code"] == "listing_not_open"
    assert post(buyers, "models/1/predict", {"rows": [ROW]})["pass_id"] == "0"
    post(sellers, "models/1/predict", {"rows": [ROW]}, status=403)
    assert "/models/1" in buyers.get("/account").text
    assert "Your models" not in sellers.get("/account").text
    sold = ModelSale.objects.get()
    assert (sold.seller, sold.buyer, sold.price_units) == (seller.address, buyer.address, PRICE)
    assert earned(seller) == PRICE - sold.treasury_fee_units
    assert Purchase.objects.count() == 0
    post(sellers, "models/1/sale", offer, status=403)
    assert post(buyers, "models/1/sale", offer)["approval"] is not None
    kept = projected_rows()
    call_command("rebuild_projections")
    assert projected_rows() == kept


@pytest.fixture
def child_and_parent(stage, people, requested_job) -> tuple[int, int]:
    """Model 2, whose parent is model 1; results are digests alone, since nobody asks for their bytes."""
    for number, parents in ((1, []), (2, [1])):
        job_id = requested_job if number == 1 else _requested_again(stage, parents)
        stage.approve_job(job_id)
        board = stage.at("JobBoard")
        stage.transact(people.executor, job_board.CLAIM.call(board, job_id=job_id, task=0))
        digest = f"0x{number:064x}"
        digests = dict.fromkeys(("artefact_digest", "metrics_digest", "run_record_digest"), digest)
        result = job_board.POST_RESULT.call(board, job_id=job_id, task=0, epoch=1, **digests)
        stage.transact(people.executor, result)
        stage.pass_time(10)
        stage.transact(people.stranger, job_board.SETTLE.call(board, job_id=job_id))
    stage.follow()
    return 2, 1


def _requested_again(stage: Stage, parents: list[int]) -> int:
    spec = stage.small_spec(1, "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy", title="Again")
    return stage.request_job(spec, parent_models=parents)


def test_owner_of_the_parent_is_credited_its_royalty_and_the_chain_of_owners_goes_on(
    stage, people, child_and_parent
):
    child, parent = child_and_parent
    seller, buyer, next_buyer, patron = people.researcher, people.member, people.rival, people.stranger
    hand_over(stage, seller, patron, parent)
    for wallet in (buyer, next_buyer):
        give(stage, wallet, PRICE)
    offer = {"price": str(PRICE), "payment_token": stage.at("TestDollar")}

    for owner, heir in ((seller, buyer), (buyer, next_buyer)):
        selling = post(signed_in(owner), f"models/{child}/sale", offer)
        assert details(selling["approval"])["Model"] == f"{child}, this one alone"
        for prepared in (selling["approval"], selling["transaction"]):
            sign_and_send(stage, owner, prepared)
        (sale,) = get(signed_in(heir), f"listings?model={child}&state=OPEN")["results"]
        told = get(signed_in(heir), f"listings/{sale['listing_id']}")["quote"]
        royalty, fee, before = int(told["royalty"]), int(told["treasury_fee"]), earned(patron)
        assert royalty > 0
        buy(stage, heir, sale["listing_id"])

        assert TrainedModel.objects.get(pk=child).owner == heir.address
        assert earned(patron) - before == royalty
        assert earned(owner) == PRICE - royalty - fee
    assert ModelSale.objects.filter(token_id=child).count() == 2
    assert "the buyer becomes owner number" not in signed_in(patron).get(f"/models/{child}").text


def test_model_that_moved_on_since_the_page_was_read_is_refused_before_anybody_signs(
    stage, people, child_and_parent
):
    seller, buyer, heir = people.researcher, people.member, people.rival
    give(stage, buyer, PRICE)
    offer = {"price": str(PRICE), "payment_token": stage.at("TestDollar")}
    selling = post(signed_in(seller), "models/2/sale", offer)
    for prepared in (selling["approval"], selling["transaction"]):
        sign_and_send(stage, seller, prepared)
    sale = only_sale(signed_in(buyer), 2)
    path = f"listings/{sale['listing_id']}/purchase"
    post(signed_in(buyer), path, {"mode": "permit"})

    hand_over(stage, seller, heir, 2)  # not in our rows yet

    for mode in ("permit", "approve"):
        refused = post(signed_in(buyer), path, {"mode": mode}, status=409)
        assert "ended when its subject was transferred" in refused["error"]["message"]
    stage.follow()
    assert only_sale(signed_in(buyer), 2)["state"] == "LAPSED"


def test_newer_offer_takes_the_place_of_the_older_at_once_in_rows_and_before_anybody_signs(
    stage, people, child_and_parent
):
    seller, buyer = people.researcher, people.member
    give(stage, buyer, PRICE)
    sellers, buyers, token = signed_in(seller), signed_in(buyer), stage.at("TestDollar")
    selling = post(sellers, "models/2/sale", {"price": str(PRICE // 2), "payment_token": token})
    for prepared in (selling["approval"], selling["transaction"]):
        sign_and_send(stage, seller, prepared)
    older = only_sale(buyers, 2)["listing_id"]
    again = post(sellers, "models/2/sale", {"price": str(PRICE), "payment_token": token})["transaction"]

    stage.transact(seller, Call(again["to"], bytes.fromhex(again["data"][2:])))  # not in our rows yet

    for mode in ("permit", "approve"):
        refused = post(buyers, f"listings/{older}/purchase", {"mode": mode}, status=409)
        assert refused["error"]["message"] == f"listing {older} was replaced by a newer offer"
    stage.follow()
    assert get(buyers, f"listings/{older}")["state"] == "REPLACED"
    (newest,) = get(buyers, "listings?model=2&state=OPEN")["results"]
    assert int(newest["listing_id"]) == int(older) + 1
    buy(stage, buyer, newest["listing_id"])
    assert TrainedModel.objects.get(pk=2).owner == buyer.address
