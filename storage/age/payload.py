"""The payload: chunks of 64 KiB, each sealed with its number and with whether it is the last (STREAM).

Chunks can be opened in any order, but none can be cut off, moved or repeated unnoticed.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from storage.age.errors import PayloadDamaged
from storage.importer import ByteStream, read_exactly

CHUNK_BYTES = 64 << 10
TAG_BYTES = 16
SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES
NONCE_BYTES = 16
# Reads of 2 MiB: fewer calls on the source, and still little memory.
CHUNKS_PER_READ = 32


@dataclass(frozen=True, slots=True)
class PayloadSize:
    """What the size of the sealed chunks (without the nonce) says of the plain bytes."""

    sealed_bytes: int

    def __post_init__(self) -> None:
        last = self.sealed_bytes - (self.chunks - 1) * SEALED_CHUNK_BYTES
        if last < TAG_BYTES or (last == TAG_BYTES and self.chunks > 1):
            raise PayloadDamaged("the payload does not end with a whole chunk")

    @property
    def chunks(self) -> int:
        return max(1, -(-self.sealed_bytes // SEALED_CHUNK_BYTES))

    @property
    def plain_bytes(self) -> int:
        return self.sealed_bytes - self.chunks * TAG_BYTES


def sealed_payload_bytes(plain_bytes: int) -> int:
    """Nonce and chunks of so many plain bytes."""
    chunks = max(1, -(-plain_bytes // CHUNK_BYTES))
    return NONCE_BYTES + plain_bytes + chunks * TAG_BYTES


def seal_chunks(cipher: ChaCha20Poly1305, plain: ByteStream) -> Iterator[bytes]:
    """The sealed chunks of a stream; one empty chunk for an empty stream."""
    for number, chunk, is_last in _chunks(plain, CHUNK_BYTES):
        yield cipher.encrypt(_nonce(number, is_last=is_last), chunk, None)


def open_chunks(cipher: ChaCha20Poly1305, sealed: ByteStream) -> Iterator[bytes]:
    """The plain chunks to the end of the stream; a chunk is given out only when it is proven."""
    for number, chunk, is_last in _chunks(sealed, SEALED_CHUNK_BYTES):
        plain = _opened(cipher, chunk, number, is_last=is_last)
        if plain is None:
            yield from _out_of_place(cipher, chunk, number, is_last=is_last)
            raise PayloadDamaged(f"chunk {number} of the payload is damaged")
        if is_last and number and not plain:
            raise PayloadDamaged("the payload ends with an empty chunk")
        yield plain


def open_chunk(cipher: ChaCha20Poly1305, chunk: bytes, number: int, size: PayloadSize) -> bytes:
    """One chunk by its number, the last of `size` proven to be the last."""
    plain = _opened(cipher, chunk, number, is_last=number == size.chunks - 1)
    if plain is None:
        raise PayloadDamaged(f"chunk {number} of the payload is damaged, or not where it belongs")
    return plain


def _out_of_place(cipher: ChaCha20Poly1305, chunk: bytes, number: int, *, is_last: bool) -> Iterator[bytes]:
    """A sound chunk where the payload was cut, or where something was added: given out, then refused."""
    if len(chunk) < SEALED_CHUNK_BYTES:
        return
    plain = _opened(cipher, chunk, number, is_last=not is_last)
    if plain is not None:
        yield plain
        raise PayloadDamaged(
            "the payload is cut off" if is_last else "there are bytes after the end of the payload"
        )


def _opened(cipher: ChaCha20Poly1305, chunk: bytes, number: int, *, is_last: bool) -> bytes | None:
    if len(chunk) < TAG_BYTES:
        return None
    try:
        return cipher.decrypt(_nonce(number, is_last=is_last), chunk, None)
    except InvalidTag:
        return None


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def _chunks(stream: ByteStream, chunk_bytes: int) -> Iterator[tuple[int, bytes, bool]]:
    """Number, bytes, and whether it is the last; the last is known only when nothing follows."""
    read_bytes = CHUNKS_PER_READ * chunk_bytes
    number = 0
    block = read_exactly(stream, read_bytes)
    while True:
        following = read_exactly(stream, read_bytes) if len(block) == read_bytes else b""
        for start in range(0, max(1, len(block)), chunk_bytes):
            is_last = not following and start + chunk_bytes >= len(block)
            yield number, block[start : start + chunk_bytes], is_last
            number += 1
        if not following:
            return
        block = following
