"""One store over several: content is kept on a number of them and read from the first good one."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

from common.errors import QommonsError, RetryableError
from storage.cid import Cid
from storage.errors import (
    BlockMissing,
    BlockTooLarge,
    CidMismatch,
    MalformedCar,
    NodeTooOld,
    PinRefused,
    StoreNotConfigured,
    TooFewCopies,
)
from storage.importer import ByteStream
from storage.protocol import ContentStore, StoredFile
from storage.streams import PieceStream, rewindable

# A place that gave wrong, endless or no bytes; what is wrong with the content itself is not among these.
READ_FAULTS = (RetryableError, CidMismatch, MalformedCar, BlockTooLarge, OSError)
KEEP_FAULTS = (RetryableError, BlockMissing, PinRefused, NodeTooOld)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Place:
    """`name` is for people: no address and no secret."""

    name: str
    store: ContentStore


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one place has of a tree: bytes pinned there and read back, each block checked; or the problem."""

    place: str
    read_back_bytes: int | None
    problem: str | None = None

    @property
    def is_kept(self) -> bool:
        return self.problem is None


class SeveralPlaces:
    """A ContentStore over others, in the order of preference.

    copies: how many must keep the content; places above that number step in for one that fails.
    aside_seconds: how long a place that failed is asked last. 0 never sets one aside.
    """

    def __init__(
        self,
        places: Sequence[Place],
        *,
        copies: int,
        aside_seconds: float = 300.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not 1 <= copies <= len(places):
            raise StoreNotConfigured(f"{copies} copies cannot be kept in {len(places)} places")
        self.copies = copies
        self.stores = tuple(place.store for place in places)
        self._places = tuple(places)
        self._aside_seconds = aside_seconds
        self._clock = clock
        self._aside_until: dict[str, float] = {}

    def add_file(self, stream: ByteStream) -> StoredFile:
        return self.add_file_with_receipts(stream)[0]

    def add_file_with_receipts(self, stream: ByteStream) -> tuple[StoredFile, list[Receipt]]:
        """Keeps a file and says what each place that was asked has of it."""
        with rewindable(stream) as source:
            start = source.tell()

            def add(store: ContentStore) -> StoredFile:
                source.seek(start)
                return store.add_file(source)

            return self._keep(add, lambda stored: stored.cid)

    def add_block(self, document: bytes) -> Cid:
        return self._keep(lambda store: store.add_block(document), lambda cid: cid)[0]

    def import_car(self, stream: ByteStream) -> Cid:
        with rewindable(stream) as source:
            start = source.tell()

            def take(store: ContentStore) -> Cid:
                source.seek(start)
                return store.import_car(source)

            return self._keep(take, lambda cid: cid)[0]

    def pin(self, cid: Cid) -> None:
        """Keeps the tree on the configured number of places.

        One that lacks it, or does not read it back whole, gets it from one that has it.
        """
        self._first_good(lambda store: store.read_block(cid))

        def keep(store: ContentStore) -> Cid:
            if store.has(cid):
                store.pin(cid)
                if _is_whole(store, cid):
                    return cid
            return store.import_car(PieceStream(self.export_car(cid)))

        self._keep(keep, lambda kept: kept)

    def unpin(self, cid: Cid) -> None:
        failure: RetryableError | PinRefused | None = None
        for place in self._places:
            try:
                place.store.unpin(cid)
            except (RetryableError, PinRefused) as error:
                failure = error
        if failure is not None:
            raise failure

    def is_pinned(self, cid: Cid) -> bool:
        """Whether enough places have a pin; `receipts` also reads it back."""
        return sum(self._says_yes(place, lambda store: store.is_pinned(cid)) for place in self._places) >= (
            self.copies
        )

    def has(self, cid: Cid) -> bool:
        return any(self._says_yes(place, lambda store: store.has(cid)) for place in self._places)

    def receipts(self, cid: Cid) -> list[Receipt]:
        """Reads the whole tree back from every place: what is truly there now."""
        return [receipt_of(place, cid) for place in self._places]

    def read_block(self, cid: Cid) -> bytes:
        return self._first_good(lambda store: store.read_block(cid))

    def size(self, cid: Cid) -> int:
        return self._first_good(lambda store: store.size(cid))

    def open(self, cid: Cid, *, offset: int = 0, length: int | None = None) -> Iterator[bytes]:
        def from_there(store: ContentStore, given: int) -> Iterator[bytes]:
            left = None if length is None else length - given
            return store.open(cid, offset=offset + given, length=left)

        return _started(self._resumed(from_there))

    def export_car(self, cid: Cid) -> Iterator[bytes]:
        # Every store writes the same CAR of a tree, so another can go on where one broke off.
        return _started(self._resumed(lambda store, given: _without_first(store.export_car(cid), given)))

    def aside(self) -> list[str]:
        """The places that failed a short while ago."""
        now = self._clock()
        return [place.name for place in self._places if self._aside_until.get(place.name, 0.0) > now]

    def _keep(self, keep: Callable[[ContentStore], T], cid_of: Callable[[T], Cid]) -> tuple[T, list[Receipt]]:
        """Asks one place after the other until enough have it, each read back."""
        receipts: list[Receipt] = []
        kept: list[T] = []
        failure: QommonsError | None = None
        for place in self._in_order():
            try:
                answer = keep(place.store)
                if kept and cid_of(answer) != cid_of(kept[0]):
                    raise PinRefused(f"{place.name} keeps {cid_of(answer)} instead of {cid_of(kept[0])}")
                receipt = receipt_of(place, cid_of(answer))
            except KEEP_FAULTS as error:
                self._set_aside(place)
                failure = failure or error
                receipts.append(Receipt(place.name, None, error.message))
                continue
            receipts.append(receipt)
            if receipt.is_kept:
                kept.append(answer)
            else:
                self._set_aside(place)
            if len(kept) == self.copies:
                return kept[0], receipts
        if not kept:
            raise failure or PinRefused("no place keeps what it was given")
        raise TooFewCopies(str(cid_of(kept[0])), wanted=self.copies, kept=len(kept)) from failure

    def _first_good(self, ask: Callable[[ContentStore], T]) -> T:
        failure: Exception | None = None
        for place in self._in_order():
            try:
                return ask(place.store)
            except (BlockMissing, *READ_FAULTS) as error:
                failure = self._noted(place, error, failure)
        assert failure is not None
        raise failure

    def _resumed(self, from_there: Callable[[ContentStore, int], Iterator[bytes]]) -> Iterator[bytes]:
        """The pieces of one stream; the next place goes on after the last byte that was given out."""
        given = 0
        failure: Exception | None = None
        for place in self._in_order():
            try:
                for piece in from_there(place.store, given):
                    given += len(piece)
                    yield piece
            except (BlockMissing, *READ_FAULTS) as error:
                failure = self._noted(place, error, failure)
            else:
                return
        assert failure is not None
        raise failure

    def _noted(self, place: Place, error: Exception, before: Exception | None) -> Exception:
        """The failure to raise at the end: being away or wrong says more than not having it."""
        if not isinstance(error, BlockMissing):
            self._set_aside(place)
        return error if before is None or isinstance(before, BlockMissing) else before

    def _says_yes(self, place: Place, ask: Callable[[ContentStore], bool]) -> bool:
        try:
            return ask(place.store)
        except (PinRefused, *READ_FAULTS):
            self._set_aside(place)
            return False

    def _set_aside(self, place: Place) -> None:
        self._aside_until[place.name] = self._clock() + self._aside_seconds

    def _in_order(self) -> list[Place]:
        aside = set(self.aside())
        return sorted(self._places, key=lambda place: place.name in aside)


def receipt_of(place: Place, cid: Cid) -> Receipt:
    """Reads the whole tree back from the place."""
    try:
        if not place.store.is_pinned(cid):
            return Receipt(place.name, None, f"{place.name} has no pin of {cid}")
        return Receipt(place.name, sum(len(piece) for piece in place.store.export_car(cid)))
    except QommonsError as error:
        return Receipt(place.name, None, error.message)
    except OSError:
        return Receipt(place.name, None, f"{place.name} cannot be read")


def _is_whole(store: ContentStore, cid: Cid) -> bool:
    try:
        return all(store.export_car(cid))
    except (BlockMissing, *READ_FAULTS):
        return False


def _started(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same pieces, the first of them read already: what is missing or refused is so at the call."""
    for first in pieces:
        return chain([first], pieces)
    return iter(())


def _without_first(pieces: Iterator[bytes], skipped: int) -> Iterator[bytes]:
    for piece in pieces:
        if skipped < len(piece):
            yield piece[skipped:]
        skipped = max(0, skipped - len(piece))
