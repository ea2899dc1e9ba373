"""keygen, seal, open: keys and sealed files from the command line."""

import subprocess
import sys
from pathlib import Path

import pytest

from storage.__main__ import main
from tests.fakes.ipfs_store_contract import content_of

REPOSITORY = Path(__file__).parents[3]
CONTENT = content_of(200_000)


@pytest.fixture
def key_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    path = tmp_path / "key.txt"
    assert main(["keygen", "-o", str(path)]) == 0
    capsys.readouterr()
    return path


@pytest.fixture
def recipient(key_file: Path, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["keygen", "--public", str(key_file)]) == 0
    return capsys.readouterr().out.strip()


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    path = tmp_path / "rows.csv"
    path.write_bytes(CONTENT)
    return path


@pytest.mark.parametrize("options", [[], ["--armor"]], ids=["binary", "armored"])
def test_a_sealed_file_opens_with_its_key(
    plain: Path, key_file: Path, recipient: str, tmp_path: Path, options: list[str]
) -> None:
    sealed, copy = tmp_path / "rows.age", tmp_path / "copy.csv"

    assert main(["seal", str(plain), "--to", recipient, "-o", str(sealed), *options]) == 0
    assert main(["open", str(sealed), "-i", str(key_file), "-o", str(copy)]) == 0

    assert sealed.read_bytes().startswith(b"-----BEGIN AGE" if options else b"age-encryption.org/v1\n")
    assert copy.read_bytes() == CONTENT
    assert copy.stat().st_mode & 0o077 == 0


def test_recipients_may_come_from_a_file(plain: Path, key_file: Path, recipient: str, tmp_path: Path) -> None:
    (tmp_path / "team.txt").write_text(f"# the team\n\n{recipient}\n")
    sealed = str(tmp_path / "rows.age")

    assert main(["seal", str(plain), "--to-file", str(tmp_path / "team.txt"), "-o", sealed]) == 0
    assert main(["open", sealed, "-i", str(key_file), "-o", str(tmp_path / "copy")]) == 0


def test_a_key_file_is_for_its_owner_alone_and_is_never_written_over(
    key_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = key_file.read_text()

    assert main(["keygen", "-o", str(key_file)]) == 1

    assert key_file.read_text() == before
    assert key_file.stat().st_mode & 0o077 == 0
    assert "File exists" in capsys.readouterr().err


def test_a_key_goes_to_standard_output_when_no_file_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keygen"]) == 0

    comment, secret = capsys.readouterr().out.splitlines()
    assert comment.startswith("# recipient: age1pq1")
    assert secret.startswith("AGE-SECRET-KEY-PQ-1")


def test_a_stranger_and_a_damaged_file_are_refused_and_leave_nothing(
    plain: Path, key_file: Path, recipient: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sealed, other, copy = tmp_path / "rows.age", tmp_path / "other.txt", tmp_path / "copy.csv"
    main(["seal", str(plain), "--to", recipient, "-o", str(sealed)])
    main(["keygen", "-o", str(other)])
    capsys.readouterr()

    assert main(["open", str(sealed), "-i", str(other), "-o", str(copy)]) == 1
    sealed.write_bytes(sealed.read_bytes()[:-1])
    assert main(["open", str(sealed), "-i", str(key_file), "-o", str(copy)]) == 1

    errors = capsys.readouterr().err.splitlines()
    assert errors == [
        "storage: the file is not sealed to any of the identities at hand",
        "storage: chunk 3 of the payload is damaged",
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "key.txt",
        "other.txt",
        "rows.age",
        "rows.csv",
    ]


@pytest.mark.parametrize(
    ("to", "message"),
    [
        ([], "name at least one recipient"),
        (["--to", "age1nonsense"], "not quantum-safe"),
        (["--to", "age1pq1nonsense"], "the key holds a character"),
        (["--to-file", "nowhere"], "nowhere: No such file"),
    ],
)
def test_wrong_recipients_are_refused_in_one_line(
    plain: Path, tmp_path: Path, to: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["seal", str(plain), *to, "-o", str(tmp_path / "rows.age")]) == 1

    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert not (tmp_path / "rows.age").exists()


@pytest.mark.parametrize("content", [b"hello", b"a,b\n1,2\n", b"age-encryption.org/v9\n", b""])
def test_what_is_no_sealed_file_is_told_so_however_short_it_is(
    plain: Path, key_file: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    plain.write_bytes(content)

    assert main(["open", str(plain), "-i", str(key_file)]) == 1

    words = "of another version" if content.startswith(b"age-") else "not an age file"
    assert (words if content else "ends inside its header") in capsys.readouterr().err


def test_a_key_file_that_is_none_is_refused_without_repeating_it(
    plain: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "wrong.txt"
    wrong.write_bytes(b"AGE-SECRET-KEY-PQ-1HIDDEN\xff\n")

    assert main(["open", str(plain), "-i", str(wrong)]) == 1

    error = capsys.readouterr().err
    assert "line 1 of the key file" in error
    assert "HIDDEN" not in error


def test_sealing_and_storing_go_through_a_pipe(
    plain: Path, key_file: Path, recipient: str, tmp_path: Path
) -> None:
    storage, store = f"{sys.executable} -m storage", tmp_path / "store"
    script = f"""set -e -o pipefail
        cid=$({storage} seal {plain} --to {recipient} | {storage} add - --store {store})
        {storage} cat "$cid" --store {store} | {storage} open - -i {key_file} | cmp - {plain}"""

    ran = subprocess.run(["bash", "-c", script], cwd=REPOSITORY, capture_output=True, check=False)

    assert (ran.returncode, ran.stderr) == (0, b"")


def test_a_sealed_file_is_not_written_to_a_terminal(
    plain: Path, recipient: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)

    assert main(["seal", str(plain), "--to", recipient]) == 2

    assert "name a file with -o" in capsys.readouterr().err
