"""The contract of ContentStore on a real Kubo, and what the two sides must agree about."""

from io import BytesIO
from pathlib import Path

import pytest

from storage.cid import Cid
from storage.errors import BlockMissing
from storage.importer import import_stream
from storage.kubo_store import KuboStore
from storage.local.store import LocalStore
from storage.sources import HttpBlockSource
from tests.fakes.ipfs_kubo import KuboNode
from tests.fakes.ipfs_store_contract import ABSENT, MIB, ContentStoreContract, content_of

SIZES = [0, 1, MIB, MIB + 1, 5_000_000]
PROFILE = ["--cid-version=1", "--raw-leaves", "--chunker=size-1048576", "--max-file-links=1024"]


class TestKuboStoreOnRealNode(ContentStoreContract):
    @pytest.fixture
    def store(self, kubo_store: KuboStore) -> KuboStore:
        return kubo_store


@pytest.mark.parametrize("size", SIZES)
def test_kubos_own_add_gives_our_cid(kubo: KuboNode, size: int) -> None:
    content = content_of(size, seed=size)

    theirs = kubo.run("add", "-Q", *PROFILE, stdin=content).decode().strip()

    assert theirs == str(import_stream(BytesIO(content)).cid)


def test_a_tree_of_three_levels_gives_our_cid(kubo: KuboNode, tmp_path: Path) -> None:
    content = content_of(5_000, seed=3) * 1024
    path = tmp_path / "file"
    path.write_bytes(content)
    odd = ["--cid-version=1", "--raw-leaves", "--chunker=size-1000", "--max-file-links=17"]

    theirs = Cid.parse(kubo.run("add", "-Q", *odd, str(path)).decode().strip())

    assert b"".join(KuboStore(kubo.api_url).open(theirs)) == content


def test_our_car_imports_into_kubo(kubo: KuboNode, tmp_path: Path) -> None:
    local = LocalStore(tmp_path)
    content = content_of(3 * MIB + 1, seed=21)
    cid = local.add_file(BytesIO(content)).cid
    car = tmp_path / "file.car"
    car.write_bytes(b"".join(local.export_car(cid)))

    kubo.run("dag", "import", "--pin-roots", str(car))

    assert kubo.run("cat", str(cid)) == content


@pytest.mark.parametrize("profile", [PROFILE, ["--cid-version=0"]], ids=["new profile", "old profile"])
def test_kubos_car_imports_into_the_local_store(kubo: KuboNode, tmp_path: Path, profile: list[str]) -> None:
    content = content_of(MIB, seed=22) + bytes(2 * MIB) + b"end"
    cid = Cid.parse(kubo.run("add", "-Q", *profile, stdin=content).decode().strip())
    local = LocalStore(tmp_path)

    root = local.import_car(BytesIO(kubo.run("dag", "export", str(cid))))

    assert root == cid
    assert b"".join(local.open(cid)) == content
    assert b"".join(local.open(cid, offset=MIB - 5, length=10)) == content[MIB - 5 : MIB + 5]
    assert b"".join(local.export_car(cid)) == kubo.run("dag", "export", str(cid))


def test_a_directory_of_kubo_imports_and_its_files_are_read(kubo: KuboNode, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "large").write_bytes(content_of(2 * MIB, seed=31))
    (folder / "small").write_bytes(b"small")
    root = kubo.run("add", "-Q", "-r", *PROFILE, str(folder)).decode().strip()
    local = LocalStore(tmp_path / "store")

    local.import_car(BytesIO(kubo.run("dag", "export", root)))

    large = import_stream(BytesIO(content_of(2 * MIB, seed=31))).cid
    assert b"".join(local.open(large)) == content_of(2 * MIB, seed=31)


@pytest.mark.parametrize("profile", [PROFILE, ["--cid-version=0"]], ids=["new profile", "old profile"])
def test_kubos_gateway_is_read_and_verified(kubo: KuboNode, profile: list[str]) -> None:
    content = content_of(MIB, seed=41) + bytes(3 * MIB) + content_of(MIB, seed=41)
    cid = Cid.parse(kubo.run("add", "-Q", *profile, stdin=content).decode().strip())
    gateway = HttpBlockSource(kubo.gateway_url)

    assert b"".join(gateway.open(cid)) == content
    assert b"".join(gateway.open(cid, offset=MIB + 7, length=MIB)) == content[MIB + 7 : 2 * MIB + 7]
    assert gateway.size(cid) == len(content)
    assert b"".join(gateway.export_car(cid)) == kubo.run("dag", "export", str(cid))
    with pytest.raises(BlockMissing):
        gateway.open(ABSENT)
