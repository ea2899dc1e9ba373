"""Verified reads from a place that we do not trust: whatever it sends is checked block by block."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Protocol

from storage.car import CarReader, CarTree, write_car
from storage.cid import RAW, Cid
from storage.errors import BlockTooLarge, CidMismatch, MalformedCar, SourceUnavailable
from storage.limits import DEFAULT_LIMITS, ReadLimits
from storage.reading import Wanted, file_size, read_file, tree_blocks, verified
from storage.streams import read_within


class Answer(Protocol):
    """The body of an answer as it arrives; `read` gives at least one byte until the end, and ends in time."""

    def read(self, size: int = -1, /) -> bytes: ...

    def close(self) -> None: ...


class VerifiedSource(ABC):
    """A BlockSource over two questions: one block, and the CAR of a tree."""

    where = "the source"

    def __init__(self, *, limits: ReadLimits = DEFAULT_LIMITS) -> None:
        self._limits = limits

    @abstractmethod
    def _ask_block(self, cid: Cid) -> Answer:
        """The bytes of one block, as sent."""

    @abstractmethod
    def _ask_car(self, cid: Cid) -> Answer:
        """A CAR of the tree in depth-first order, as sent."""

    def read_block(self, cid: Cid) -> bytes:
        with closing(self._ask_block(cid)) as answer:
            block = read_within(answer, self._limits.block_bytes)
        if block is None:
            raise BlockTooLarge(limit_bytes=self._limits.block_bytes, cid=str(cid))
        return verified(cid, block, where=self.where)

    def open(self, cid: Cid, *, offset: int = 0, length: int | None = None) -> Iterator[bytes]:
        # The root comes alone and first: a source without it may answer a CAR with success and an empty tree.
        pieces = read_file(cid, self._one_block, offset=offset, length=length, limits=self._limits)
        if cid.codec == RAW or offset or length is not None:
            return pieces
        return self._stream_file(cid)

    def size(self, cid: Cid) -> int:
        return file_size(cid, self.read_block(cid))

    def export_car(self, cid: Cid) -> Iterator[bytes]:
        self.read_block(cid)
        return self._stream_car(cid)

    def _stream_file(self, cid: Cid) -> Iterator[bytes]:
        with self._whole_tree(cid) as tree:
            yield from read_file(cid, tree, limits=self._limits)

    def _stream_car(self, cid: Cid) -> Iterator[bytes]:
        with self._whole_tree(cid) as tree:
            yield from write_car(cid, tree_blocks(cid, tree, limits=self._limits))

    @contextmanager
    def _whole_tree(self, cid: Cid) -> Iterator[CarTree]:
        with closing(self._ask_car(cid)) as answer, whole_answers(self.where):
            yield self._tree_in(answer, cid)

    def _tree_in(self, answer: Answer, cid: Cid) -> CarTree:
        car = CarReader(answer, limits=self._limits, where=self.where)
        if car.root != cid:
            raise CidMismatch(wanted=str(cid), found=str(car.root), where=self.where)
        return CarTree(car, repeat=self.read_block, where=self.where)

    def _one_block(self, wanted: Wanted, /) -> bytes:
        return self.read_block(wanted.cid)


@contextmanager
def whole_answers(where: str) -> Iterator[None]:
    """A CAR that is cut or garbled on its way is the source's failure, and worth another try."""
    try:
        yield
    except MalformedCar as error:
        raise SourceUnavailable(f"{where} did not send a whole tree: {error}") from error
