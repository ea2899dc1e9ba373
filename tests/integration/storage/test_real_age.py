"""The `age` tool opens what we seal, and we open what it seals."""

import subprocess
from io import BytesIO
from pathlib import Path

import pytest

from storage.age.armor import armor, without_armor
from storage.age.files import SealedFile, seal, unseal
from storage.age.keys import Identity, parse_identities
from tests.fakes.ipfs_store_contract import content_of
from tests.tools import require_tool

HOW = "deploy/ci/build_age.sh DEST, then DEST on PATH"
SIZES = [0, 1, 65_536, 65_537, 3_000_000]


class AgeTool:
    """Runs the tool with the key file of one identity."""

    def __init__(self, folder: Path) -> None:
        self._binary = require_tool("age", how=HOW)
        self.identity = Identity.generate()
        self._key_file = folder / "key.txt"
        self._key_file.write_text(self.identity.reveal() + "\n")

    def seal(self, plain: bytes, *options: str) -> bytes:
        return self._run(plain, *options, "-r", self.identity.recipient.text)

    def open(self, sealed: bytes) -> bytes:
        return self._run(sealed, "-d", "-i", str(self._key_file))

    def _run(self, stdin: bytes, *arguments: str) -> bytes:
        return subprocess.run([self._binary, *arguments], input=stdin, capture_output=True, check=True).stdout


@pytest.fixture
def tool(tmp_path: Path) -> AgeTool:
    return AgeTool(tmp_path)


@pytest.mark.parametrize("size", SIZES)
def test_the_tool_opens_what_we_seal(tool: AgeTool, size: int) -> None:
    plain = content_of(size)
    sealed = b"".join(seal(BytesIO(plain), [Identity.generate().recipient, tool.identity.recipient]))

    assert tool.open(sealed) == plain
    assert tool.open(b"".join(armor([sealed]))) == plain


@pytest.mark.parametrize("size", SIZES)
def test_we_open_what_the_tool_seals(tool: AgeTool, size: int) -> None:
    plain = content_of(size)

    binary, armored = tool.seal(plain), tool.seal(plain, "--armor")

    assert b"".join(unseal(BytesIO(binary), [tool.identity])) == plain
    assert b"".join(unseal(without_armor(BytesIO(armored)), [tool.identity])) == plain


def test_the_tool_opens_a_rewrapped_file_and_no_longer_the_old_recipient(tool: AgeTool) -> None:
    provider, plain = Identity.generate(), content_of(200_000)
    sealed = b"".join(seal(BytesIO(plain), [provider.recipient]))
    file = SealedFile(lambda at, size: iter([sealed[at : at + size]]), len(sealed), [provider])

    released = b"".join(file.rewrapped([tool.identity.recipient]).read())

    assert tool.open(released) == plain
    with pytest.raises(subprocess.CalledProcessError):
        tool.open(sealed)


def test_the_tools_key_file_is_read_and_gives_the_tools_recipient() -> None:
    keygen = require_tool("age-keygen", how=HOW)
    key_file = subprocess.run([keygen, "-pq"], capture_output=True, text=True, check=True).stdout

    [identity] = parse_identities(key_file)

    assert f"# public key: {identity.recipient}\n" in key_file
