"""The proposal pages with no rows, one, and many, in every state."""

import pytest
from django.test import Client

from chain.bindings import job_board
from common.fields import UINT256_MAX
from governance.models import Proposal
from tests.fakes import rows

pytestmark = pytest.mark.django_db


def test_list_without_proposals_explains_how_one_comes(reader: Client) -> None:
    assert "Nothing has been proposed yet" in reader.get("/proposals").text


def test_list_shows_state_shares_and_missing_quorum(reader: Client) -> None:
    rows.add_head()
    rows.add_quorum()
    rows.add_proposal(1, description="Approve job 1\n\nfor science")
    rows.add_vote(1, 41, votes=30_000)
    rows.add_vote(1, 42, votes=10_000, support=0)

    text = reader.get("/proposals").text

    for words in ("Approve job 1", "Active", "75.0 % for", "quorum lacks", "10,000"):
        assert words in text


def test_list_pages_and_filters_open_votes(reader: Client) -> None:
    rows.add_head()
    for number in range(1, 24):
        rows.add_proposal(number, description=f"Proposal no. {number}")
    rows.add_proposal(50, description="Long over", deadline_at=rows.NOW - 50, created_block=1)

    first = reader.get("/proposals")
    second = reader.get("/proposals?before=4")

    assert 'href="/proposals?before=4"' in first.text
    assert "Long over" in second.text
    assert "Long over" not in reader.get("/proposals?open=1&before=4").text


def test_proposal_page_shows_votes_words_and_timeline(reader: Client) -> None:
    rows.add_head()
    rows.add_quorum()
    approval = job_board.APPROVE.call(rows.address(31), job_id=1, spec_digest=rows.digest("spec 1"))
    rows.add_proposal(7, description="Run it", targets=[approval.to], calldatas=[approval.data_hex])
    rows.add_vote(7, 41, votes=30_000, reason="The baselines are named.")

    text = reader.get("/proposals/7").text

    for words in (
        "Approve job 1 to run",
        "JobBoard.approve",
        "The baselines are named.",
        "10,000",
        "missing",
        "Voting begins, power is counted",
        "Who voted",
    ):
        assert words in text


def test_action_that_cannot_be_decoded_is_shown_in_red(reader: Client) -> None:
    rows.add_head()
    rows.add_proposal(1, calldatas=["0xdeadbeef"])

    text = reader.get("/proposals/1").text

    assert "notice bad" in text
    assert "This action cannot be decoded" in text
    assert "0xdeadbeef" in text


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"snapshot_at": rows.NOW + 50}, "Pending"),
        ({}, "Active"),
        ({"deadline_at": rows.NOW - 50}, "Defeated"),
        ({"deadline_at": rows.NOW - 50, "for_units": 50_000 * rows.VOTES}, "Succeeded"),
        ({"executed_block": 5, "executed_at": rows.NOW - 5}, "Executed"),
        ({"canceled_block": 5, "canceled_at": rows.NOW - 5}, "Cancelled"),
    ],
)
def test_every_state_has_its_badge(reader: Client, fields: dict, word: str) -> None:
    rows.add_head()
    rows.add_quorum()
    rows.add_proposal(1, **fields)

    head = reader.get("/proposals/1").text.partition("What it does")[0]

    assert f'">{word}</span>' in head


def test_queued_proposal_says_when_it_may_be_executed(reader: Client) -> None:
    rows.add_head()
    rows.add_quorum()
    rows.add_proposal(1, for_units=50_000 * rows.VOTES)
    rows.mark_queued(1)

    text = reader.get("/proposals/1").text

    assert '">Queued</span>' in text
    assert "May be executed" in text


@pytest.mark.parametrize("number", ["2", str(UINT256_MAX), str(UINT256_MAX + 1), "9" * 200])
def test_address_without_a_proposal_answers_404(reader: Client, number: str) -> None:
    assert reader.get(f"/proposals/{number}").status_code == 404
    assert reader.get(f"/proposals?before={number}").status_code == 404


def test_proposal_with_the_largest_id_has_a_page(reader: Client) -> None:
    rows.add_head()
    rows.add_proposal(1)
    with rows.projecting():
        Proposal.objects.update(proposal_id=UINT256_MAX)

    assert reader.get(f"/proposals/{UINT256_MAX}").status_code == 200
