"""The pages around a vote: the list of votes, delegates, forms, the export."""

import csv
from io import StringIO

import pytest
from django.test import Client

from chain.errors import NodeUnavailable
from common.formulas import without_formula
from governance.models import Delegation, PowerCheckpoint, VoteBalance, VotingPower
from governance.rules.actions import ActionInWords
from governance.rules.kinds import Change
from governance.selectors import actions
from governance.views import effects
from tests.fakes import rows

pytestmark = pytest.mark.django_db
MEMBER = rows.address(41)


def add_votes(count: int) -> None:
    rows.add_head()
    rows.add_quorum()
    rows.add_proposal(1, description="Approve job 1")
    for number in range(count):
        rows.add_vote(1, 10 + number, votes=1_000 + number, support=number % 3, reason=f"Reason {number}.")


def add_member(account: str = MEMBER, *, balance: int = 100, power: int = 100, delegate: str = "") -> None:
    with rows.projecting():
        VoteBalance.objects.create(account=account, units=balance * rows.VOTES)
        if power:
            VotingPower.objects.create(account=account, units=power * rows.VOTES)
        if delegate:
            Delegation.objects.create(delegator=account, delegate=delegate)


def add_power(account: str, at: int, votes: int) -> None:
    with rows.projecting():
        PowerCheckpoint.objects.create(
            checkpoint_id=f"{account}-{at}", account=account, at=at, units=votes * rows.VOTES
        )


def test_votes_are_filtered_sorted_and_paged_by_links(reader: Client) -> None:
    add_votes(55)

    first = reader.get("/proposals/1").text
    second = reader.get("/proposals/1?page=2").text
    against = reader.get("/proposals/1?support=against&sort=weight").text

    assert "Reason 54." in first
    assert "Reason 0." not in first
    assert "Reason 0." in second
    assert 'rel="next"' in first
    assert "Reason 54." in against
    assert "Reason 1." not in against.partition("Who voted")[2]
    assert "support=against" in first


@pytest.mark.parametrize("query", ["page=999", "page=x", "sort=magic", "support=maybe", "page=-1"])
def test_odd_query_shows_votes_all_the_same(reader: Client, query: str) -> None:
    add_votes(2)

    assert "Reason 1." in reader.get(f"/proposals/1?{query}").text


