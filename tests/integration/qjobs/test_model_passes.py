"""A settled model's passes: listed by its owner, bought by a stranger, and the model asked by it."""

from importlib import import_module

from django.db import connection, transaction

from chain.bindings import model_token, test_dollar
from chain.journal import unrecorded_scope
from marketplace.models import Listing, ModelTransfers
from tests.integration.marketplace.acts import projected_rows
from tests.integration.qjobs.http import get, post, sign_and_send, signed_in
from tests.integration.qjobs.stage import DOLLARS


def test_pass_to_predict_is_listed_bought_and_used(stage, people, approved_job):
    stage.settle_down()
    stage.pass_time(10)
    stage.settle_down(6)
    dollar, buyer = stage.at("TestDollar"), people.member
    stage.transact(people.researcher, test_dollar.TRANSFER.call(dollar, to=buyer.address, value=3 * DOLLARS))
    row = {"width": 0.9, "height": 1.1, "depth": 0.7}
    sellers, buyers = signed_in(people.researcher), signed_in(buyer)
    (model,) = get(sellers, "models")["results"]
    path = f"models/{model['token_id']}"

    post(buyers, f"{path}/predict", {"rows": [row]}, status=403)
    offer = {"price": str(3 * DOLLARS), "payment_token": dollar}
    post(buyers, f"{path}/listings", offer, status=403)
    sign_and_send(stage, people.researcher, post(sellers, f"{path}/listings", offer)["transaction"])
    (listing,) = get(buyers, f"listings?model={model['token_id']}&state=OPEN")["results"]
    buying = post(buyers, f"listings/{listing['listing_id']}/purchase", {"mode": "approve"})
    for prepared in buying["transactions"]:
        sign_and_send(stage, buyer, prepared)
    as_holder = post(buyers, f"{path}/predict", {"rows": [row]})
    as_owner = post(sellers, f"{path}/predict", {"rows": [row]})

    assert listing["subject"] == {"kind": "model", "id": model["token_id"]}
    assert (as_owner["pass_id"], int(as_holder["pass_id"]) > 0) == ("0", True)
    assert as_holder["results"] == as_owner["results"]
    assert (as_holder["label"], as_holder["positive_label"]) == ("kind", "b")


def test_transfer_of_a_model_ends_its_listings_and_the_new_owner_lists_again(stage, people, approved_job):
    stage.settle_down()
    stage.pass_time(10)
    stage.settle_down(10)
    seller, heir = people.researcher, people.member
    offer = {"price": str(DOLLARS), "payment_token": stage.at("TestDollar")}
    reader = signed_in(people.stranger)
    (model,) = get(reader, "models")["results"]
    path = f"models/{model['token_id']}"
    sign_and_send(stage, seller, post(signed_in(seller), f"{path}/listings", offer)["transaction"])
    (first,) = get(reader, "listings?state=OPEN")["results"]

    _hand_over(stage, seller, heir, model["token_id"])

    assert get(reader, "listings?state=OPEN")["results"] == []
    ended = get(reader, f"listings/{first['listing_id']}")
    words = "ended when its subject was transferred or retired"
    assert (first["state"], ended["state"], ended["state_text"]) == ("OPEN", "LAPSED", words)
    page = reader.get(f"/{path}").text
    assert f"listings/{first['listing_id']}/purchase" not in page
    assert words in page
    refused = post(reader, f"listings/{first['listing_id']}/purchase", {"mode": "approve"}, status=409)
    assert refused["error"]["code"] == "listing_not_open"
    assert words in refused["error"]["message"]
    post(signed_in(seller), f"{path}/listings", offer, status=403)

    sign_and_send(stage, heir, post(signed_in(heir), f"{path}/listings", offer)["transaction"])

    (second,) = get(reader, "listings?state=OPEN")["results"]
    assert (second["seller"], second["subject"]) == (heir.address, first["subject"])
    assert f"listings/{second['listing_id']}/purchase" in reader.get(f"/{path}").text
    _rows_of_an_upgraded_site_follow_from_its_events(stage)


def _hand_over(stage, owner, heir, token_id: str) -> None:
    call = model_token.TRANSFER_FROM.call(
        stage.at("ModelToken"), from_=owner.address, to=heir.address, tokenId=int(token_id)
    )
    stage.transact(owner, call)
    stage.follow()


def _rows_of_an_upgraded_site_follow_from_its_events(stage) -> None:
    """What the migration counts is what the projection counted; a reorganisation takes either back."""
    counted = projected_rows()
    with transaction.atomic(), unrecorded_scope():
        ModelTransfers.objects.all().delete()
        Listing.objects.update(subject_epoch=0)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM chain_journal WHERE table_name = 'marketplace_modeltransfers'")
        assert projected_rows() != counted

        cursor.execute(import_module("marketplace.migrations.0006_model_transfers").BACKFILL)

    assert projected_rows() == counted
    stage.node.rpc("anvil_reorg", 2, [])
    stage.follow()
    assert (ModelTransfers.objects.count(), Listing.objects.count()) == (0, 1)
