"""Reads a range of blocks from the node as one consistent answer, or says that the chain moved meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass

from chain.blocks import BlockRef, RawLog
from chain.client import ChainClient
from chain.errors import ChainMoved, NodeRefused, UnknownBlock
from chain.events import LogEvent
from chain.indexer.contract_logs import ContractLogs


@dataclass(frozen=True)
class ReadRange:
    """Blocks first..last.number with every event of ours in them.

    `blocks` are the headers to remember: all where the range is dense, the last where it is sparse.
    """

    first: int
    last: BlockRef
    blocks: tuple[BlockRef, ...]
    events: tuple[LogEvent, ...]
    is_dense: bool


def read_dense(client: ChainClient, contracts: ContractLogs, parent: BlockRef, last: int) -> ReadRange:
    """The blocks after `parent`, each header linked to the one before it.

    Near the head a node may know a block and not yet its logs: where a header's bloom leaves it open that a
    block holds logs of ours and the node showed none, the block's receipts decide. Raises ChainMoved.
    """
    first = parent.number + 1
    logs = contracts.ours(_logs(client, contracts, first, last))
    blocks = _blocks(client, range(first, last + 1))
    before = parent
    for block in blocks:
        if block.parent_hash != before.hash:
            raise ChainMoved(f"block {block.number} does not follow the block {before.number} that we know")
        before = block
    logs += _logs_left_out(client, contracts, blocks, {log.block_hash for log in logs})
    return ReadRange(first, blocks[-1], tuple(blocks), _events(contracts, logs, blocks), is_dense=True)


def read_sparse(client: ChainClient, contracts: ContractLogs, parent: BlockRef, last: int) -> ReadRange:
    """The same for blocks too deep to move: only headers of blocks with our logs, and the last."""
    first = parent.number + 1
    logs = contracts.ours(_logs(client, contracts, first, last))
    blocks = _blocks(client, sorted({log.block_number for log in logs} | {last}))
    return ReadRange(first, blocks[-1], (blocks[-1],), _events(contracts, logs, blocks), is_dense=False)


def _logs(client: ChainClient, contracts: ContractLogs, first: int, last: int) -> list[RawLog]:
    try:
        return client.logs(addresses=contracts.addresses, topics=contracts.topics, first=first, last=last)
    except UnknownBlock as error:
        raise ChainMoved(f"the node no longer has the blocks {first} to {last}") from error


def _blocks(client: ChainClient, numbers: Sequence[int]) -> list[BlockRef]:
    try:
        return client.blocks(numbers)
    except UnknownBlock as error:
        raise ChainMoved(error.message) from error


def _logs_left_out(
    client: ChainClient, contracts: ContractLogs, blocks: Sequence[BlockRef], seen: set[str]
) -> list[RawLog]:
    found: list[RawLog] = []
    for block in blocks:
        if block.hash in seen or not contracts.may_be_in(block):
            continue
        try:
            receipts = client.receipts_of_block(block.hash)
        except UnknownBlock as error:
            raise ChainMoved(error.message) from error
        except NodeRefused:
            continue  # this node cannot give receipts by block: its logs must do
        found += contracts.ours(log for receipt in receipts for log in receipt.logs)
    return found


def _events(
    contracts: ContractLogs, logs: Sequence[RawLog], blocks: Sequence[BlockRef]
) -> tuple[LogEvent, ...]:
    by_hash = {block.hash: block for block in blocks}
    events: list[LogEvent] = []
    for log in sorted(logs, key=lambda log: (log.block_number, log.log_index)):
        block = by_hash.get(log.block_hash)
        if block is None:
            raise ChainMoved(f"a log names a block {log.block_number} that the chain no longer has")
        events.append(contracts.event(log, block))
    return tuple(events)
