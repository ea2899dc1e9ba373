"""Writes what was read: events, projected rows, blocks and cursor move in one transaction or not at all."""

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

import structlog
from django.db import connection, transaction
from django.db.models import QuerySet

from chain import journal
from chain.blocks import BlockRef
from chain.errors import ChainMoved, RowsOfOtherCode
from chain.events import LogEvent
from chain.indexer.reading import ReadRange
from chain.models import Block, ChainEvent, IndexCursor, Reorg
from chain.outbox import reopen_above
from chain.projections import Projections

log = structlog.get_logger()
EVENTS_PER_READ = 500
_COPY_EVENTS = (
    "COPY chain_chainevent (block_number, log_index, block_hash, block_timestamp, tx_hash, address, contract,"
    " name, args) FROM STDIN"
)


def no_failpoint(name: str) -> None:
    """Where a test may kill the process; in life nothing happens here."""


class Ledger:
    """The follower's records. A change names the head that it was made from, and is refused on another.

    It is refused too where the rows are of other code than this (RowsOfOtherCode).
    """

    def __init__(
        self,
        projections: Projections,
        *,
        history_blocks: int,
        failpoint: Callable[[str], None] = no_failpoint,
    ) -> None:
        self._projections = projections
        self._history_blocks = history_blocks
        self._failpoint = failpoint

    def start(self, *, chain_id: int, genesis_hash: str, contracts_digest: str, base: BlockRef) -> None:
        """Puts the cursor on the block before the contracts' first."""
        with transaction.atomic():
            IndexCursor.objects.create(
                chain_id=chain_id,
                genesis_hash=genesis_hash,
                contracts_digest=contracts_digest,
                projections_digest=self._projections.digest,
                head_number=base.number,
                head_hash=base.hash,
                head_timestamp=base.timestamp,
            )
            _remember([base])

    def advance(self, read: ReadRange, *, from_hash: str, final_number: int) -> None:
        """Takes a range in. `final_number` is the newest block that counts as final."""
        with transaction.atomic():
            cursor = self._locked_cursor(from_hash)
            if read.first != cursor.head_number + 1:
                raise ChainMoved(f"blocks {cursor.head_number + 1} to {read.first - 1} are missing")
            _store(read.events)
            self._failpoint("events_written")
            if read.is_dense:
                self._project_recorded(read.events)
            else:
                self._project_unrecorded(read.events)
                # Nothing of a sparse range can be undone, so nothing below its end can be either.
                Block.objects.all().delete()
                journal.prune_up_to(read.last.number)
            self._projections.news(read.events)
            self._failpoint("projected")
            _remember(read.blocks)
            _move(cursor, read.last)
            self._make_final(cursor, final_number)
            cursor.save()
            self._failpoint("cursor_moved")
            self._prune(read.last.number)
        self._failpoint("committed")

    def rewind(self, fork: BlockRef, *, from_hash: str) -> None:
        """Takes back every block above the fork: projected rows (by the journal), events, blocks, cursor."""
        with transaction.atomic():
            cursor = self._locked_cursor(from_hash)
            reorg = _note(cursor, fork.number)
            undone = journal.undo_above(fork.number)
            self._failpoint("undone")
            ChainEvent.objects.filter(block_number__gt=fork.number).delete()
            Block.objects.filter(number__gt=fork.number).delete()
            _move(cursor, fork)
            cursor.deep_number = min(cursor.deep_number, fork.number)
            if reorg.is_beyond_depth:
                self._undo_final(reorg)
            cursor.save()
            self._failpoint("rewound")
        _tell(reorg, undone)

    def forget_all(self, base: BlockRef, *, from_hash: str) -> None:
        """Empties every projected table and all events, to read the chain anew from its first block."""
        with transaction.atomic():
            cursor = self._locked_cursor(from_hash)
            reorg = _note(cursor, base.number)
            journal.empty_projected_tables()
            ChainEvent.objects.all().delete()
            Block.objects.all().delete()
            _remember([base])
            _move(cursor, base)
            cursor.deep_number = -1
            self._undo_final(reorg)
            cursor.save()
            self._failpoint("forgotten")
        _tell(reorg, 0)

    def renew(self) -> int | None:
        """Replays where the rows are of other code than this: after an update that changed what they hold.

        Gives the number of events; None where the rows are of this code.
        """
        if not IndexCursor.objects.exclude(projections_digest=self._projections.digest).exists():
            return None
        replayed = self.replay()
        log.warning("projections_renewed", events=replayed)
        return replayed

    def replay(self) -> int:
        """Empties every projected table and fills it again from the stored events; gives their number."""
        with transaction.atomic():
            cursor = IndexCursor.objects.select_for_update().first()
            if cursor is None:
                return 0
            floor = Block.objects.order_by("number").values_list("number", flat=True).first()
            recorded_from = cursor.head_number + 1 if floor is None else floor + 1
            journal.empty_projected_tables()
            stored = ChainEvent.objects.order_by("block_number", "log_index")
            self._project_unrecorded(_events(stored.filter(block_number__lt=recorded_from)))
            self._project_recorded(_events(stored.filter(block_number__gte=recorded_from)))
            cursor.projections_digest = self._projections.digest
            cursor.save()
            deep = Block.objects.filter(number=cursor.deep_number).first()
            if deep is not None:
                with journal.block_scope(cursor.head_number):
                    self._projections.deep_block(deep.number, deep.timestamp)
            return stored.count()

    def _locked_cursor(self, from_hash: str) -> IndexCursor:
        cursor = IndexCursor.objects.select_for_update().get()
        if cursor.head_hash != from_hash:
            raise ChainMoved(f"another follower moved the cursor to block {cursor.head_number}")
        if cursor.projections_digest != self._projections.digest:
            raise RowsOfOtherCode("the projected rows are of other code by now: start the follower anew")
        return cursor

    def _project_recorded(self, events: Iterable[LogEvent]) -> None:
        for number, of_block in groupby(events, key=lambda event: event.block_number):
            with journal.block_scope(number):
                for event in of_block:
                    self._projections.project(event)

    def _project_unrecorded(self, events: Iterable[LogEvent]) -> None:
        with journal.unrecorded_scope():
            for event in events:
                self._projections.project(event)

    def _make_final(self, cursor: IndexCursor, final_number: int) -> None:
        deep = Block.objects.filter(number=min(final_number, cursor.head_number)).first()
        if deep is None or deep.number <= cursor.deep_number:
            return
        cursor.deep_number = deep.number
        with journal.block_scope(cursor.head_number):
            self._projections.deep_block(deep.number, deep.timestamp)

    def _undo_final(self, reorg: Reorg) -> None:
        reopen_above(reorg.fork_number)
        with journal.block_scope(reorg.fork_number):
            self._projections.deep_reorg(reorg.fork_number, reorg.deep_number)

    def _prune(self, head_number: int) -> None:
        oldest_kept = head_number - self._history_blocks
        if Block.objects.filter(number__lt=oldest_kept).delete()[0]:
            journal.prune_up_to(oldest_kept)


