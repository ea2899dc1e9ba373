"""Streams made from what we have: pieces of bytes, and a copy that can be read twice."""

import io
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from storage.importer import ByteStream

SPOOL_BYTES = 16 << 20
COPY_BYTES = 1 << 20
READ_BYTES = 65536


class PieceStream:
    """A stream over pieces of bytes."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._piece = b""
        self._at = 0

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes, and at least one until the end."""
        while self._at == len(self._piece):
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._piece, self._at = piece, 0
        start = self._at
        self._at = len(self._piece) if size < 0 else min(len(self._piece), start + size)
        return self._piece[start : self._at]


def buffered(stream: ByteStream) -> io.BufferedReader:
    """The stream with `readline`, and with `read` that gives all that was asked for until the end."""
    return io.BufferedReader(_Raw(stream), COPY_BYTES)


def bytes_left(stream: ByteStream) -> int:
    """How much a stream that can be rewound still holds; 0 of one that cannot tell."""
    if not (hasattr(stream, "seekable") and stream.seekable()):
        return 0
    start = stream.tell()  # type: ignore[attr-defined]
    end: int = stream.seek(0, io.SEEK_END)  # type: ignore[attr-defined]
    stream.seek(start)  # type: ignore[attr-defined]
    return end - start


def read_within(stream: ByteStream, limit_bytes: int) -> bytes | None:
    """All that comes until the end; None where it is more than the limit, and then the rest is not read."""
    received = bytearray()
    while piece := stream.read(min(READ_BYTES, limit_bytes + 1 - len(received))):
        received += piece
    return None if len(received) > limit_bytes else bytes(received)


@contextmanager
def rewindable(stream: ByteStream) -> Iterator[BinaryIO]:
    """The stream itself where it can be read twice, else a copy that is gone with the call."""
    if hasattr(stream, "seekable") and stream.seekable():
        yield stream  # type: ignore[misc]
        return
    with tempfile.SpooledTemporaryFile(SPOOL_BYTES) as copy:
        shutil.copyfileobj(stream, copy, COPY_BYTES)
        copy.seek(0)
        yield copy  # type: ignore[misc]


class _Raw(io.RawIOBase):
    def __init__(self, stream: ByteStream) -> None:
        super().__init__()
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, target: memoryview, /) -> int:  # type: ignore[override]
        piece = self._stream.read(len(target))
        target[: len(piece)] = piece
        return len(piece)
