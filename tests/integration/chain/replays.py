"""What the follower's tests share: payments for a chain in memory, and the proof against a fresh replay."""

from chain.indexer.ledger import Ledger
from chain.selectors import indexed_head
from tests.integration.chain.conftest import SMALL, ToyProjection, stored_logs, toy_rows
from tests.unit.chain.fake_chain import ZERO, FakeChain, Transfer, account

POINTS = ["events_written", "projected", "cursor_moved", "committed", "undone", "rewound"]


def assert_is_fresh_replay(chain: FakeChain, toy: ToyProjection) -> None:
    """The database equals what a new follower would write from the chain alone."""
    logs = chain.transfers()
    assert stored_logs() == [(log.block_number, log.log_index, log.block_hash, log.tx_hash) for log in logs]
    head = indexed_head()
    assert head is not None
    assert (head.number, head.timestamp) == (chain.head().number, chain.head().timestamp)
    kept = toy_rows()
    Ledger(toy.projections(), history_blocks=SMALL.history_blocks).replay()
    assert toy_rows() == kept


def mint(number: int, value: int) -> Transfer:
    return Transfer(ZERO, account(number), value)


def move(sender: int, to: int, value: int) -> Transfer:
    return Transfer(account(sender), account(to), value)
