"""A vote that its voter only signs: carried by our relayer, counted by the real Governor."""

import pytest

from chain.abi import Call
from chain.accounts import checksum
from chain.bindings import commons_governor, vote_token
from chain.models import OutboxEntry
from governance.models import Vote
from tests.integration.governance.ballots import signed
from tests.integration.qjobs.http import get, post, sign_and_send, signed_in
from tests.integration.qjobs.stage import VOTES

# Answers ERC-1271's question with yes where the signature begins with 0xaa, with no otherwise.
CONTRACT_WALLET = "0x606435" + "60001a" + "60aa14" + "631626ba7e60e01b02" + "600052" + "60206000f3"
WALLET_ADDRESS = checksum("0x" + "c1" * 20)


@pytest.mark.parametrize("reason", ["", "A clear question, plainly put."])
def test_signed_vote_is_carried_and_counts_with_its_reason(stage, people, relayer, open_vote, reason):
    member = signed_in(people.member)
    path = f"proposals/{open_vote}"

    offer = post(member, f"{path}/ballots", {"support": "for", "reason": reason})
    relay = post(member, f"{path}/ballots", signed(people.member, offer, support="for", reason=reason))
    stage.send()
    stage.mine()
    stage.send()
    stage.follow()

    assert relay["relay"]["self_send"] is False
    vote = Vote.objects.get()
    assert (vote.voter, vote.reason, vote.weight_units) == (people.member.address, reason, 10**6 * VOTES)
    shown = get(member, f"{path}/ballots?voter={people.member.address}")["relay"]
    assert (shown["state"], shown["tx_hash"]) == ("mined", vote.cast_tx)
    assert stage.client.transaction_count(relayer.address) == 1


def test_offer_says_every_field_that_is_signed_in_words(people, relayer, open_vote):
    offer = post(signed_in(people.member), f"proposals/{open_vote}/ballots", {"support": "against"})

    message, said = offer["typed_data"]["message"], {one["label"]: one for one in offer["details"]}
    assert message["proposalId"] == said["Proposal"]["value"] == str(open_vote)
    assert (message["support"], said["Vote"]["value"]) == ("0", "against")
    assert message["voter"] == said["Voter"]["value"] == people.member.address
    assert message["nonce"] == said["Nonce"]["exact"]
    assert said["Weight"]["value"] == "1,000,000 votes"


@pytest.mark.fault("F21")
def test_signature_given_twice_is_one_vote(stage, people, relayer, open_vote):
    member, path = signed_in(people.member), f"proposals/{open_vote}/ballots"
    body = signed(people.member, post(member, path, {"support": "for"}), support="for")

    first, second = post(member, path, body), post(member, path, body)
    stage.send()
    stage.follow()

    assert first == second
    assert OutboxEntry.objects.filter(kind="ballot").count() == 1
    assert Vote.objects.count() == 1


def test_second_other_vote_is_not_carried(people, relayer, open_vote):
    member, path = signed_in(people.member), f"proposals/{open_vote}/ballots"
    post(member, path, signed(people.member, post(member, path, {"support": "for"}), support="for"))

    other = signed(people.member, post(member, path, {"support": "against"}), support="against")

    assert post(member, path, other, 409)["error"]["code"] == "relay_refused"


@pytest.mark.parametrize("spoil", ["support", "signer", "reason"])
def test_signature_over_another_vote_never_enters_the_outbox(people, relayer, open_vote, spoil):
    member, path = signed_in(people.member), f"proposals/{open_vote}/ballots"
    offer = post(member, path, {"support": "for"})
    signer = people.stranger if spoil == "signer" else people.member
    body = signed(signer, offer, support="against" if spoil == "support" else "for")
    if spoil == "reason":
        body["reason"] = "Something else."

    error = post(member, path, body, 422)["error"]

    assert error["field"] == "signature"
    assert not OutboxEntry.objects.filter(kind="ballot").exists()


