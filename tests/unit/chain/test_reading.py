"""A range is read as one consistent answer, or not at all."""

from dataclasses import replace

import pytest

from chain.errors import ChainMoved, NodeUnavailable
from chain.indexer.contract_logs import ContractLogs
from chain.indexer.reading import read_dense, read_sparse
from chain.indexer.witness import agreed_head
from tests.unit.chain.fake_chain import START_BLOCK, ZERO, FakeChain, Transfer, account

STRANGER = "0x" + "77" * 20


@pytest.fixture
def chain() -> FakeChain:
    chain = FakeChain()
    chain.mine(
        [Transfer(ZERO, account(1), 100)],
        [],
        [Transfer(account(1), account(2), 30), Transfer(account(1), account(3), 20)],
        [],
    )
    return chain


@pytest.fixture
def contracts(chain) -> ContractLogs:
    return ContractLogs(chain.deployment())


def genesis(chain: FakeChain):
    return chain.block(START_BLOCK - 1)


def test_dense_range_holds_every_header_and_the_events_in_order(chain, contracts):
    read = read_dense(chain, contracts, genesis(chain), 4)

    assert [block.number for block in read.blocks] == [1, 2, 3, 4]
    assert [(event.block_number, event.log_index, event.args["value"]) for event in read.events] == [
        (1, 0, 100),
        (3, 0, 30),
        (3, 1, 20),
    ]
    assert read.events[0].block_timestamp == chain.block(1).timestamp


def test_sparse_range_remembers_its_last_block_alone(chain, contracts):
    read = read_sparse(chain, contracts, genesis(chain), 4)

    assert [block.number for block in read.blocks] == [4]
    assert len(read.events) == 3


@pytest.mark.fault("F14")
def test_logs_given_twice_and_shuffled_count_once_in_order(chain, contracts, monkeypatch):
    true_logs = chain.logs

    def twice_and_backwards(**query):
        return [*reversed(true_logs(**query)), *true_logs(**query)]

    plain = read_dense(chain, contracts, genesis(chain), 4)
    monkeypatch.setattr(chain, "logs", twice_and_backwards)

    assert read_dense(chain, contracts, genesis(chain), 4) == plain


@pytest.mark.attack("S39")
def test_look_alike_events_of_another_contract_are_left_out(contracts, chain, monkeypatch):
    chain.mine([Transfer(ZERO, STRANGER, 10**30, emitter=STRANGER)])
    every_log = [log for block in chain.blocks_ for log in block.logs]
    monkeypatch.setattr(chain, "logs", lambda **query: every_log)

    read = read_dense(chain, contracts, genesis(chain), 5)

    assert STRANGER not in {event.args["to"].lower() for event in read.events}
    assert len(read.events) == 3


@pytest.mark.fault("F16")
def test_logs_that_a_lagging_node_leaves_out_are_found_in_the_receipts(chain, contracts):
    plain = read_dense(chain, contracts, genesis(chain), 4)
    chain.hidden_logs = {1, 3}

    assert read_dense(chain, contracts, genesis(chain), 4) == plain


@pytest.mark.fault("F16")
def test_blocks_whose_bloom_denies_our_logs_cost_no_further_request(chain, contracts, monkeypatch):
    asked: list[str] = []
    monkeypatch.setattr(chain, "receipts_of_block", lambda block_hash: asked.append(block_hash) or [])

    read_dense(chain, contracts, genesis(chain), 4)

    assert asked == []


def test_range_that_does_not_follow_our_block_is_refused(chain, contracts):
    other = replace(genesis(chain), hash="0x" + "ee" * 32)

    with pytest.raises(ChainMoved):
        read_dense(chain, contracts, other, 4)


@pytest.mark.fault("F12")
def test_reorganisation_between_logs_and_headers_is_noticed(chain, contracts, monkeypatch):
    true_logs = chain.logs

    def logs_then_reorg(**query):
        found = true_logs(**query)
        chain.reorg(2, [], [])
        return found

    monkeypatch.setattr(chain, "logs", logs_then_reorg)

    with pytest.raises(ChainMoved):
        read_dense(chain, contracts, genesis(chain), 4)


@pytest.mark.fault("F12")
def test_chain_that_got_shorter_meanwhile_is_noticed(chain, contracts):
    with pytest.raises(ChainMoved):
        read_dense(chain, contracts, genesis(chain), 9)


def test_node_that_is_away_says_so(chain, contracts, monkeypatch):
    def away(**query):
        raise NodeUnavailable("the node does not answer")

    monkeypatch.setattr(chain, "logs", away)

    with pytest.raises(NodeUnavailable):
        read_dense(chain, contracts, genesis(chain), 4)


@pytest.mark.fault("F17")
def test_nodes_that_disagree_are_followed_to_their_newest_common_block():
    ours, theirs = FakeChain(), FakeChain()
    for chain in (ours, theirs):
        chain.mine(*[[]] * 10)
    theirs.reorg(4, *[[]] * 6)

    assert agreed_head(ours, [theirs], at_least=0) == ours.block(6)
    assert agreed_head(ours, [], at_least=0) == ours.block(10)


@pytest.mark.fault("F17")
def test_witness_that_lags_holds_us_back_and_one_that_is_ahead_does_not():
    ours, behind, ahead = FakeChain(), FakeChain(), FakeChain()
    ours.mine(*[[]] * 10)
    behind.mine(*[[]] * 7)
    ahead.mine(*[[]] * 12)

    assert agreed_head(ours, [ahead], at_least=0).number == 10
    assert agreed_head(ours, [ahead, behind], at_least=0).number == 7


@pytest.mark.fault("F17")
def test_nothing_moves_where_nodes_differ_already_at_our_block():
    ours, theirs = FakeChain(), FakeChain(salt=9)
    ours.mine(*[[]] * 10)
    theirs.mine(*[[]] * 10)

    assert agreed_head(ours, [theirs], at_least=5) == ours.block(5)
