"""Sealing, opening, reading at any place, re-wrapping: whole files, and what damage does to them."""

import base64
import hashlib
import json
import tracemalloc
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.age.errors import MalformedHeader, NoIdentityMatches, PayloadDamaged
from storage.age.file_key import FileKey
from storage.age.files import SealedFile, seal, sealed_size, unseal
from storage.age.keys import Identity
from storage.age.payload import CHUNK_BYTES, SEALED_CHUNK_BYTES, seal_chunks
from storage.errors import RangeOutOfBounds
from storage.local.store import LocalStore
from tests.fakes.ipfs_store_contract import OneWay, content_of

VECTORS = json.loads((Path(__file__).parents[2] / "vectors/age/hybrid.json").read_text())
PROVIDER = Identity(bytes(range(32)))
BUYER = Identity(bytes(range(1, 33)))
SIZES = [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, 33 * CHUNK_BYTES, 2_200_000]


def sealed(content: bytes, *recipients: Identity) -> bytes:
    to = [identity.recipient for identity in recipients or (PROVIDER,)]
    return b"".join(seal(BytesIO(content), to))


def opened(file: bytes, identity: Identity = PROVIDER) -> bytes:
    return b"".join(unseal(BytesIO(file), [identity]))


def ranges_of(file: bytes) -> SealedFile:
    return SealedFile(lambda at, size: iter([file[at : at + size]]), len(file), [PROVIDER])


def payload_start(file: bytes) -> int:
    return file.index(b"\n--- ") + 5 + 43 + 1 + 16


THREE_CHUNKS = content_of(2 * CHUNK_BYTES + 100)
SEALED = sealed(THREE_CHUNKS)
START = payload_start(SEALED)


@pytest.mark.parametrize("file", VECTORS["files"], ids=lambda file: file["name"])
def test_the_vectors_open(file: dict[str, str]) -> None:
    plain = opened(base64.b64decode(file["sealed"]))

    assert hashlib.sha256(plain).hexdigest() == file["plain_sha256"]


@pytest.mark.parametrize("vector", VECTORS["payloads"], ids=lambda vector: str(vector["plain_bytes"]))
def test_the_payloads_of_the_vectors_are_sealed_byte_for_byte(vector: dict[str, int]) -> None:
    plain = bytes(at % 251 for at in range(vector["plain_bytes"]))
    cipher = FileKey(bytes.fromhex(VECTORS["file_key"])).payload_cipher(bytes.fromhex(VECTORS["nonce"]))

    payload = b"".join(seal_chunks(cipher, OneWay(plain)))

    assert (len(payload), hashlib.sha256(payload).hexdigest()) == (
        vector["sealed_bytes"],
        vector["sealed_sha256"],
    )


@pytest.mark.parametrize("size", SIZES)
def test_a_file_comes_back_and_its_sealed_size_was_known(size: int) -> None:
    content = content_of(size)

    file = b"".join(seal(OneWay(content), [PROVIDER.recipient]))

    assert len(file) == sealed_size(size, 1)
    assert b"".join(unseal(OneWay(file), [PROVIDER])) == content
    assert ranges_of(file).plain_size == size
    assert b"".join(ranges_of(file).read()) == content


def test_each_recipient_opens_the_file_and_a_stranger_does_not() -> None:
    file = sealed(b"rows", PROVIDER, BUYER)

    assert len(file) == sealed_size(4, 2)
    assert opened(file, PROVIDER) == opened(file, BUYER) == b"rows"
    with pytest.raises(NoIdentityMatches):
        opened(file, Identity.generate())


def test_equal_files_never_look_alike() -> None:
    first, second = sealed(THREE_CHUNKS), sealed(THREE_CHUNKS)

    assert first[payload_start(first) :] != second[payload_start(second) :]
    assert THREE_CHUNKS[:64] not in first


@given(st.integers(0, len(THREE_CHUNKS)), st.none() | st.integers(0, 3 * CHUNK_BYTES))
@settings(max_examples=60, deadline=None)
def test_a_range_is_the_slice_of_the_plain_file(offset: int, length: int | None) -> None:
    piece = b"".join(ranges_of(SEALED).read(offset=offset, length=length))

    assert piece == THREE_CHUNKS[offset : None if length is None else offset + length]


@pytest.mark.parametrize(("offset", "length"), [(-1, None), (0, -1), (len(THREE_CHUNKS) + 1, None)])
def test_a_range_outside_the_file_is_refused_at_the_call(offset: int, length: int | None) -> None:
    with pytest.raises(RangeOutOfBounds):
        ranges_of(SEALED).read(offset=offset, length=length)
    with pytest.raises(RangeOutOfBounds):
        ranges_of(SEALED).rewrapped([BUYER.recipient]).read(offset=3 * offset, length=length)


def test_a_range_reads_only_its_chunks_and_opening_the_header_and_the_last() -> None:
    asked: list[tuple[int, int]] = []

    def source(offset: int, length: int) -> Iterator[bytes]:
        asked.append((offset, length))
        return iter([SEALED[offset : offset + length]])

    file = SealedFile(source, len(SEALED), [PROVIDER])
    asked.clear()
    b"".join(file.read(offset=CHUNK_BYTES + 5, length=10))

    assert asked == [(START + SEALED_CHUNK_BYTES, SEALED_CHUNK_BYTES)]


