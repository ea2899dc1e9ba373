"""The importer against published vectors and against a plain second implementation."""

import hashlib
import json
import random
from io import BytesIO, RawIOBase
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.cid import DAG_PB, RAW, Cid
from storage.dagpb import Link, encode_file_node
from storage.importer import HASHING_THREADS, UNIXFS_V0_2015, Profile, import_stream
from storage.reading import Wanted, read_file
from tests.fakes.ipfs_store_contract import MIB, OneWay

VECTORS = json.loads((Path(__file__).parents[2] / "vectors/storage/kubo_profiles.json").read_text())
SMALL = [vector for vector in VECTORS["files"] if vector["size"] <= 2 << 20]
LARGE = [vector for vector in VECTORS["files"] if vector["size"] > 2 << 20]


class Keystream:
    """ChaCha20 keystream of a seed, `size` bytes long."""

    def __init__(self, seed: str, size: int) -> None:
        key = hashlib.sha256(seed.encode()).digest()
        self._encryptor = Cipher(algorithms.ChaCha20(key, bytes(16)), mode=None).encryptor()
        self._left = size

    def read(self, size: int = -1, /) -> bytes:
        size = min(size, self._left)
        self._left -= size
        return self._encryptor.update(bytes(size))


@pytest.mark.parametrize("vector", SMALL, ids=lambda vector: str(vector["size"]))
def test_a_small_vector_of_kubo_gives_its_cid(vector: dict) -> None:
    imported = import_stream(Keystream(vector["seed"], vector["size"]))

    assert (str(imported.cid), imported.size) == (vector["cid"], vector["size"])


@pytest.mark.deep
@pytest.mark.parametrize("vector", LARGE, ids=lambda vector: str(vector["size"]))
def test_a_large_vector_of_kubo_gives_its_cid(vector: dict) -> None:
    imported = import_stream(Keystream(vector["seed"], vector["size"]))

    assert (str(imported.cid), imported.size) == (vector["cid"], vector["size"])


@pytest.mark.parametrize("vector", VECTORS["old_files"], ids=lambda vector: str(vector["size"]))
def test_a_vector_of_the_old_profile_gives_its_cid(vector: dict) -> None:
    imported = import_stream(Keystream(vector["seed"], vector["size"]), profile=UNIXFS_V0_2015)

    assert (str(imported.cid), imported.size) == (vector["cid"], vector["size"])


def test_the_old_profile_gives_the_published_cids_of_short_files() -> None:
    def old(content: bytes) -> str:
        return str(import_stream(BytesIO(content), profile=UNIXFS_V0_2015).cid)

    assert old(b"") == "QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH"
    assert old(b"hello world") == "Qmf412jQZiuVUtdgnB36FXFX7xg5V6KEbSJ4dpQuhkLyfD"


@pytest.mark.parametrize("vector", VECTORS["texts"], ids=lambda vector: repr(vector["text"]))
def test_a_text_has_the_published_cid(vector: dict) -> None:
    imported = import_stream(BytesIO(vector["text"].encode()))

    assert (str(imported.cid), imported.nodes) == (vector["cid"], 0)


def plain_tree(content: bytes, profile: Profile) -> Cid:
    """The balanced layout level by level, all in memory: the definition that the importer must meet."""
    step = profile.chunk_bytes
    chunks = [content[at : at + step] for at in range(0, len(content), step)] or [b""]
    level = [Link(Cid.of_block(chunk, RAW), len(chunk), len(chunk)) for chunk in chunks]
    while len(level) > 1:
        parents = []
        for at in range(0, len(level), profile.links_per_node):
            children = level[at : at + profile.links_per_node]
            block = encode_file_node(children)
            parents.append(
                Link(
                    Cid.of_block(block, 0x70),
                    len(block) + sum(child.tree_size for child in children),
                    sum(child.file_size for child in children),
                )
            )
        level = parents
    return level[0].cid


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 3000), st.integers(1, 400), st.integers(2, 9), st.data())
def test_any_file_is_cut_as_defined_and_any_range_reads_back(
    size: int, chunk_bytes: int, links_per_node: int, data: st.DataObject
) -> None:
    content = random.Random(size).randbytes(size)
    profile = Profile("any", chunk_bytes, links_per_node)
    blocks: dict[Cid, bytes] = {}

    imported = import_stream(OneWay(content), profile=profile, on_node=blocks.__setitem__)

    assert imported.cid == plain_tree(content, profile)
    assert imported.size == size
    assert imported.nodes >= len(blocks)
    for at in range(0, max(size, 1), chunk_bytes):
        blocks[Cid.of_block(content[at : at + chunk_bytes], RAW)] = content[at : at + chunk_bytes]
    offset = data.draw(st.integers(0, size))
    length = data.draw(st.none() | st.integers(0, size + 10))
    asked: list[Wanted] = []

    def get_block(wanted: Wanted) -> bytes:
        asked.append(wanted)
        return blocks[wanted.cid]

    piece = b"".join(read_file(imported.cid, get_block, offset=offset, length=length))

    assert piece == content[offset : None if length is None else offset + length]
    leaves = [wanted for wanted in asked if wanted.cid.codec == RAW and wanted.depth]
    assert len(leaves) <= len(piece) // chunk_bytes + 2


def test_chunks_in_flight_are_few_however_long_the_stream() -> None:
    alive, most = 0, 0

    class Chunk(bytes):
        """Bytes that say when they are let go."""

        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    class Zeros:
        left = 400

        def read(self, size: int = -1, /) -> bytes:
            nonlocal alive, most
            most = max(most, alive)
            self.left -= 1
            alive += 1
            return Chunk(size if self.left >= 0 else 0)

    imported = import_stream(Zeros(), profile=Profile("small chunks", 1000, 10))

    assert imported.size == 400_000
    assert most <= 2 * HASHING_THREADS + 4


class Dripping(RawIOBase):
    """Fills a little of what it is given, as a socket does."""

    def __init__(self, content: bytes) -> None:
        self._stream = BytesIO(content)

    def readable(self) -> bool:
        return True

    def readinto(self, target: memoryview, /) -> int:  # type: ignore[override]
        return self._stream.readinto(target[:700_001])


@pytest.mark.parametrize("kind", [BytesIO, OneWay, Dripping])
def test_each_chunk_is_whole_when_it_is_seen_and_when_it_is_hashed_though_its_memory_is_used_again(
    kind: type,
) -> None:
    size = (4 * HASHING_THREADS + 3) * MIB + 17
    content = random.Random(3).randbytes(MIB) + bytes(MIB) + random.Random(4).randbytes(size - 2 * MIB)
    seen, memory = hashlib.sha256(), set()

    def note(chunk: memoryview) -> None:
        seen.update(chunk)
        memory.add(id(chunk.obj))

    imported = import_stream(kind(content), on_chunk=note)

    leaves = [content[at : at + MIB] for at in range(0, size, MIB)]
    links = [Link(Cid.of_block(leaf, RAW), len(leaf), len(leaf)) for leaf in leaves]
    assert imported.cid == Cid.of_block(encode_file_node(links), DAG_PB)
    assert seen.digest() == hashlib.sha256(content).digest()
    assert len(memory) <= 2 * HASHING_THREADS + 2 < len(leaves)
