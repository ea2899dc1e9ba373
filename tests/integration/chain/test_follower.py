"""The follower on a chain in memory: whatever the chain does, the rows are those of a fresh replay."""

import pytest
from django.db import transaction
from django.db.utils import ProgrammingError

from chain import journal
from chain.errors import ChainMoved, WrongChain
from chain.indexer.follower import Progress
from chain.indexer.ledger import Ledger
from chain.indexer.loop import catch_up
from chain.models import Block, ChainEvent, JournalEntry, Reorg
from chain.selectors import deep_number, indexed_head
from tests.integration.chain.conftest import SMALL, balances, follower_of, insert_an_account
from tests.integration.chain.deaths import Killed, dies_at
from tests.integration.chain.replays import POINTS, assert_is_fresh_replay, mint, move
from tests.unit.chain.fake_chain import DOLLAR, ZERO, FakeChain, Transfer, account


def test_follower_takes_in_every_block_and_stops_at_the_head(toy):
    chain = FakeChain()
    chain.mine([mint(1, 100)], [], [move(1, 2, 30), move(2, 3, 30)])

    catch_up(follower_of(chain, toy))

    assert balances() == {account(1): 70, account(3): 30}
    assert_is_fresh_replay(chain, toy)


def test_first_look_puts_the_cursor_before_the_contracts_first_block(toy):
    chain = FakeChain()

    assert follower_of(chain, toy).step() is Progress.IDLE
    assert indexed_head().number == 0
    assert deep_number() is None


def test_deep_hook_hears_of_final_blocks_once_each_way_up(toy):
    chain = FakeChain()
    follower = follower_of(chain, toy)
    for _ in range(6):
        chain.mine([])
        catch_up(follower)

    assert [number for number, _ in toy.deep_calls] == [0, 1, 2, 3]
    assert toy.deep_calls[-1][1] == chain.block(3).timestamp
    assert deep_number() == 3


@pytest.mark.fault("F12")
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_reorg_above_finality_gives_the_rows_of_the_new_chain(toy, depth):
    chain = FakeChain()
    chain.mine([mint(1, 100)], [mint(2, 5)], [move(1, 2, 10)], [move(2, 3, 15)], [move(1, 3, 90)])
    follower = follower_of(chain, toy)
    catch_up(follower)

    chain.reorg(depth, *[[move(1, 4, 1)]] * depth)
    catch_up(follower)

    assert_is_fresh_replay(chain, toy)
    assert Reorg.objects.get().depth == depth
    assert toy.deep_reorgs == []


@pytest.mark.fault("F12")
def test_reorg_below_finality_is_undone_and_told(toy):
    chain = FakeChain()
    chain.mine([mint(1, 100)], *[[move(1, 2, 1)]] * 7)
    follower = follower_of(chain, toy)
    catch_up(follower)

    chain.reorg(5, *[[move(1, 3, 2)]] * 6)
    catch_up(follower)

    assert_is_fresh_replay(chain, toy)
    assert toy.deep_reorgs == [(3, 5)]
    assert Reorg.objects.get().is_beyond_depth


@pytest.mark.fault("F12")
def test_reorg_deeper_than_the_kept_history_reads_all_anew(toy):
    chain = FakeChain()
    chain.mine([mint(1, 100)], *[[move(1, 2, 1)]] * 20)
    follower = follower_of(chain, toy)
    catch_up(follower)

    chain.reorg(15, *[[move(1, 3, 2)]] * 16)
    catch_up(follower)

    assert_is_fresh_replay(chain, toy)
    assert toy.deep_reorgs[0][0] == 0


@pytest.mark.fault("F12")
def test_shorter_chain_after_a_restart_of_the_node_makes_it_rewind(toy):
    chain = FakeChain()
    chain.mine([mint(1, 100)], *[[move(1, 2, 1)]] * 6)
    follower = follower_of(chain, toy)
    catch_up(follower)

    chain.reorg(3)
    catch_up(follower)

    assert indexed_head().number == 4
    assert_is_fresh_replay(chain, toy)


