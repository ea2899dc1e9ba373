"""`manage.py recount` reads events alone, equals the Governor and the page, and notices what differs."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from chain.abi import Call
from chain.bindings import commons_governor, vote_token
from chain.client import ChainClient
from governance.management.commands import recount as command
from tests.integration.qjobs.http import get, signed_in
from tests.integration.qjobs.stage import VOTES


def recount(number: int, *words: str) -> tuple[int, dict[str, Any]]:
    """(exit code, the document) of one command."""
    out = StringIO()
    try:
        call_command("recount", str(number), "--json", *words, stdout=out)
    except SystemExit as end:
        return int(end.code or 0), json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


def vote_both(stage, people, number: int) -> None:
    """The member for it, the stranger against it."""
    stage.vote_for(number)
    against = commons_governor.CAST_VOTE.call(stage.at("CommonsGovernor"), proposalId=number, support=0)
    stage.transact(people.stranger, against)


@pytest.fixture
def page_numbers(monkeypatch, people):
    """The site's own API in place of a request over the network."""

    def told(_site: str, number: int) -> dict[str, str]:
        document = get(signed_in(people.member), f"proposals/{number}")
        sums = {name: document["votes"][name] for name in ("for", "against", "abstain", "quorum")}
        return {**sums, "state": document["state"]}

    monkeypatch.setattr(command, "told_by_site", told)


def test_recount_equals_governor_and_page_at_every_turn(stage, people, page_numbers):
    stage.delegate_votes()
    token = stage.at("VoteToken")
    give = vote_token.TRANSFER.call(token, to=people.stranger.address, value=300_000 * VOTES)
    stage.transact(people.member, give)
    own = vote_token.DELEGATE.call(token, delegatee=people.stranger.address)
    stage.transact(people.stranger, own)
    stage.pass_time(2)
    proposal = stage.proposal_of([Call(stage.at("Timelock"), b"")], "A text to decide")
    number = stage.propose(proposal)
    seen = []

    for turn in (lambda: stage.pass_time(5), lambda: vote_both(stage, people, number)):
        turn()
        stage.mine()
        stage.follow()
        seen.append(recount(number, "--site", "http://site"))
    stage.pass_time(60)
    stage.queue_and_execute(proposal)
    stage.follow()
    seen.append(recount(number, "--site", "http://site"))

    assert [code for code, _ in seen] == [0, 0, 0], seen
    assert [document["counted"]["state"] for _, document in seen] == ["active", "active", "executed"]
    last = seen[-1][1]
    assert last["counted"]["for"] == str(700_000 * VOTES)
    assert last["counted"]["against"] == str(300_000 * VOTES)
    assert last["told"]["site"] == last["told"]["governor"] == last["counted"]


def test_recount_needs_no_database(stage, open_vote, monkeypatch):
    stage.vote_for(open_vote)

    def no_database(*_args: object) -> None:
        raise AssertionError("the recount asked the database")

    with monkeypatch.context() as patched:
        patched.setattr(connection, "cursor", no_database)
        code, _ = recount(open_vote)

    assert code == 0


def test_page_that_shows_other_numbers_is_a_mismatch_named(stage, open_vote, monkeypatch):
    stage.vote_for(open_vote)
    counted = recount(open_vote)[1]["counted"]
    monkeypatch.setattr(command, "told_by_site", lambda _site, _number: counted | {"for": "1"})

    code, document = recount(open_vote, "--site", "http://site")

    assert code == 1
    assert document["differences"] == [f"site: for is 1, counted {counted['for']}"]


def test_governor_that_tells_other_sums_is_found_out(stage, open_vote, monkeypatch):
    stage.vote_for(open_vote)
    honest = ChainClient.read

    def lying(client, contract, function, /, **args):
        if function == commons_governor.PROPOSAL_VOTES:
            return (0, 7, 0)
        return honest(client, contract, function, **args)

    monkeypatch.setattr(ChainClient, "read", lying)

    code, document = recount(open_vote)

    assert code == 1
    assert document["differences"] == [f"governor: for is 7, counted {10**6 * VOTES}"]


def test_proposal_that_nobody_made_cannot_be_checked(stage):
    code, document = recount(12345)

    assert (code, document["verdict"]) == (2, "CANNOT_CHECK")
    assert "12345" in document["missing"]


def test_site_that_is_away_cannot_be_checked(stage, open_vote):
    code, document = recount(open_vote, "--site", "http://127.0.0.1:9")

    assert (code, document["verdict"]) == (2, "CANNOT_CHECK")
