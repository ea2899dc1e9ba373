"""CAR v1: a header that names the root, then blocks, each with its CID. Written and read as streams.

Reading is strict: one root, every block's hash checked before its bytes are given out.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from storage.cid import Cid
from storage.errors import (
    BlockTooLarge,
    CidMismatch,
    InvalidCid,
    MalformedCar,
    TruncatedCar,
)
from storage.importer import ByteStream, read_exactly
from storage.limits import DEFAULT_LIMITS, ReadLimits
from storage.reading import Wanted, verified
from storage.varint import MAX_BYTES, encode_varint

MAX_HEADER_BYTES = 1024
MAX_CID_BYTES = 40

CBOR_UNSIGNED, CBOR_BYTES, CBOR_TEXT, CBOR_ARRAY, CBOR_MAP, CBOR_TAG = 0, 2, 3, 4, 5, 6
CID_TAG = 42


def encode_header(root: Cid) -> bytes:
    """The start of a CAR with this one root; 59 bytes for a CIDv1."""
    link = b"\x00" + bytes(root)
    body = b"\xa2\x65roots\x81\xd8\x2a\x58" + bytes([len(link)]) + link + b"\x67version\x01"
    return encode_varint(len(body)) + body


def encode_section(cid: Cid, block: bytes) -> bytes:
    """One block as it stands in a CAR."""
    name = bytes(cid)
    return encode_varint(len(name) + len(block)) + name + block


def write_car(root: Cid, blocks: Iterable[tuple[Cid, bytes]]) -> Iterator[bytes]:
    """A whole CAR, a block at a time."""
    yield encode_header(root)
    for cid, block in blocks:
        yield encode_section(cid, block)


class CarReader:
    """The root and the verified blocks of a CAR, in the order in which they come."""

    def __init__(
        self, stream: ByteStream, *, limits: ReadLimits = DEFAULT_LIMITS, where: str = "the CAR"
    ) -> None:
        self._stream = stream
        self._limits = limits
        self._where = where
        self.root = _read_header(stream, where)

    def next_block(self) -> tuple[Cid, bytes] | None:
        """The next block, its hash checked; None at the end."""
        length = _read_length(self._stream, self._where)
        if length is None:
            return None
        if length > self._limits.block_bytes + MAX_CID_BYTES:
            raise BlockTooLarge(limit_bytes=self._limits.block_bytes, cid=f"a block of {self._where}")
        section = _take(self._stream, length, self._where)
        try:
            cid, start = Cid.read_from(section, 0)
        except InvalidCid as error:
            raise MalformedCar(f"{self._where} holds a block without a CID") from error
        return cid, verified(cid, section[start:], where=self._where)


def section_starts(file: BinaryIO, *, where: str) -> Iterator[tuple[Cid, int, int]]:
    """CID, first byte and size of each block of a CAR on disk; skips the blocks and so checks none."""
    _read_header(file, where)
    while (length := _read_length(file, where)) is not None:
        section_at = file.tell()
        try:
            cid, start = Cid.read_from(file.read(min(length, MAX_CID_BYTES)), 0)
        except InvalidCid as error:
            raise MalformedCar(f"{where} holds a block without a CID") from error
        yield cid, section_at + start, length - start
        file.seek(section_at + length)


class CarTree:
    """Gives out the blocks of a CAR to a depth-first walker, and refuses any other order.

    A CAR may leave out a block that it held before; `repeat` fetches such a one again.
    """

    def __init__(self, car: CarReader, *, repeat: Callable[[Cid], bytes], where: str = "the CAR") -> None:
        self._car = car
        self._repeat = repeat
        self._where = where
        self._seen: set[Cid] = set()
        self._last: tuple[Cid, bytes] | None = None
        self._ahead: tuple[Cid, bytes] | None = None
        self._has_looked = False

    def __call__(self, wanted: Wanted, /) -> bytes:
        cid = wanted.cid
        ahead = self._skip_repeats(cid)
        if ahead is not None and ahead[0] == cid:
            self._last = ahead
            self._seen.add(cid)
            self._has_looked = False
            return ahead[1]
        if self._last is not None and self._last[0] == cid:
            return self._last[1]
        if cid in self._seen:
            return self._repeat(cid)
        if ahead is None:
            raise TruncatedCar(f"{self._where} ends before {cid}")
        raise CidMismatch(wanted=str(cid), found=str(ahead[0]), where=self._where)

    def finish(self) -> None:
        """Call when the walk is over: a CAR that holds more than its tree is refused."""
        ahead = self._skip_repeats(None)
        if ahead is not None:
            raise MalformedCar(f"{self._where} holds {ahead[0]}, which its root does not reach")

    def _look(self) -> tuple[Cid, bytes] | None:
        """The next block, without taking it."""
        if not self._has_looked:
            self._ahead = self._car.next_block()
            self._has_looked = True
        return self._ahead

    def _skip_repeats(self, wanted: Cid | None) -> tuple[Cid, bytes] | None:
        ahead = self._look()
        while ahead is not None and ahead[0] != wanted and ahead[0] in self._seen:
            self._has_looked = False
            ahead = self._look()
        return ahead


def _take(stream: ByteStream, size: int, where: str) -> bytes:
    taken = read_exactly(stream, size)
    if len(taken) < size:
        raise TruncatedCar(f"{where} ends in the middle of a block")
    return taken


def _read_length(stream: ByteStream, where: str) -> int | None:
    value = 0
    for count in range(MAX_BYTES):
        byte = stream.read(1)
        if not byte:
            if count == 0:
                return None
            raise TruncatedCar(f"{where} ends in the middle of a length")
        value |= (byte[0] & 0x7F) << (7 * count)
        if byte[0] < 0x80:
            if value == 0:
                raise MalformedCar(f"{where} holds an empty section")
            return value
    raise MalformedCar(f"{where} holds a length that is no number")


def _read_header(stream: ByteStream, where: str) -> Cid:
    length = _read_length(stream, where)
    if length is None:
        raise TruncatedCar(f"{where} is empty")
    if length > MAX_HEADER_BYTES:
        raise MalformedCar(f"{where} is not a CAR with one root")
    header = _take(stream, length, where)
    try:
        return _HeaderParser(header).root()
    except (IndexError, InvalidCid) as error:
        raise MalformedCar(f"{where} is not a CAR v1 with one root") from error


class _HeaderParser:
    """The one shape of DAG-CBOR that a CAR v1 header has: {"roots": [CID], "version": 1}."""

    def __init__(self, header: bytes) -> None:
        self._header = header
        self._at = 0

    def root(self) -> Cid:
        roots: list[Cid] = []
        version = 0
        for _ in range(self._head(CBOR_MAP)):
            key = self._chunk(self._head(CBOR_TEXT))
            if key == b"roots":
                roots = [self._cid() for _ in range(self._head(CBOR_ARRAY))]
            elif key == b"version":
                version = self._head(CBOR_UNSIGNED)
            else:
                raise InvalidCid("unknown key in the header")
        if version != 1 or len(roots) != 1 or self._at != len(self._header):
            raise InvalidCid(f"version {version} with {len(roots)} roots")
        return roots[0]

    def _cid(self) -> Cid:
        if self._head(CBOR_TAG) != CID_TAG:
            raise InvalidCid("a root is not a CID")
        link = self._chunk(self._head(CBOR_BYTES))
        if link[:1] != b"\x00":
            raise InvalidCid("a root is not a binary CID")
        return Cid.from_bytes(link[1:])

    def _head(self, major: int) -> int:
        first = self._header[self._at]
        if first >> 5 != major:
            raise InvalidCid("the header has another shape")
        argument = first & 0x1F
        self._at += 1
        if argument < 24:
            return argument
        if argument == 24:
            self._at += 1
            return self._header[self._at - 1]
        raise InvalidCid("the header is too large")

    def _chunk(self, size: int) -> bytes:
        chunk = self._header[self._at : self._at + size]
        if len(chunk) < size:
            raise InvalidCid("the header ends too early")
        self._at += size
        return chunk
