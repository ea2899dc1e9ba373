"""`python -m storage`: output, exit codes, plain errors, progress."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from storage import progress
from storage.__main__ import main
from storage.errors import StoreNotConfigured
from storage.factory import open_store
from storage.kubo_store import KuboStore
from storage.local.store import LocalStore
from storage.progress import ProgressReader
from tests.fakes.ipfs_store_contract import MIB, content_of

REPOSITORY = Path(__file__).parents[3]
HELLO = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"


@pytest.fixture
def hello(tmp_path: Path) -> Path:
    path = tmp_path / "hello.txt"
    path.write_bytes(b"hello world")
    return path


@pytest.fixture(autouse=True)
def no_store_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STORE_DIR", raising=False)


def test_cid_prints_the_cid_and_stores_nothing(
    hello: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["cid", str(hello)]) == 0

    assert capsys.readouterr().out == HELLO + "\n"
    assert list(tmp_path.iterdir()) == [hello]


def test_cid_as_an_older_tool_gives_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"hello world")

    assert main(["cid", "--profile", "unixfs-v0-2015", str(file)]) == 0

    assert capsys.readouterr().out == "Qmf412jQZiuVUtdgnB36FXFX7xg5V6KEbSJ4dpQuhkLyfD\n"


def test_add_then_cat_gives_the_file_back(
    hello: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    store = str(tmp_path / "store")

    assert main(["add", str(hello), "--store", store]) == 0
    assert main(["cat", HELLO, "--store", store, "--offset", "6", "--length", "3"]) == 0
    assert main(["cat", HELLO, "--store", store]) == 0

    assert capfdbinary.readouterr().out == HELLO.encode() + b"\nworhello world"


def test_the_store_may_be_named_by_the_environment(
    hello: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STORE_DIR", str(tmp_path / "store"))

    assert main(["add", str(hello)]) == 0
    assert main(["cat", HELLO]) == 0


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["cat", HELLO, "--store", "nowhere"], 1, "storage: the local store does not have bafkrei"),
        (["cat", "nonsense", "--store", "nowhere"], 1, "storage: this is not a CID"),
        (["cid", "no-such-file"], 1, "storage: no-such-file: No such file or directory"),
        (["cid", "."], 1, "storage: .: Is a directory"),
        (["add", "README.md"], 2, "storage: name the store's folder with --store DIR or STORE_DIR"),
    ],
)
def test_a_refusal_is_one_plain_line(
    arguments: list[str], code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == code

    error = capsys.readouterr().err
    assert error.startswith(message)
    assert error.count("\n") == 1


@pytest.mark.parametrize("arguments", [[], ["fly"], ["cat"], ["cat", HELLO, "--offset", "x"]])
def test_wrong_use_exits_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(arguments)

    assert left.value.code == 2


def test_help_names_commands_and_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--help"])

    text = capsys.readouterr().out
    assert left.value.code == 0
    assert all(word in text for word in ("cid", "add", "cat", "STORE_DIR", "exit codes"))


def test_a_damaged_file_exits_with_1_and_gives_no_wrong_byte(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    store = LocalStore(tmp_path)
    content = content_of(2 * MIB)
    cid = store.add_file(io.BytesIO(content)).cid
    next(tmp_path.glob("files/*/*/content")).write_bytes(content[:MIB] + bytes(MIB))

    assert main(["cat", str(cid), "--store", str(tmp_path)]) == 1

    captured = capfdbinary.readouterr()
    assert content.startswith(captured.out)
    assert b"was expected" in captured.err


def test_a_reader_that_goes_away_is_no_traceback(tmp_path: Path) -> None:
    cid = LocalStore(tmp_path).add_file(io.BytesIO(content_of(3 * MIB))).cid
    command = f"{sys.executable} -m storage cat {cid} --store {tmp_path} | head -c 10 >/dev/null"

    ran = subprocess.run(command, shell=True, cwd=REPOSITORY, capture_output=True, check=False)

    assert ran.stderr == b""


def test_standard_input_is_a_file_too() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "storage", "cid", "-"],
        input=b"hello world",
        cwd=REPOSITORY,
        capture_output=True,
        check=True,
    )

    assert ran.stdout.decode().strip() == HELLO


def test_the_command_needs_no_django() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", "import sys, storage.__main__; print('django' in sys.modules)"],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        check=True,
    )

    assert ran.stdout.decode().strip() == "False"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("size", "is_shown"), [(100, False), (5000, True)])
def test_progress_is_shown_for_large_files_on_a_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, is_shown: bool
) -> None:
    monkeypatch.setattr(progress, "LARGE_BYTES", 5000)
    monkeypatch.setattr(progress, "SECONDS_BETWEEN", 0)
    path = tmp_path / "file"
    path.write_bytes(bytes(size))
    terminal = Terminal()

    with path.open("rb") as file:
        reader = ProgressReader(file, terminal)
        while reader.read(50):
            continue
        reader.finish()

    assert ("50%" in terminal.getvalue()) == is_shown


def test_progress_is_silent_where_nobody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "SECONDS_BETWEEN", 0)
    log = io.StringIO()

    reader = ProgressReader(io.BytesIO(bytes(100)), log)
    reader.read(100)
    reader.finish()

    assert log.getvalue() == ""


def test_the_factory_opens_what_is_named(tmp_path: Path) -> None:
    assert isinstance(open_store(tmp_path), LocalStore)
    assert isinstance(open_store(tmp_path, "http://127.0.0.1:5001"), KuboStore)
    with pytest.raises(StoreNotConfigured):
        open_store()
