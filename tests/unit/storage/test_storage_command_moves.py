"""export, import, pin, scrub: content moves between places and is looked after from the command line."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.__main__ import main
from storage.importer import import_stream
from storage.kubo_store import KuboStore
from storage.local.store import LocalStore
from tests.fakes.ipfs_faults import flip_a_byte_of_the_car
from tests.fakes.ipfs_node import FakeIpfsNode, running_node
from tests.fakes.ipfs_store_contract import MIB, content_of
from tests.fakes.pinning_service import TOKEN, FakePinningService, running_service

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
def node() -> Iterator[FakeIpfsNode]:
    with running_node() as node:
        yield node


@pytest.fixture
def node_url(node: FakeIpfsNode) -> str:
    return node.url


@pytest.fixture
def service(node: FakeIpfsNode, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakePinningService]:
    """Fetches from the node; its token is in the environment."""
    monkeypatch.setenv("PINNING_TOKEN", TOKEN)
    with running_node() as own, running_service(node, own) as service:
        service.looks_until_done = 0
        yield service


def options_of(service: FakePinningService) -> list[str]:
    return ["--pinning", service.url, "--gateway", service.own.url]


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


def test_pinning_service_keeps_what_the_network_has_and_shows_it_and_lets_go(
    service: FakePinningService, capsys: pytest.CaptureFixture[str]
) -> None:
    cid = KuboStore(service.network.url).add_file(io.BytesIO(CONTENT)).cid

    assert main(["pin", CID, *options_of(service), "--origin", "/dns/us.example/tcp/4001"]) == 0
    assert main(["pin", CID, *options_of(service), "--remove"]) == 0

    size = len(b"".join(KuboStore(service.own.url).export_car(cid)))
    said = capsys.readouterr()
    assert said.out == f"pinned {CID}\n  the pinning service: {size} bytes read back\nunpinned {CID}\n"
    assert service.seen[1] == ("POST /psa/pins", {"cid": CID, "origins": ["/dns/us.example/tcp/4001"]})
    assert service.requests == {}


def test_service_that_claims_a_pin_and_shows_nothing_is_refused_and_its_token_stays_untold(
    service: FakePinningService, capsys: pytest.CaptureFixture[str]
) -> None:
    KuboStore(service.network.url).add_file(io.BytesIO(CONTENT))
    assert main(["pin", CID, *options_of(service)]) == 0
    service.own.blocks.clear()

    assert main(["pin", CID, *options_of(service)]) == 1

    said = capsys.readouterr()
    assert said.out.endswith(f"the pinning service: the gateway does not have {CID}\n")
    assert TOKEN not in said.out + said.err


def test_service_beside_folder_and_node_is_one_place_more(
    service: FakePinningService, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "file"
    file.write_bytes(CONTENT)
    places = ["--store", str(tmp_path / "store"), "--node", service.network.url, *options_of(service)]

    assert main(["add", str(file), *places]) == 0
    assert main(["pin", CID, *places]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == [CID, f"pinned {CID}"]
    assert [line.split(": ")[0] for line in lines[2:]] == [
        "  place 1 (local store)",
        "  place 2 (IPFS node)",
        "  place 3 (pinning service)",
    ]
    assert all(line.endswith("bytes read back") for line in lines[2:])


@pytest.mark.parametrize(
    ("arguments", "token", "message"),
    [
        (
            ["pin", CID, "--pinning", "https://p.example", "--gateway", "https://g.example"],
            "",
            "PINNING_TOKEN",
        ),
        (["pin", CID, "--pinning", "https://p.example"], TOKEN, "--gateway URL"),
        (
            ["add", "README.md", "--pinning", "https://p.example", "--gateway", "https://g.example"],
            TOKEN,
            "node",
        ),
    ],
)
def test_service_that_is_named_by_half_is_wrong_use_in_one_line(
    arguments: list[str],
    token: str,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PINNING_TOKEN", token)

    assert main(arguments) == 2

    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_a_file_is_read_verified_from_any_gateway(
    node: FakeIpfsNode, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    KuboStore(node.url).add_file(io.BytesIO(CONTENT))
    copy = tmp_path / "copy"

    assert main(["cat", CID, "--from", node.url, "-o", str(copy)]) == 0
    assert copy.read_bytes() == CONTENT
    node.faults["/ipfs?format=car"] = flip_a_byte_of_the_car
    assert main(["cat", CID, "--from", node.url, "-o", str(tmp_path / "other")]) == 1

    assert capsys.readouterr().err.startswith("storage: the gateway gave ")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy"]


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


@pytest.mark.parametrize(
    ("arguments", "words"), [([], "--store"), (["--store", "no/where"], "no folder no/where")]
)
def test_scrub_needs_a_folder_that_is_there(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scrub", *arguments]) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "reason"), [("", "Is a directory"), ("/no/where", "No such file or directory")]
)
def test_output_that_cannot_be_is_named_as_it_was_given(
    folder: str, tmp_path: Path, name: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given = f"{tmp_path}{name}"

    assert main(["cat", CID, "--store", folder, "-o", given]) == 1

    assert capsys.readouterr().err == f"storage: {given}: {reason}\n"
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


@pytest.mark.parametrize("command", ["export", "import", "pin", "scrub", "keygen", "seal", "open"])
def test_each_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([command, "--help"])

    assert left.value.code == 0
    assert f"python -m storage {command}" in capsys.readouterr().out
