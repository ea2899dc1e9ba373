"""A settled model's passes: listed by its owner, bought by a stranger, and the model asked by it."""

from chain.bindings import test_dollar
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
    for transaction in buying["transactions"]:
        sign_and_send(stage, buyer, transaction)
    as_holder = post(buyers, f"{path}/predict", {"rows": [row]})
    as_owner = post(sellers, f"{path}/predict", {"rows": [row]})

    assert listing["subject"] == {"kind": "model", "id": model["token_id"]}
    assert (as_owner["pass_id"], int(as_holder["pass_id"]) > 0) == ("0", True)
    assert as_holder["results"] == as_owner["results"]
    assert (as_holder["label"], as_holder["positive_label"]) == ("kind", "b")
