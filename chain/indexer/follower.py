"""One look at the node at a time: move on, rewind, or find nothing new."""

import time
from collections.abc import Callable, Sequence
from enum import Enum

import structlog

from chain.blocks import BlockRef
from chain.client import ChainClient
from chain.deployments import Deployment
from chain.errors import ChainMoved, UnknownBlock
from chain.identity import check_database, check_deployment
from chain.indexer.contract_logs import ContractLogs
from chain.indexer.ledger import Ledger
from chain.indexer.options import FollowOptions
from chain.indexer.reading import read_dense, read_sparse
from chain.indexer.witness import agreed_head
from chain.models import Block, IndexCursor

log = structlog.get_logger()


class Progress(Enum):
    """What one look at the node came to."""

    MOVED = "moved"
    REWOUND = "rewound"
    IDLE = "idle"


class Follower:
    """Keeps the database at the node's head. `witnesses` are further nodes that must agree with it."""

    def __init__(
        self,
        *,
        client: ChainClient,
        deployment: Deployment,
        ledger: Ledger,
        options: FollowOptions,
        witnesses: Sequence[ChainClient] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._deployment = deployment
        self._contracts = ContractLogs(deployment)
        self._ledger = ledger
        self._options = options
        self._witnesses = witnesses
        self._clock = clock
        self._behind_since: float | None = None
        self._is_identified = False

    def step(self) -> Progress:
        """Takes in the next range of blocks, or rewinds to the common ancestor, or does nothing.

        Raises NodeUnavailable or ChainMoved (look again later), WrongChain (nothing will mend it) and
        RowsOfOtherCode (a new process will).
        """
        if not self._is_identified:
            self._identify()
            self._ledger.renew()
            self._is_identified = True
        cursor = _cursor_block()
        head = agreed_head(self._client, self._witnesses, at_least=cursor.number)
        if head.number < cursor.number:
            return self._look_behind(cursor, head)
        self._behind_since = None
        if head.number == cursor.number:
            return Progress.IDLE if head.hash == cursor.hash else self._rewind(cursor, head.number)
        try:
            self._advance(cursor, head)
        except ChainMoved:
            if self._is_on_chain(cursor):
                raise
            return self._rewind(cursor, head.number)
        return Progress.MOVED

    def _advance(self, cursor: BlockRef, head: BlockRef) -> None:
        settled = head.number - self._options.history_blocks
        if cursor.number < settled:
            last = min(settled, cursor.number + self._options.sparse_span)
            if not self._is_on_chain(cursor):
                raise ChainMoved(f"block {cursor.number} is no longer on the chain")
            read = read_sparse(self._client, self._contracts, cursor, last)
        else:
            last = min(head.number, cursor.number + self._options.dense_span)
            read = read_dense(self._client, self._contracts, cursor, last)
        self._ledger.advance(read, from_hash=cursor.hash, final_number=self._final_number(head))

    def _final_number(self, head: BlockRef) -> int:
        if self._options.confirmations == "finalized":
            return self._client.block("finalized").number
        return head.number - self._options.confirmations

    def _look_behind(self, cursor: BlockRef, head: BlockRef) -> Progress:
        """The node shows fewer blocks than we have: a lagging one catches up, a restarted one does not."""
        known = Block.objects.filter(number=head.number).first()
        if known is not None and known.hash == head.hash:
            now = self._clock()
            self._behind_since = now if self._behind_since is None else self._behind_since
            if now - self._behind_since < self._options.lag_grace_seconds:
                return Progress.IDLE
        return self._rewind(cursor, head.number)

    def _rewind(self, cursor: BlockRef, highest: int) -> Progress:
        self._identify()
        self._behind_since = None
        for block in Block.objects.filter(number__lte=highest).order_by("-number").iterator():
            fork = _ref(block)
            if self._is_on_chain(fork):
                self._ledger.rewind(fork, from_hash=cursor.hash)
                return Progress.REWOUND
        log.error("history_exhausted", head=cursor.number, node_head=highest)
        self._ledger.forget_all(self._base(), from_hash=cursor.hash)
        return Progress.REWOUND

    def _is_on_chain(self, block: BlockRef) -> bool:
        try:
            return self._client.block(block.number).hash == block.hash
        except UnknownBlock:
            return False

    def _base(self) -> BlockRef:
        """The block before the contracts' first one; block 0 holds no logs."""
        return self._client.block(max(self._deployment.start_block, 1) - 1)

    def _identify(self) -> None:
        """Holds node, deployment and database to one chain; starts the cursor on a new database."""
        genesis = check_deployment(self._client, self._deployment)
        cursor = IndexCursor.objects.first()
        if cursor is not None:
            check_database(cursor, self._deployment, genesis)
            return
        self._ledger.start(
            chain_id=self._deployment.chain_id,
            genesis_hash=genesis,
            contracts_digest=self._deployment.contracts_digest,
            base=self._base(),
        )


def _cursor_block() -> BlockRef:
    cursor = IndexCursor.objects.get()
    return BlockRef(cursor.head_number, cursor.head_hash, "", cursor.head_timestamp)


def _ref(block: Block) -> BlockRef:
    return BlockRef(block.number, block.hash, block.parent_hash, block.timestamp)