@pytest.mark.parametrize("signature", ["", "0x", "zz", "0x" + "ab" * 4097])
def test_signature_of_no_form_is_refused_before_the_node_is_asked(people, relayer, open_vote, signature):
    body = {"support": "for", "signature": signature}

    error = post(signed_in(people.member), f"proposals/{open_vote}/ballots", body, 422)["error"]

    assert error["field"] == "signature"


def test_stranger_without_power_is_offered_no_ballot(people, relayer, open_vote):
    path = f"proposals/{open_vote}/ballots"

    error = post(signed_in(people.stranger), path, {"support": "for"}, 409)["error"]

    assert error["code"] == "no_power_at_snapshot"


def test_voter_over_the_quota_is_told_to_send_the_vote_itself(settings, people, relayer, open_vote):
    member, path = signed_in(people.member), f"proposals/{open_vote}"
    settings.RELAYED_VOTES_A_DAY = 1
    OutboxEntry.objects.create(
        key="ballot:1:earlier", kind="ballot", sender="relayer", payload={"voter": people.member.address}
    )

    error = post(member, f"{path}/ballots", {"support": "for"}, 409)["error"]

    assert error["code"] == "relay_refused"
    assert "send the vote yourself" in error["message"]
    assert post(member, f"{path}/votes", {"support": "for"})["transaction"]


def test_site_that_relays_nothing_says_so(settings, people, relayer, open_vote):
    settings.RELAYED_VOTES_A_DAY = 0

    error = post(signed_in(people.member), f"proposals/{open_vote}/ballots", {"support": "for"}, 409)["error"]

    assert "relays no votes" in error["message"]


@pytest.mark.fault("F31")
def test_relayer_without_gas_raises_an_alarm_and_the_voter_sends_the_vote(
    stage, people, relayer, open_vote, capsys
):
    stage.node.rpc("anvil_setBalance", relayer.address, "0x0")
    member, path = signed_in(people.member), f"proposals/{open_vote}"
    body = signed(people.member, post(member, f"{path}/ballots", {"support": "for"}), support="for")
    post(member, f"{path}/ballots", body)

    stage.send()
    relay = get(member, f"{path}/ballots?voter={people.member.address}")["relay"]
    page = member.get(f"/proposals/{open_vote}").text
    sign_and_send(stage, people.member, post(member, f"{path}/votes", {"support": "for"})["transaction"])

    assert (relay["state"], relay["self_send"]) == ("waiting", True)
    assert "ETH" in relay["trouble"]
    assert "Send it yourself below" in page
    assert "outbox_entry_waits" in capsys.readouterr().out
    assert Vote.objects.count() == 1
    stage.node.rpc("anvil_setBalance", relayer.address, hex(10**18))
    OutboxEntry.objects.update(not_before=None)
    stage.send()
    assert OutboxEntry.objects.get(kind="ballot").state == OutboxEntry.State.FAILED
    assert Vote.objects.count() == 1


def test_contract_wallet_votes_by_its_own_rule(stage, people, relayer):
    stage.node.rpc("anvil_setCode", WALLET_ADDRESS, CONTRACT_WALLET)
    token = stage.at("VoteToken")
    stage.transact(people.member, vote_token.DELEGATE.call(token, delegatee=people.member.address))
    stage.pass_time(2)
    number = stage.propose(stage.proposal_of([Call(stage.at("Timelock"), b"")], "A text to decide"))
    stage.transact(people.member, vote_token.DELEGATE.call(token, delegatee=WALLET_ADDRESS))
    stage.pass_time(5)
    stage.follow()
    path = f"proposals/{number}/ballots"
    member = signed_in(people.member)
    vote = {"support": "for", "voter": WALLET_ADDRESS}

    refused = post(member, path, vote | {"signature": "0xbb"}, 422)["error"]
    post(member, path, vote | {"signature": "0xaa"})
    stage.send()
    stage.follow()

    assert refused["field"] == "signature"
    assert Vote.objects.get().voter == WALLET_ADDRESS
    told = stage.client.read(
        stage.at("CommonsGovernor"),
        commons_governor.HAS_VOTED,
        proposalId=number,
        account=WALLET_ADDRESS,
    )
    assert told is True
