"""Power bought or keys stolen (S13, S38): what the contracts still refuse, and who gets out in time."""

import pytest

from chain.accounts import LocalWallet
from chain.bindings import commons_governor, dataset_token, timelock, vote_token
from chain.errors import CallReverted
from governance.models import Proposal, Vote
from governance.rules.states import ProposalState
from governance.selectors.proposals import view_proposal
from tests.integration.governance.ballots import signed
from tests.integration.qjobs.http import get, post, sign_and_send, signed_in
from tests.integration.qjobs.stage import VOTES

ROLES = (timelock.DEFAULT_ADMIN_ROLE, timelock.PROPOSER_ROLE, timelock.CANCELLER_ROLE)


@pytest.mark.attack("S13")
def test_whoever_has_every_vote_still_waits_while_others_leave(stage, people, open_vote):
    token_id = stage.publish_dataset(b"a,b\n1,2\n")
    stage.vote_for(open_vote)
    stage.pass_time(60)
    stage.follow()
    member, path = signed_in(people.member), f"proposals/{open_vote}"
    sign_and_send(stage, people.member, post(member, f"{path}/queue", {})["transaction"])

    refused = post(member, f"{path}/execute", {}, 409)["error"]
    stage.transact(people.provider, dataset_token.RETIRE.call(stage.at("DatasetToken"), tokenId=token_id))

    assert refused["message"]
    assert view_proposal(open_vote).state == ProposalState.QUEUED
    assert view_proposal(open_vote).proposal.eta_at > stage.client.head().timestamp
    stage.pass_time(10)
    stage.follow()
    sign_and_send(stage, people.member, post(member, f"{path}/execute", {})["transaction"])
    assert get(member, path)["state"] == "executed"


@pytest.mark.attack("S13")
def test_all_votes_that_were_cast_decide_nothing_below_the_quorum_of_all_votes_there_are(stage, people):
    few = people.stranger
    token = stage.at("VoteToken")
    stage.transact(people.member, vote_token.TRANSFER.call(token, to=few.address, value=30_000 * VOTES))
    stage.transact(few, vote_token.DELEGATE.call(token, delegatee=few.address))
    stage.pass_time(2)
    stage.follow()
    kind = {"answers": {}, "title": "Rule of the few", "reason": "The few decide."}
    browser = signed_in(few)
    prepared = post(browser, "proposal-kinds/text", kind)
    sign_and_send(stage, few, prepared["transaction"])
    stage.pass_time(5)
    stage.follow()
    path = f"proposals/{prepared['proposal_id']}"
    sign_and_send(stage, few, post(browser, f"{path}/votes", {"support": "for"})["transaction"])

    stage.pass_time(60)
    stage.follow()

    row = Proposal.objects.get()
    assert (row.for_units, row.against_units) == (30_000 * VOTES, 0)
    assert get(browser, path)["state"] == "defeated"
    assert post(browser, f"{path}/queue", {}, 409)["error"]["message"]


@pytest.mark.attack("S38")
def test_thief_of_the_relayers_key_votes_for_nobody_and_holds_no_role(stage, people, relayer, open_vote):
    member, path = signed_in(people.member), f"proposals/{open_vote}/ballots"
    body = signed(people.member, post(member, path, {"support": "for"}), support="for")
    governor = stage.at("CommonsGovernor")
    turned = commons_governor.CAST_VOTE_BY_SIG.call(
        governor, proposalId=open_vote, support=0, voter=people.member.address, signature=body["signature"]
    )
    own = commons_governor.CAST_VOTE_WITH_REASON.call(governor, proposalId=open_vote, support=1, reason="")

    with pytest.raises(CallReverted):
        stage.transact(relayer, turned)
    stage.transact(relayer, own)
    stage.follow()

    assert [vote.weight_units for vote in Vote.objects.all()] == [0]
    lock = stage.at("Timelock")
    roles = [stage.client.read(lock, role) for role in ROLES]
    assert not any(
        stage.client.read(lock, timelock.HAS_ROLE, role=role, account=relayer.address) for role in roles
    )
    post(member, path, body)
    stage.send()
    stage.follow()
    assert Vote.objects.get(voter=people.member.address).weight_units == 10**6 * VOTES


@pytest.mark.attack("S38")
def test_relayers_key_is_changed_by_changing_its_file(stage, people, relayer, open_vote, settings):
    fresh = LocalWallet.create()
    stage.node.rpc("anvil_setBalance", fresh.address, hex(10**18))
    member, path = signed_in(people.member), f"proposals/{open_vote}/ballots"
    body = signed(people.member, post(member, path, {"support": "for"}), support="for")

    (settings.KEYS_DIR / "relayer.key").write_text(fresh.private_key)
    post(member, path, body)
    stage.send()
    stage.follow()

    assert Vote.objects.get().voter == people.member.address
    sent = (stage.client.transaction_count(relayer.address), stage.client.transaction_count(fresh.address))
    assert sent == (0, 1)