@pytest.mark.fault("F16")
def test_lagging_node_is_waited_for_before_anything_is_undone(toy):
    chain, now = FakeChain(), [0.0]
    chain.mine([mint(1, 100)], [], [], [])
    patient = type(SMALL)(**{**vars(SMALL), "lag_grace_seconds": 5})
    follower = follower_of(chain, toy, options=patient, clock=lambda: now[0])
    catch_up(follower)
    newest = chain.blocks_.pop()

    assert follower.step() is Progress.IDLE
    now[0] = 4.9
    assert follower.step() is Progress.IDLE
    chain.blocks_.append(newest)
    assert follower.step() is Progress.IDLE
    chain.blocks_.pop()
    now[0] = 9.0
    assert follower.step() is Progress.IDLE
    now[0] = 14.1
    assert follower.step() is Progress.REWOUND
    assert indexed_head().number == 3


@pytest.mark.fault("F13")
def test_event_mined_again_in_another_block_counts_once(toy):
    chain = FakeChain()
    chain.mine([mint(1, 100)], [mint(9, 1), move(1, 2, 30)])
    follower = follower_of(chain, toy)
    catch_up(follower)

    chain.reorg(1, [], [move(1, 2, 30)])
    catch_up(follower)

    assert balances() == {account(1): 70, account(2): 30}
    assert_is_fresh_replay(chain, toy)


@pytest.mark.fault("F14")
def test_range_given_twice_is_taken_once(toy, monkeypatch):
    chain = FakeChain()
    chain.mine([mint(1, 100)], [move(1, 2, 1)])
    follower = follower_of(chain, toy)
    given_ranges = []
    true_advance = Ledger.advance

    def advance_twice(self, read, **of):
        true_advance(self, read, **of)
        given_ranges.append(read)
        with pytest.raises(ChainMoved):
            true_advance(self, read, **of)

    monkeypatch.setattr(Ledger, "advance", advance_twice)
    catch_up(follower)

    assert given_ranges
    assert_is_fresh_replay(chain, toy)


@pytest.mark.fault("F15")
def test_range_with_a_gap_before_it_is_refused(toy, monkeypatch):
    chain = FakeChain()
    chain.mine([mint(1, 100)], [move(1, 2, 1)], [])
    follower = follower_of(chain, toy)
    reads = []
    monkeypatch.setattr(Ledger, "advance", lambda self, read, **of: reads.append(read))
    follower.step()
    monkeypatch.undo()
    late = type(reads[0])(**{**vars(reads[0]), "first": 2})
    ledger = Ledger(toy.projections(), history_blocks=8)

    with pytest.raises(ChainMoved, match="1 to 1 are missing"):
        ledger.advance(late, from_hash=chain.block(0).hash, final_number=0)

    catch_up(follower)
    assert_is_fresh_replay(chain, toy)


@pytest.mark.attack("S39")
def test_look_alike_contract_changes_nothing(toy):
    chain = FakeChain()
    chain.mine([mint(1, 100)], [Transfer(ZERO, account(6), 10**30, emitter="0x" + "77" * 20)])

    catch_up(follower_of(chain, toy))

    assert balances() == {account(1): 100}
    assert {event.address for event in ChainEvent.objects.all()} == {DOLLAR}


@pytest.mark.fault("F18")
@pytest.mark.parametrize("point", POINTS)
def test_follower_killed_at_any_point_goes_on_as_if_nothing_had_been(toy, point):
    chain = FakeChain()
    chain.mine([mint(1, 100)], [move(1, 2, 30)], [move(2, 3, 30)])
    catch_up(follower_of(chain, toy))
    chain.reorg(2, [move(1, 4, 7)], [move(4, 1, 7)], [move(1, 5, 1)])
    deaths = 0
    for countdown in range(12):
        try:
            catch_up(follower_of(chain, toy, failpoint=dies_at(point, countdown % 3)))
        except Killed:
            deaths += 1

    catch_up(follower_of(chain, toy))

    assert deaths
    assert_is_fresh_replay(chain, toy)