def _move(cursor: IndexCursor, block: BlockRef) -> None:
    cursor.head_number, cursor.head_hash, cursor.head_timestamp = block.number, block.hash, block.timestamp


def _remember(blocks: Iterable[BlockRef]) -> None:
    Block.objects.bulk_create(
        Block(number=b.number, hash=b.hash, parent_hash=b.parent_hash, timestamp=b.timestamp) for b in blocks
    )


def _note(cursor: IndexCursor, fork_number: int) -> Reorg:
    return Reorg.objects.create(
        fork_number=fork_number,
        old_head_number=cursor.head_number,
        old_head_hash=cursor.head_hash,
        deep_number=cursor.deep_number,
    )


def _tell(reorg: Reorg, undone: int) -> None:
    say = log.error if reorg.is_beyond_depth else log.warning
    say(
        "chain_reorganised",
        fork=reorg.fork_number,
        depth=reorg.depth,
        undone_rows=undone,
        beyond_final=reorg.is_beyond_depth,
    )


def _store(events: Iterable[LogEvent]) -> None:
    """Inserts by COPY, which is several times as fast as INSERT when a long chain is caught up with."""
    with connection.cursor() as cursor, cursor.copy(_COPY_EVENTS) as rows:
        for event in events:
            rows.write_row(
                (
                    event.block_number,
                    event.log_index,
                    event.block_hash,
                    event.block_timestamp,
                    event.tx_hash,
                    event.address,
                    event.contract,
                    event.name,
                    json.dumps(event.args),
                )
            )


def _events(rows: QuerySet[ChainEvent]) -> Iterator[LogEvent]:
    for row in rows.iterator(chunk_size=EVENTS_PER_READ):
        yield LogEvent(
            contract=row.contract,
            name=row.name,
            args=row.args,
            block_number=row.block_number,
            block_hash=row.block_hash,
            block_timestamp=row.block_timestamp,
            tx_hash=row.tx_hash,
            log_index=row.log_index,
            address=row.address,
        )
