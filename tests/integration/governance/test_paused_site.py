"""While the guardian's pause runs (F34): pages say what stands still until when, and nobody signs in vain."""

import pytest

from tests.integration.governance.test_typed_proposals import carry_out, list_dataset, member, propose
from tests.integration.qjobs.http import get, post, sign_and_send, signed_in

__all__ = ["member"]
BANNER = "Paused until"


@pytest.mark.fault("F34")
def test_pause_is_told_on_every_page_and_what_it_stops_is_refused_in_words_until_it_ends(
    stage, people, member
):
    listing = list_dataset(stage)
    buyer, buying = signed_in(people.researcher), f"listings/{listing}/purchase"
    guardian = people.stranger
    carry_out(stage, people, propose(member, "guardian", {"guardian": guardian.address}))
    for transaction in post(buyer, buying, {"mode": "approve"})["transactions"][:1]:
        sign_and_send(stage, people.researcher, transaction)
    offer = post(buyer, buying, {"mode": "permit"})
    permit = {
        "deadline": offer["deadline"],
        "signature": people.researcher.sign_typed_data(offer["typed_data"]),
    }
    signed = {
        "mode": "permit",
        "permit": permit,
        "max_price": offer["max_price"],
        "version": offer["version"],
    }
    post(buyer, buying, signed)

    sign_and_send(stage, guardian, post(signed_in(guardian), "pauses", {"seconds": 3600})["transaction"])

    pages = [buyer.get(path).text for path in ("/", "/datasets", "/jobs", "/proposals", "/account")]
    refused = post(buyer, buying, signed, status=409)["error"]
    assert [BANNER in page for page in pages] == [True] * len(pages)
    assert "paused" in refused["message"]
    assert get(buyer, f"listings/{listing}")["state"] == "OPEN"
    stage.pass_time(3601)
    stage.follow()
    assert BANNER not in buyer.get("/").text
    again = post(buyer, buying, {"mode": "approve"})["transactions"]
    sign_and_send(stage, people.researcher, again[-1])
    assert get(buyer, f"listings/{listing}")["sold"] == 1