def test_deep_catch_up_reads_few_headers_and_gives_the_same_rows(toy):
    chain = FakeChain()
    chain.mine([mint(1, 100)], *[[]] * 30, [move(1, 2, 5)], *[[]] * 30, [move(2, 3, 5)])

    catch_up(follower_of(chain, toy))

    assert_is_fresh_replay(chain, toy)
    assert Block.objects.count() == SMALL.history_blocks + 1
    assert JournalEntry.objects.filter(block_number__lte=chain.head().number - 8).count() == 0


def test_history_is_pruned_as_the_head_moves(toy):
    chain = FakeChain()
    chain.mine([mint(1, 1000)])
    follower = follower_of(chain, toy)
    for _ in range(30):
        chain.mine([move(1, 2, 1)])
        catch_up(follower)

    assert Block.objects.count() == SMALL.history_blocks + 1
    oldest = Block.objects.order_by("number").first().number
    assert not JournalEntry.objects.filter(block_number__lte=oldest).exists()


def test_follower_that_was_away_long_forgets_what_it_could_undo_before(toy):
    chain = FakeChain()
    chain.mine([mint(1, 100)], [move(1, 2, 1)])
    catch_up(follower_of(chain, toy))
    chain.mine(*[[]] * 40, [move(1, 2, 1)])
    follower = follower_of(chain, toy)
    catch_up(follower)

    chain.reorg(3, *[[move(1, 3, 1)]] * 4)
    catch_up(follower)

    assert_is_fresh_replay(chain, toy)


def test_other_chain_in_the_nodes_place_is_refused_in_words(toy):
    chain = FakeChain()
    chain.mine([mint(1, 100)])
    catch_up(follower_of(chain, toy))
    fresh = FakeChain(salt=5)
    fresh.mine([], [])

    with pytest.raises(WrongChain, match="was the local chain started afresh"):
        follower_of(fresh, toy, deployment=chain.deployment()).step()
    with pytest.raises(WrongChain, match="start with an empty database"):
        follower_of(fresh, toy).step()
    assert indexed_head().number == 1


def test_other_contracts_than_the_database_follows_are_refused(toy):
    chain = FakeChain()
    catch_up(follower_of(chain, toy))
    moved = type(chain.deployment())(31337, 1, {"TestDollar": account(5)})

    with pytest.raises(WrongChain, match="other contracts"):
        follower_of(chain, toy, deployment=moved).step()


def test_projected_row_cannot_be_written_by_anybody_else(toy):
    chain = FakeChain()
    chain.mine([mint(1, 100)])
    catch_up(follower_of(chain, toy))

    with (
        pytest.raises(ProgrammingError, match="follows from chain events"),
        transaction.atomic(),
        transaction.get_connection().cursor() as cursor,
    ):
        cursor.execute("UPDATE toy_account SET balance = 1")

    with (
        transaction.atomic(),
        journal.block_scope(1),
        transaction.get_connection().cursor() as cursor,
    ):
        cursor.execute("UPDATE toy_account SET balance = 1")
    assert balances() == {account(1): 1}


def test_scope_ends_with_its_block(toy):
    with transaction.atomic():
        with journal.block_scope(1):
            insert_an_account("a")
        with pytest.raises(ProgrammingError), transaction.atomic():
            insert_an_account("b")

    assert balances() == {"a": 1}


def test_rebuild_of_an_empty_database_replays_nothing(toy):
    assert Ledger(toy.projections(), history_blocks=8).replay() == 0


def test_rebuild_mends_rows_that_went_wrong_and_keeps_them_undoable(toy):
    chain = FakeChain()
    chain.mine([mint(1, 100)], *[[move(1, 2, 1)]] * 12)
    follower = follower_of(chain, toy)
    catch_up(follower)
    with (
        transaction.atomic(),
        journal.unrecorded_scope(),
        transaction.get_connection().cursor() as cursor,
    ):
        cursor.execute("UPDATE toy_account SET balance = balance + 1; DELETE FROM toy_transfer")

    Ledger(toy.projections(), history_blocks=8).replay()
    chain.reorg(6, *[[move(1, 3, 1)]] * 6)
    catch_up(follower)

    assert balances() == {account(1): 88, account(2): 6, account(3): 6}
    assert_is_fresh_replay(chain, toy)
