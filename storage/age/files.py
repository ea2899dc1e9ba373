"""Whole files: sealed and opened as streams in constant memory, read at any place, given to other recipients.

Pieces come as they are proven. Whoever opens a stream must take it to its end before trusting that the file
is whole: the last chunk proves that nothing was cut off.
"""

import secrets
from collections.abc import Iterable, Iterator
from typing import Protocol

from storage.age.errors import MalformedHeader
from storage.age.file_key import FileKey
from storage.age.header import MAX_HEADER_BYTES, Header, read_header
from storage.age.keys import Identity, KeyFinder, Recipient, unwrap_checked, wrapped_for
from storage.age.payload import (
    CHUNK_BYTES,
    NONCE_BYTES,
    SEALED_CHUNK_BYTES,
    PayloadSize,
    open_chunk,
    open_chunks,
    seal_chunks,
    sealed_payload_bytes,
)
from storage.errors import RangeOutOfBounds
from storage.importer import ByteStream, read_exactly
from storage.streams import PieceStream, buffered


class RangeSource(Protocol):
    """The bytes [offset, offset + length) of a sealed file, in pieces; it may end before they do."""

    def __call__(self, offset: int, length: int, /) -> Iterator[bytes]: ...


def seal(plain: ByteStream, recipients: Iterable[Recipient]) -> Iterator[bytes]:
    """The sealed file, under a fresh key: equal files never look alike."""
    file_key = FileKey.fresh()
    return seal_with(plain, wrapped_for(file_key, recipients), file_key)


def seal_with(plain: ByteStream, header: Header, file_key: FileKey) -> Iterator[bytes]:
    """The sealed file behind a header that is made already; a file key seals one file and no second."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    yield header.encode() + nonce
    yield from seal_chunks(file_key.payload_cipher(nonce), plain)


def sealed_size(plain_bytes: int, recipients: int) -> int:
    """Bytes of the sealed file, known before it is sealed: each recipient has a stanza of one length."""
    probe = Identity(bytes(32)).recipient.wrap(FileKey(bytes(16)))
    empty = len(FileKey(bytes(16)).sign(()).encode())
    return empty + recipients * len(probe.encode()) + sealed_payload_bytes(plain_bytes)


def unseal(sealed: ByteStream, identities: Iterable[KeyFinder]) -> Iterator[bytes]:
    """The plain bytes. The header is read and proven at the call, each chunk as it is taken."""
    stream = buffered(sealed)
    header = read_header(stream)
    file_key = unwrap_checked(header, identities)
    return open_chunks(file_key.payload_cipher(_read_nonce(stream)), stream)


class SealedFile:
    """A sealed file of known size at a source that gives ranges, such as a store or a gateway.

    Opening it reads the header and the last chunk, which proves that the file ends where its size says.
    """

    def __init__(self, source: RangeSource, size: int, identities: Iterable[KeyFinder]) -> None:
        self._source = source
        stream = buffered(PieceStream(source(0, MAX_HEADER_BYTES + NONCE_BYTES)))
        self.header: Header = read_header(stream)
        self._file_key = unwrap_checked(self.header, identities)
        nonce = _read_nonce(stream)
        self._nonce_at = len(self.header.encode())
        self._chunks_at = self._nonce_at + NONCE_BYTES
        self._payload_end = size
        self._cipher = self._file_key.payload_cipher(nonce)
        self._size = PayloadSize(size - self._chunks_at)
        for _ in self._chunk_range(self._size.chunks - 1, self._size.chunks):
            continue

    @property
    def plain_size(self) -> int:
        return self._size.plain_bytes

    def read(self, *, offset: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The plain bytes [offset, offset + length), reading only the chunks that hold them."""
        end = self.plain_size if length is None else min(self.plain_size, offset + length)
        if offset < 0 or offset > self.plain_size or (length is not None and length < 0):
            raise RangeOutOfBounds(f"the range does not lie within the file's {self.plain_size} bytes")
        return self._plain(offset, end)

    def rewrapped(self, recipients: Iterable[Recipient]) -> "RewrappedFile":
        """The same payload for other recipients: a new header, no re-encryption."""
        return self.behind(wrapped_for(self._file_key, recipients).encode())

    def behind(self, header: bytes) -> "RewrappedFile":
        """The same payload behind a header that was made for it before."""
        return RewrappedFile(header, self._source, self._nonce_at, self._payload_end)

    def _plain(self, start: int, end: int) -> Iterator[bytes]:
        if start == end:
            return
        first, stop = start // CHUNK_BYTES, -(-end // CHUNK_BYTES)
        for number, chunk in enumerate(self._chunk_range(first, stop), start=first):
            position = number * CHUNK_BYTES
            yield chunk[max(0, start - position) : end - position]

    def _chunk_range(self, first: int, stop: int) -> Iterator[bytes]:
        offset = self._chunks_at + first * SEALED_CHUNK_BYTES
        length = min(stop * SEALED_CHUNK_BYTES, self._size.sealed_bytes) - first * SEALED_CHUNK_BYTES
        stream = PieceStream(self._source(offset, length))
        for number in range(first, stop):
            chunk = read_exactly(stream, SEALED_CHUNK_BYTES)
            yield open_chunk(self._cipher, chunk, number, self._size)


class RewrappedFile:
    """A new header in front of the old payload; read by ranges, as HTTP does, it is a valid age file."""

    def __init__(self, header: bytes, source: RangeSource, payload_at: int, payload_end: int) -> None:
        self.header = header
        self._source = source
        self._payload_at = payload_at
        self.size = len(header) + payload_end - payload_at

    def read(self, *, offset: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The bytes [offset, offset + length) of the file as its new recipient gets it."""
        end = self.size if length is None else min(self.size, offset + length)
        if offset < 0 or offset > self.size or (length is not None and length < 0):
            raise RangeOutOfBounds(f"the range does not lie within the file's {self.size} bytes")
        return self._pieces(offset, end)

    def _pieces(self, start: int, end: int) -> Iterator[bytes]:
        head = self.header[start:end]
        if head:
            yield head
        start = max(start, len(self.header))
        if start < end:
            yield from self._source(self._payload_at + start - len(self.header), end - start)


def _read_nonce(stream: ByteStream) -> bytes:
    nonce = read_exactly(stream, NONCE_BYTES)
    if len(nonce) != NONCE_BYTES:
        raise MalformedHeader("the file ends before its payload begins")
    return nonce
