"""The DAO over the API: what the server prepares is what the chain takes."""

from base64 import b64encode
from urllib.parse import urlencode

import pytest
from django.test import Client

from chain.abi import short_name
from chain.bindings import parameter_book
from tests.integration.qjobs.http import get, post, sign_and_send, signed_in
from tests.integration.qjobs.stage import VOTES


@pytest.fixture
def fee_change(stage) -> dict:
    call = parameter_book.SET_VALUE.call(
        stage.at("ParameterBook"), key=short_name("market_fee_bps"), value=300
    )
    return {
        "targets": [call.to],
        "values": ["0"],
        "calldatas": [call.data_hex],
        "description": "# Raise the fee\nFor storage.",
    }


def test_member_proposes_votes_queues_and_executes_through_the_api(stage, people, fee_change):
    member = signed_in(people.member)
    delegation = post(member, "delegations", {"delegate": people.member.address})
    sign_and_send(stage, people.member, delegation["transaction"])
    stage.pass_time(2)
    stage.follow()
    assert get(member, f"members/{people.member.address}")["power"] == str(1_000_000 * VOTES)

    prepared = post(member, "proposals", fee_change)
    sign_and_send(stage, people.member, prepared["transaction"])
    path = f"proposals/{prepared['proposal_id']}"
    shown = get(member, path)
    assert (shown["state"], shown["title"], shown["is_fully_understood"]) == (
        "pending",
        "Raise the fee",
        True,
    )
    assert shown["actions"][0]["summary"] == "Set the market's fee (market_fee_bps) to 3 %"

    stage.pass_time(5)
    stage.follow()
    ballot = post(member, f"{path}/votes", {"support": "for", "reason": "Yes."})
    assert ballot["power_at_snapshot"] == str(1_000_000 * VOTES)
    sign_and_send(stage, people.member, ballot["transaction"])
    assert get(member, f"{path}/votes")["results"][0]["reason"] == "Yes."
    assert post(member, f"{path}/votes", {"support": "for"}, 409)["error"]["code"] == "already_voted"

    stage.pass_time(60)
    stage.follow()
    sign_and_send(stage, people.member, post(member, f"{path}/queue", {})["transaction"])
    assert post(member, f"{path}/execute", {}, 409)["error"]["code"] == "wrong_proposal_state"
    stage.pass_time(10)
    stage.follow()
    sign_and_send(stage, people.member, post(member, f"{path}/execute", {})["transaction"])

    assert get(member, path)["state"] == "executed"
    assert get(member, "proposals?state=executed")["results"][0]["proposal_id"] == prepared["proposal_id"]


@pytest.mark.attack("S11")
def test_stranger_without_votes_is_told_what_a_proposal_needs(stage, people, fee_change):
    stage.follow()

    error = post(signed_in(people.stranger), "proposals", fee_change, 409)["error"]

    assert error["code"] == "power_too_low"
    assert "delegated" in error["message"]


@pytest.mark.attack("S11")
def test_member_who_floods_the_vote_is_told_to_wait_and_may_go_on_after_a_cancellation(
    stage, people, fee_change, settings
):
    settings.OPEN_PROPOSALS_A_MEMBER = 2
    stage.delegate_votes()
    stage.follow()
    member = signed_in(people.member)
    made = []
    for number in range(2):
        made.append(post(member, "proposals", fee_change | {"description": f"Again {number}"}))
        sign_and_send(stage, people.member, made[-1]["transaction"])

    error = post(member, "proposals", fee_change, 409)["error"]
    cancelling = post(member, f"proposals/{made[0]['proposal_id']}/cancel", {})
    sign_and_send(stage, people.member, cancelling["transaction"])

    assert (error["code"], "2 proposals" in error["message"]) == ("too_many_proposals", True)
    post(member, "proposals", fee_change)


def test_visitor_reads_but_does_not_propose(stage, fee_change):
    stage.follow()
    visitor = Client()

    assert get(visitor, "governance")["quorum_percent"] == 4
    assert get(visitor, "proposals") == {"results": [], "next": None}
    post(visitor, "proposals", fee_change, 401)


def test_calldata_that_nobody_can_read_is_flagged(stage, people):
    stage.delegate_votes()
    stage.follow()
    document = {
        "targets": [people.stranger.address],
        "values": ["0"],
        "calldatas": ["0xdeadbeef"],
        "description": "Trust me",
    }
    member = signed_in(people.member)
    prepared = post(member, "proposals", document)
    sign_and_send(stage, people.member, prepared["transaction"])

    shown = get(member, f"proposals/{prepared['proposal_id']}")

    assert shown["is_fully_understood"] is False
    assert shown["actions"][0]["decoded"] is False


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"targets": ["0x12"]}, "targets.0"),
        ({"values": []}, "calldatas"),
        ({"calldatas": ["zz"]}, "calldatas"),
        ({"description": ""}, "description"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_malformed_proposal_is_refused_by_field(stage, people, fee_change, change, field):
    stage.delegate_votes()
    stage.follow()

    error = post(signed_in(people.member), "proposals", fee_change | change, 422)["error"]

    assert error["field"] == field


@pytest.mark.parametrize("position", ["", "abc", "-1", "NaN", "1e999", "1-1", "\0", "9" * 79])
def test_cursor_that_the_site_never_gave_is_refused_in_words(stage, people, fee_change, position):
    stage.delegate_votes()
    stage.follow()
    member = signed_in(people.member)
    prepared = post(member, "proposals", fee_change)
    sign_and_send(stage, people.member, prepared["transaction"])
    cursor = b64encode(urlencode({"r": 1, "p": position}).encode()).decode()

    for path in ("proposals", f"proposals/{prepared['proposal_id']}/votes"):
        error = get(member, f"{path}?{urlencode({'cursor': cursor})}", 422)["error"]
        assert error["field"] == "cursor"