@pytest.mark.parametrize("chunk", [0, 1, 2])
def test_a_flipped_bit_gives_out_the_chunks_before_it_and_no_more(chunk: int) -> None:
    broken = bytearray(SEALED)
    broken[START + chunk * SEALED_CHUNK_BYTES + 7] ^= 4
    pieces = unseal(BytesIO(broken), [PROVIDER])

    assert b"".join(next(pieces) for _ in range(chunk)) == THREE_CHUNKS[: chunk * CHUNK_BYTES]
    with pytest.raises(PayloadDamaged):
        next(pieces)


@pytest.mark.parametrize(
    "end",
    [START, START + 5, START + SEALED_CHUNK_BYTES, START + 2 * SEALED_CHUNK_BYTES, len(SEALED) - 1],
)
def test_a_file_that_is_cut_off_is_refused_by_stream_and_by_range(end: int) -> None:
    with pytest.raises(PayloadDamaged):
        opened(SEALED[:end])
    with pytest.raises(PayloadDamaged):
        ranges_of(SEALED[:end])


@pytest.mark.parametrize("more", [b"!", bytes(SEALED_CHUNK_BYTES), SEALED[-116:]])
@pytest.mark.parametrize("size", [5, CHUNK_BYTES])
def test_bytes_after_the_end_are_refused(more: bytes, size: int) -> None:
    file = sealed(content_of(size)) + more

    with pytest.raises(PayloadDamaged):
        opened(file)
    with pytest.raises(PayloadDamaged):
        ranges_of(file)


def test_chunks_that_changed_places_are_refused() -> None:
    first, second = (SEALED[START + at * SEALED_CHUNK_BYTES :][:SEALED_CHUNK_BYTES] for at in (0, 1))
    swapped = SEALED[:START] + second + first + SEALED[START + 2 * SEALED_CHUNK_BYTES :]

    with pytest.raises(PayloadDamaged):
        opened(swapped)
    with pytest.raises(PayloadDamaged):
        b"".join(ranges_of(swapped).read(offset=5, length=5))


def test_a_last_chunk_that_is_empty_is_refused() -> None:
    file_key, nonce = FileKey(bytes(16)), bytes(16)
    cipher = file_key.payload_cipher(nonce)
    full = cipher.encrypt(bytes(12), content_of(CHUNK_BYTES), None)
    empty = cipher.encrypt((1).to_bytes(11, "big") + b"\x01", b"", None)
    file = file_key.sign((PROVIDER.recipient.wrap(file_key),)).encode() + nonce + full + empty

    with pytest.raises(PayloadDamaged):
        opened(file)
    with pytest.raises(PayloadDamaged):
        ranges_of(file)


@pytest.mark.parametrize("end", [START - 1, START - 16, 100])
def test_a_file_without_its_nonce_is_refused(end: int) -> None:
    with pytest.raises(MalformedHeader):
        opened(SEALED[:end])


def test_a_rewrapped_file_opens_for_its_new_recipient_alone_and_keeps_the_payload() -> None:
    rewrapped = ranges_of(SEALED).rewrapped([BUYER.recipient])

    file = b"".join(rewrapped.read())

    assert len(file) == rewrapped.size
    assert file[len(rewrapped.header) :] == SEALED[START - 16 :]
    assert opened(file, BUYER) == THREE_CHUNKS
    with pytest.raises(NoIdentityMatches):
        opened(file, PROVIDER)


@given(st.integers(0, len(SEALED)), st.integers(0, len(SEALED)))
@settings(max_examples=40, deadline=None)
def test_ranges_of_a_rewrapped_file_fit_together(first: int, length: int) -> None:
    rewrapped = ranges_of(SEALED).rewrapped([BUYER.recipient])
    whole = b"".join(rewrapped.read())

    assert b"".join(rewrapped.read(offset=first, length=length)) == whole[first : first + length]


def test_a_sealed_file_is_read_from_a_store_chunk_by_chunk(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    kept = store.add_file(BytesIO(SEALED))

    file = SealedFile(lambda at, size: store.open(kept.cid, offset=at, length=size), kept.size, [PROVIDER])

    assert b"".join(file.read(offset=70_000, length=100)) == THREE_CHUNKS[70_000:70_100]


def test_sealing_and_opening_take_constant_memory() -> None:
    class Zeros:
        left = 40 << 20

        def read(self, size: int = -1, /) -> bytes:
            taken = min(self.left, 1 << 20 if size < 0 else size)
            self.left -= taken
            return bytes(taken)

    class Streamed:
        def __init__(self) -> None:
            self._pieces = seal(Zeros(), [PROVIDER.recipient])
            self._rest = b""

        def read(self, size: int = -1, /) -> bytes:
            piece = self._rest or next(self._pieces, b"")
            self._rest = piece[size:]
            return piece[:size]

    tracemalloc.start()
    total = sum(len(piece) for piece in unseal(Streamed(), [PROVIDER]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert total == 40 << 20
    assert peak < 20 << 20
