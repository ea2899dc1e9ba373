"""Rows and the code that made them: after an update they are made anew, and nobody mixes the two."""

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from chain import journal
from chain.errors import RowsOfOtherCode
from chain.indexer.follower import Follower
from chain.indexer.ledger import Ledger
from chain.indexer.loop import catch_up
from chain.management.commands import follow
from chain.models import IndexCursor
from chain.projections import Projections
from tests.integration.chain.conftest import SMALL, follower_of, insert_an_account, toy_rows
from tests.integration.chain.replays import assert_is_fresh_replay, mint, move
from tests.unit.chain.fake_chain import FakeChain


@pytest.mark.fault("F30")
@pytest.mark.parametrize("source", ["the toy's first code", "code that makes other rows"])
def test_rows_of_other_code_are_made_anew_when_the_follower_starts_and_rows_of_this_code_are_kept(
    toy, source
):
    chain = FakeChain()
    chain.mine([mint(1, 100)], *[[move(1, 2, 1)]] * 12)
    catch_up(follower_of(chain, toy))
    true_rows = toy_rows()
    with transaction.atomic(), journal.unrecorded_scope():
        insert_an_account("made by the other code alone")
    rows_of_other_code = toy_rows()
    IndexCursor.objects.update(projections_digest=Projections(sources=[source]).digest)

    follower_of(chain, toy).step()

    assert toy_rows() == (rows_of_other_code if source == toy.source else true_rows)
    assert IndexCursor.objects.get().projections_digest == toy.projections().digest


@pytest.mark.fault("F30")
@pytest.mark.parametrize("reorganised", [0, 2])
def test_running_follower_writes_nothing_among_rows_of_other_code_until_one_starts_anew(toy, reorganised):
    chain = FakeChain()
    chain.mine([mint(1, 100)], [move(1, 2, 1)], [move(1, 2, 1)])
    old = follower_of(chain, toy)
    catch_up(old)
    toy.source = "the code of an update"
    Ledger(toy.projections(), history_blocks=8).replay()
    kept = toy_rows()
    chain.reorg(reorganised)
    chain.mine([move(1, 3, 5)])

    for _ in range(2):
        with pytest.raises(RowsOfOtherCode, match="start the follower anew"):
            old.step()

    assert toy_rows() == kept
    catch_up(follower_of(chain, toy))
    assert_is_fresh_replay(chain, toy)


def test_follow_ends_in_words_where_the_rows_are_of_other_code(toy, monkeypatch):
    chain = FakeChain()
    old = follower_of(chain, toy)
    catch_up(old)
    toy.source = "the code of an update"
    Ledger(toy.projections(), history_blocks=8).replay()
    chain.mine([mint(1, 100)])
    monkeypatch.setattr(follow, "_follower", lambda options: old)

    with pytest.raises(CommandError, match="of other code by now: start the follower anew"):
        call_command("follow", once=True)


def test_news_is_told_once_a_range_and_not_of_a_replay(toy):
    chain = FakeChain()
    chain.mine([mint(1, 100), move(1, 2, 1)], [move(1, 2, 1)])
    projections, told = toy.projections(), []
    projections.news_hooks.append(told.append)
    ledger = Ledger(projections, history_blocks=8)
    catch_up(Follower(client=chain, deployment=chain.deployment(), ledger=ledger, options=SMALL))

    ledger.replay()

    assert [len(events) for events in told] == [3]
