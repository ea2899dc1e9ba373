"""The demo member of a local chain votes when asked, by its own key, once; elsewhere there is none."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from chain.bindings import commons_governor, vote_token
from chain.deployments import address_of
from chain.models import OutboxEntry
from chain.signer import Signer
from governance import demo_members
from tests.fakes import rows

pytestmark = pytest.mark.django_db
PATH = "/api/v1/proposals/1/demo-votes"


@pytest.fixture
def open_vote() -> None:
    rows.add_head()
    rows.add_quorum()
    rows.add_proposal(1)


def ask(client: Client, path: str = PATH) -> Any:
    return client.post(path, {}, content_type="application/json")


@pytest.mark.usefixtures("open_vote")
def test_asking_twice_puts_one_vote_into_the_outbox(owner: Client) -> None:
    first, second = ask(owner), ask(owner)

    assert (first.status_code, second.status_code) == (202, 202)
    entry = OutboxEntry.objects.get()
    assert (entry.kind, entry.sender) == ("demo_vote", "demo-member")
    assert entry.payload == {"proposal_id": "1"}


@pytest.mark.usefixtures("open_vote")
def test_visitor_without_a_wallet_asks_nothing(reader: Client) -> None:
    assert ask(reader).status_code in {401, 403}
    assert OutboxEntry.objects.count() == 0


def test_proposal_whose_vote_has_ended_is_refused(owner: Client) -> None:
    rows.add_head()
    rows.add_quorum()
    rows.add_proposal(1, deadline_at=rows.NOW - 50)

    assert ask(owner).json()["error"]["code"] == "wrong_proposal_state"
    assert OutboxEntry.objects.count() == 0


@pytest.mark.usefixtures("open_vote")
def test_there_is_no_demo_member_on_another_chain(owner: Client, settings: Any) -> None:
    settings.IS_LOCAL_CHAIN = False

    assert ask(owner).status_code == 404
    assert b"demo member" not in owner.get("/proposals/1").content


@pytest.mark.usefixtures("open_vote")
def test_page_of_an_open_vote_offers_to_ask(sign_in: Callable[[str], Client], reader: Client) -> None:
    offer = b"Ask the demo member to vote"

    assert offer in sign_in(rows.MEMBER).get("/proposals/1").content
    assert offer not in reader.get("/proposals/1").content


def test_demo_member_delegates_to_itself_and_votes_yes() -> None:
    signer = Signer("demo-member", bytes.fromhex("11" * 32))

    delegation = demo_members.build_delegation(OutboxEntry(payload={}), signer)
    vote = demo_members.build_vote(OutboxEntry(payload={"proposal_id": "7"}), signer)

    assert delegation == vote_token.DELEGATE.call(address_of("VoteToken"), delegatee=signer.address)
    assert vote.to == address_of("CommonsGovernor")
    assert vote.data == commons_governor.CAST_VOTE_WITH_REASON.encode(
        proposalId=7, support=1, reason=demo_members.REASON
    )
