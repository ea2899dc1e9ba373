"""export, import, pin, scrub: content moves between places and is looked after from the command line."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.__main__ import main
from storage.importer import import_stream
from storage.local.store import LocalStore
from tests.fakes.ipfs_node import running_node
from tests.fakes.ipfs_store_contract import MIB, content_of

CONTENT = content_of(2 * MIB + 5)
CID = str(import_stream(io.BytesIO(CONTENT)).cid)


@pytest.fixture(autouse=True)
def no_store_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STORE_DIR", raising=False)


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    store = LocalStore(tmp_path / "store")
    store.add_file(io.BytesIO(CONTENT))
    return store


@pytest.fixture
def folder(store: LocalStore) -> str:
    return str(store.layout.folder)


@pytest.fixture
def node_url() -> Iterator[str]:
    with running_node() as node:
        yield node.url


def test_a_car_moves_a_file_to_another_store(
    folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    car, other = str(tmp_path / "file.car"), str(tmp_path / "other")

    assert main(["export", CID, "--store", folder, "-o", car]) == 0
    assert main(["import", car, "--store", other]) == 0

    assert capsys.readouterr().out == CID + "\n"
    assert b"".join(LocalStore(other).open(import_stream(io.BytesIO(CONTENT)).cid)) == CONTENT


def test_a_wrong_car_is_refused_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file.car").write_bytes(b"no CAR")

    assert main(["import", str(tmp_path / "file.car"), "--store", str(tmp_path / "store")]) == 1

    assert capsys.readouterr().err.startswith("storage: the CAR ")


def test_an_export_that_fails_leaves_no_file(store: LocalStore, tmp_path: Path) -> None:
    content = next(store.layout.folder.glob("files/*/*/content"))
    content.write_bytes(CONTENT[:MIB] + bytes(MIB))

    assert main(["export", CID, "--store", str(store.layout.folder), "-o", str(tmp_path / "file.car")]) == 1

    assert sorted(path.name for path in tmp_path.iterdir()) == ["store"]


def test_cat_writes_to_a_file_when_it_is_named(folder: str, tmp_path: Path) -> None:
    assert main(["cat", CID, "--store", folder, "-o", str(tmp_path / "copy"), "--offset", "5"]) == 0

    assert (tmp_path / "copy").read_bytes() == CONTENT[5:]


def test_pin_keeps_and_lets_go(store: LocalStore, folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    cid = import_stream(io.BytesIO(CONTENT)).cid

    assert main(["pin", CID, "--remove", "--store", folder]) == 0
    assert not store.is_pinned(cid)
    assert main(["pin", CID, "--store", folder]) == 0
    assert store.is_pinned(cid)

    assert capsys.readouterr().out == f"unpinned {CID}\npinned {CID}\n"


def test_pin_fetches_from_another_place_what_is_not_here(folder: str, tmp_path: Path) -> None:
    other = str(tmp_path / "other")

    assert main(["pin", CID, "--store", other]) == 1
    assert main(["pin", CID, "--store", other, "--from", folder]) == 0

    assert main(["cat", CID, "--store", other, "-o", str(tmp_path / "copy")]) == 0
    assert (tmp_path / "copy").read_bytes() == CONTENT


def test_folder_and_node_together_keep_content_twice_and_each_gives_a_receipt(
    folder: str, node_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pin", CID, "--store", folder, "--node", node_url]) == 0
    assert main(["pin", CID, "--node", node_url]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == lines[3] == f"pinned {CID}"
    assert all(line.endswith("bytes read back") for line in lines[1:3])


def test_scrub_tells_of_damage_by_its_exit_code_and_repairs_it(
    store: LocalStore, folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    replica = LocalStore(tmp_path / "replica")
    replica.add_file(io.BytesIO(CONTENT))
    assert main(["scrub", "--store", folder]) == 0
    next(store.layout.folder.glob("files/*/*/content")).write_bytes(bytes(len(CONTENT)))

    assert main(["scrub", "--store", folder]) == 1
    assert main(["scrub", "--store", folder, "--repair-from", str(tmp_path / "replica")]) == 0
    assert main(["scrub", "--store", folder, "--share", "0"]) == 0

    text = capsys.readouterr().out
    assert f"damaged {CID}" in text
    assert f"repaired {CID}" in text
    assert text.count("damaged: 0") == 2


@pytest.mark.parametrize("share", ["1.1", "-1", "nan", "x"])
def test_a_share_that_is_none_is_wrong_use(share: str) -> None:
    with pytest.raises(SystemExit) as left:
        main(["scrub", "--store", "nowhere", "--share", share])

    assert left.value.code == 2


def test_scrub_needs_a_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scrub"]) == 2
    assert "--store" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["export", "import", "pin", "scrub", "keygen", "seal", "open"])
def test_each_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([command, "--help"])

    assert left.value.code == 0
    assert f"python -m storage {command}" in capsys.readouterr().out