@pytest.mark.attack("S21")
@pytest.mark.parametrize("reason", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_formula_in_a_reason_is_text_in_the_export(reader: Client, reason: str) -> None:
    rows.add_head()
    rows.add_proposal(1)
    rows.add_vote(1, 41, reason=reason)
    rows.add_vote(1, 42, reason="Plain, with a comma")

    response = reader.get("/proposals/1/votes.csv")
    lines = list(csv.DictReader(StringIO(b"".join(response.streaming_content).decode(), newline="")))

    assert {line["reason"] for line in lines} == {f"'{reason}", "Plain, with a comma"}
    assert lines[0]["weight_base_units"] == str(10_000 * rows.VOTES)


@pytest.mark.attack("S24")
def test_export_is_a_download_that_no_browser_takes_for_a_page(reader: Client) -> None:
    rows.add_head()
    rows.add_proposal(1)

    response = reader.get("/proposals/1/votes.csv")

    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Type"].startswith("text/csv")


def test_plain_text_is_exported_as_it_is() -> None:
    assert without_formula("A clear question.") == "A clear question."


def test_member_whose_votes_came_too_late_is_told_so_with_the_time(sign_in) -> None:
    rows.add_head()
    rows.add_proposal(1)
    add_member(delegate=MEMBER)

    text = sign_in(MEMBER).get("/proposals/1").text

    assert "came or were delegated too late" in text
    assert "They count for the next proposal" in text


def test_member_sees_power_at_the_snapshot_and_both_ways_to_vote(sign_in, settings) -> None:
    rows.add_head()
    rows.add_proposal(1)
    add_member(delegate=MEMBER)
    add_power(MEMBER, rows.NOW - 500, 100)

    offered = sign_in(MEMBER).get("/proposals/1").text
    settings.RELAYED_VOTES_A_DAY = 0
    alone = sign_in(MEMBER).get("/proposals/1").text

    assert "as at the snapshot" in offered
    assert "Sign it, we send it" in offered
    assert "Sign it, we send it" not in alone
    assert 'value="send">Vote' in alone


def test_member_that_has_not_delegated_is_offered_to_delegate_before_the_vote(sign_in) -> None:
    rows.add_head()
    rows.add_proposal(1, snapshot_at=rows.NOW + 500)
    add_member(power=0)

    assert "Delegate to myself" in sign_in(MEMBER).get("/proposals/1").text


def test_delegates_are_listed_by_weight_with_who_delegates(reader: Client) -> None:
    rows.add_head()
    rows.add_quorum()
    add_member(delegate=MEMBER, power=300)
    add_member(rows.address(42), delegate=MEMBER, power=0)

    text = reader.get("/members").text

    assert f"/members/{MEMBER}" in text
    assert ">2</td>" in text


def test_nobody_with_power_is_explained(reader: Client) -> None:
    assert "Nobody can vote yet" in reader.get("/members").text


def test_delegate_page_shows_power_votes_and_delegators(reader: Client) -> None:
    add_votes(0)
    add_member(delegate=MEMBER, power=300)
    add_member(rows.address(42), delegate=MEMBER, power=0)
    rows.add_vote(1, 41, reason="<b>Bold</b> reason")

    text = reader.get(f"/members/{MEMBER}").text

    for words in ("Approve job 1", "&lt;b&gt;Bold", rows.address(42), "Who delegates to it", "itself"):
        assert words in text


@pytest.mark.parametrize("address", ["0x12", "nobody", "0x" + "zz" * 20])
def test_address_that_is_none_has_no_page(reader: Client, address: str) -> None:
    assert reader.get(f"/members/{address}").status_code == 404


def test_unknown_account_has_an_empty_page(reader: Client) -> None:
    rows.add_head()

    assert "It has not voted yet" in reader.get(f"/members/{rows.address(77)}").text


def test_kinds_of_proposals_lead_to_forms(reader: Client) -> None:
    text = reader.get("/proposals/new").text

    for kind in ("parameter", "allow", "rule", "text", "delist", "pay", "job", "executor"):
        assert f'href="/proposals/new/{kind}"' in text
        assert reader.get(f"/proposals/new/{kind}").status_code == 200
    assert reader.get("/proposals/new/magic").status_code == 404


@pytest.mark.attack("S26")
def test_report_of_a_dataset_fills_the_form_of_a_delist_vote(reader: Client) -> None:
    text = reader.get('/proposals/new/delist?listing=7&reason="><script>').text

    assert 'value="7"' in text
    assert "<script>" not in text.partition("<main")[2]


def test_effect_says_when_the_node_is_away(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    rows.add_head()
    rows.add_proposal(1)

    def away() -> None:
        raise NodeUnavailable("away")

    monkeypatch.setattr(actions, "client", away)

    whole = reader.get("/proposals/1/effect").text
    part = reader.get("/proposals/1/effect", headers={"HX-Request": "true"}).text

    assert "the node does not answer" in whole
    assert "<html" in whole
    assert "<html" not in part


@pytest.mark.parametrize(("refusal", "is_shown"), [(None, True), ("JobBoard: job does not wait", False)])
def test_effect_shows_no_afterwards_of_what_would_fail(
    reader: Client, monkeypatch: pytest.MonkeyPatch, refusal: str | None, is_shown: bool
) -> None:
    rows.add_head()
    rows.add_proposal(1)
    action = ActionInWords("0x" + "11" * 20, 0, "0x", "JobBoard", "approve", (), "Approve job 1", True)
    effect = actions.Effect(action, refusal, (Change("Job 1", "requested", "an executor may claim it"),))
    monkeypatch.setattr(effects, "effects_of", lambda calls: [effect])

    text = reader.get("/proposals/1/effect").text

    assert "Approve job 1" in text
    assert ("an executor may claim it" in text) == is_shown
    assert ("It would fail now" in text) == (not is_shown)
