"""The CID of bytes as the browser computes it, run in Node as it is, against Kubo's vectors and our code."""

import io
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import ChaCha20
from cryptography.hazmat.primitives.hashes import SHA256, Hash

from storage.importer import import_stream
from tests.tools import require_tool

ROOT = Path(__file__).parents[3]
VECTORS = json.loads((ROOT / "tests" / "vectors" / "storage" / "kubo_profiles.json").read_text())
MIB = 1 << 20
SMALL = [vector for vector in VECTORS["files"] if vector["size"] <= 2 * MIB]
SCRIPT = """
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
if (process.argv[3] === "without-subtle") Object.defineProperty(globalThis, "crypto", { value: undefined });
const { cidOf } = await import("./cid.mjs");
const parts = Readable.toWeb(createReadStream(process.argv[2], { highWaterMark: Number(process.argv[4]) }));
process.stdout.write(JSON.stringify(await cidOf(parts)));
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The modules under names that Node takes for modules."""
    made = tmp_path_factory.mktemp("verify")
    for name in ("cid", "sha256"):
        source = (ROOT / "static" / "verify" / f"{name}.js").read_text()
        (made / f"{name}.mjs").write_text(source.replace("sha256.js", "sha256.mjs"))
    (made / "run.mjs").write_text(SCRIPT)
    yield made
    shutil.rmtree(made)


def computed(folder: Path, content: bytes, *, secure: bool = True, part_bytes: int = 65_536) -> dict:
    node = require_tool("node", how="make setup")
    (folder / "content").write_bytes(content)
    words = ["run.mjs", "content", "secure" if secure else "without-subtle", str(part_bytes)]
    done = subprocess.run([node, *words], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def keystream(seed: str, size: int) -> bytes:
    digest = Hash(SHA256())
    digest.update(seed.encode())
    return Cipher(ChaCha20(digest.finalize(), bytes(16)), mode=None).encryptor().update(bytes(size))


@pytest.mark.parametrize("secure", [True, False], ids=["own-crypto", "plain-http"])
@pytest.mark.parametrize("vector", VECTORS["texts"], ids=lambda vector: vector["text"] or "empty")
def test_short_text_has_kubos_cid_with_and_without_the_browsers_hash(
    folder: Path, vector: dict, secure: bool
) -> None:
    found = computed(folder, vector["text"].encode(), secure=secure)

    assert found == {"computed": vector["cid"], "bytes": len(vector["text"])}


@pytest.mark.parametrize("secure", [True, False], ids=["own-crypto", "plain-http"])
@pytest.mark.parametrize("vector", SMALL, ids=lambda vector: str(vector["size"]))
def test_file_around_one_chunk_has_kubos_cid(folder: Path, vector: dict, secure: bool) -> None:
    content = keystream(vector["seed"], vector["size"])

    assert computed(folder, content, secure=secure)["computed"] == vector["cid"]


@pytest.mark.parametrize("size", [55, 56, 63, 64, 119, 120, 3 * MIB, 5 * MIB + 17])
def test_any_size_has_the_cid_of_our_own_importer(folder: Path, size: int) -> None:
    content = bytes(index * 31 % 251 for index in range(997)) * (size // 997 + 1)
    content = content[:size]
    own = str(import_stream(io.BytesIO(content)).cid)

    for secure in (True, False):
        assert computed(folder, content, secure=secure, part_bytes=100_003)["computed"] == own


@pytest.mark.deep
def test_file_of_more_chunks_than_one_node_links_to_has_the_cid_of_our_own_importer(folder: Path) -> None:
    content = bytes(1025 * MIB // 8) * 8
    own = str(import_stream(io.BytesIO(content)).cid)

    assert computed(folder, content, part_bytes=4 * MIB)["computed"] == own


def test_one_changed_bit_gives_another_cid(folder: Path) -> None:
    content = bytearray(keystream("chunk-v1-seed", MIB + 1))
    content[-1] ^= 1

    assert computed(folder, bytes(content))["computed"] != SMALL[1]["cid"]
