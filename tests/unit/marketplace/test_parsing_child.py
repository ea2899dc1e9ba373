"""The child process: hostile files cost a process, never the site."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from marketplace.errors import UnreadableTable
from marketplace.parsing import runner
from marketplace.parsing.limits import CHILD_LIMITS, ChildLimits
from marketplace.parsing.runner import profile_file
from tests.tools import missing


class _Touches:
    """Unpickled, it makes the file."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Path]]:
        return Path.touch, (self.file,)


def write(folder: Path, content: bytes) -> Path:
    file = folder / "table.csv"
    file.write_bytes(content)
    return file


def refusal(file: Path, limits: ChildLimits = CHILD_LIMITS) -> UnreadableTable:
    with file.open("rb") as handle, pytest.raises(UnreadableTable) as caught:
        profile_file(handle, limits)
    return caught.value


def test_profile_file_reads_in_a_child_and_rewinds_the_file(tmp_path: Path) -> None:
    with write(tmp_path, b"a,b\n1,2\n").open("rb") as handle:
        handle.read()
        profile = profile_file(handle).profile

        assert (profile["rows"], handle.tell()) == (1, 0)


def test_profile_file_refusal_crosses_the_process_border(tmp_path: Path) -> None:
    refused = refusal(write(tmp_path, b"a,b\n1\n"))

    assert (refused.code, refused.field) == ("ragged_row", "file")


@pytest.mark.attack("S19")
@pytest.mark.parametrize(
    ("content", "codes"),
    [
        (b",".join(b"c%d" % n for n in range(1_000_000)) + b"\n1\n", {"too_many_columns"}),
        (b"," * 8_000_000 + b"\n1\n", {"too_many_columns", "too_costly", "too_much_memory"}),
        (b'a,b\n"' + b"x" * 20_000_000, {"cell_too_long"}),
        (b"a,b\n1," + b"x" * 20_000_000 + b"\n", {"cell_too_long"}),
        (b'a,b\n"' + b"\n" * 5_000_000, {"cell_too_long", "malformed_csv"}),
        (b"a\n" + b"1\n" * 1_000_001, {"too_many_rows"}),
        (b"a,b\n" + b"\n" * 3_000_000 + b"1,2\n", {"ragged_row"}),
    ],
    ids=["columns", "empty columns", "open quote", "cell", "line feeds in a cell", "rows", "empty lines"],
)
def test_profile_file_bomb_is_refused_in_words(tmp_path: Path, content: bytes, codes: set[str]) -> None:
    assert refusal(write(tmp_path, content)).code in codes


@pytest.mark.parametrize("codec", ["snappy", "zstd"])
def test_profile_file_reads_a_wide_parquet_file_within_the_child_s_memory(tmp_path: Path, codec: str) -> None:
    file = tmp_path / "table.parquet"
    numbers = np.random.default_rng(7).normal(size=(50, 20_000))
    parquet.write_table(
        pa.table({f"c{n}": column for n, column in enumerate(numbers)}), file, compression=codec
    )

    with file.open("rb") as handle:
        profile = profile_file(handle).profile

    assert (profile["format"], profile["rows"], profile["column_count"]) == ("parquet", 20_000, 50)


@pytest.mark.attack("S19")
def test_profile_file_parquet_page_that_unpacks_to_a_gigabyte_costs_the_child_alone(tmp_path: Path) -> None:
    file = tmp_path / "bomb.parquet"
    texts = pa.array(["x" * 9_999] * 120_000, pa.large_string())
    parquet.write_table(pa.table({"a": texts}), file, compression="zstd", use_dictionary=False)

    assert refusal(file).code in {"expands_too_much", "too_much_memory", "too_costly"}


@pytest.mark.attack("S20")
def test_profile_file_never_unpacks_an_object_array(tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    np.savez(tmp_path / "x.npz", x=np.array([_Touches(ran)], dtype=object))

    assert refusal(tmp_path / "x.npz").code == "unsupported_array"
    assert not ran.exists()


@pytest.mark.attack("S19")
def test_profile_file_over_the_time_limit_is_killed(tmp_path: Path) -> None:
    slow = write(tmp_path, b"a,b\n" + b"1,2\n" * 500_000)
    started = time.monotonic()

    refused = refusal(slow, ChildLimits(wall_seconds=1))

    assert (refused.code, time.monotonic() - started < 5) == ("too_costly", True)


def test_profile_file_child_that_dies_is_told_without_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "dying"
    script.write_text("#!/bin/sh\necho 'SecretError: row 7 holds 42' >&2\nexit 3\n")
    script.chmod(0o700)
    monkeypatch.setattr(runner.sys, "executable", str(script))

    refused = refusal(write(tmp_path, b"a,b\n1,2\n"))

    assert refused.code == "too_costly"
    assert "42" not in refused.message


@pytest.mark.attack("S30")
def test_child_environment_holds_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "telling"
    script.write_text('#!/bin/sh\nenv > "$(dirname "$0")/env"\nexit 3\n')
    script.chmod(0o700)
    monkeypatch.setattr(runner.sys, "executable", str(script))
    monkeypatch.setenv("SECRET_KEY", "hidden")

    refusal(write(tmp_path, b"a,b\n1,2\n"))

    told = (tmp_path / "env").read_text()
    assert "hidden" not in told
    assert "SECRET_KEY" in os.environ


def said_when_tried(statement: str) -> str:
    """What a program in the reader's place says after it tried something; empty where nothing refused it."""
    words = [sys.executable, "-E", "-s", "-B", "-m", runner.CHILD[0], "timeit", "-n1", "-r1", statement]
    done = subprocess.run(
        words, check=False, cwd=runner.ROOT, env=runner.CHILD_ENVIRONMENT, capture_output=True, text=True
    )
    return done.stderr.strip().rpartition("\n")[2]


@pytest.mark.attack("S23")
@pytest.mark.parametrize(
    ("statement", "refused"),
    [
        ("import socket; socket.create_connection(('127.0.0.1', 1))", "PermissionError"),
        ("import os; os.fork()", "PermissionError"),
        ("open('/etc/passwd')", "PermissionError"),
        ("open('manage.py')", "PermissionError"),
        ("open('/dev/shm/x', 'w')", "PermissionError"),
        ("bytearray(2 << 30)", "MemoryError"),
        ("import os; open('/usr/bin/env', 'rb').read(); os.getpid()", ""),
    ],
)
def test_child_reaches_nothing_but_its_input_and_its_own_code(statement: str, refused: str) -> None:
    said = said_when_tried(statement)

    if refused and not said and statement.startswith("open"):
        missing("this kernel does not give Landlock")
    assert said.partition(":")[0] == refused, said
