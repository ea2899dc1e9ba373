"""A row is shown to be in a table without the other rows, in Python, by command and in the browser."""

import hashlib
import io
import json
import shutil
import subprocess
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.tables.__main__ import main
from common.tables.merkle import RowProof, RowTree, leaf_hashes, prove_row, row_root, salt_key_of
from common.tables.reading import CSV, OpenTable, open_table
from tests.fakes.tables import csv_of, npz_of, parquet_of
from tests.tools import require_tool

ROOT = Path(__file__).parents[3]
TABLE = b'name,age\n"O\xc3\xad, \xe2\x80\xa8 \x7f""x""",30\nboris,41\nzoe,\n'
SCRIPT = """
import { proofHolds } from "./rows.mjs";
import { readFileSync } from "node:fs";
const proofs = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(await Promise.all(proofs.map(proofHolds))));
"""


def table_of(rows: int) -> OpenTable:
    return OpenTable(CSV, ["a", "b"], lambda: ([str(number), "x\ny"] for number in range(rows)))


def held_in_the_browser(folder: Path, proofs: list[RowProof]) -> list[bool]:
    node = require_tool("node", how="make setup")
    for name in ("rows", "sha256"):
        source = (ROOT / "static" / "verify" / f"{name}.js").read_text()
        (folder / f"{name}.mjs").write_text(source.replace("sha256.js", "sha256.mjs"))
    (folder / "run.mjs").write_text(SCRIPT)
    told = json.dumps([asdict(proof) for proof in proofs])
    done = subprocess.run(
        [node, "run.mjs"], cwd=folder, input=told, capture_output=True, text=True, check=True
    )
    held: list[bool] = json.loads(done.stdout)
    return held


def forgeries(proof: RowProof) -> list[RowProof]:
    """What a liar would try, none of it in the table."""
    other = hashlib.sha256(b"other").hexdigest()
    return [
        replace(proof, cells=[*proof.cells[:-1], "1"]),
        replace(proof, cells=proof.cells[:-1]),
        replace(proof, index=proof.index - 1),
        replace(proof, index=proof.leaves),
        replace(proof, index=-1),
        replace(proof, leaves=proof.leaves + 1),
        replace(proof, root=other),
        replace(proof, salt=other),
        replace(proof, salt="00"),
        replace(proof, path=proof.path[:-1]),
        replace(proof, path=[*proof.path, other]),
        replace(proof, path=[other, *proof.path[1:]]),
        replace(proof, path=[piece[:-2] for piece in proof.path]),
        replace(proof, path=["zz"]),
    ]


@given(rows=st.integers(1, 70), salt_key=st.none() | st.binary(min_size=32, max_size=32))
def test_every_row_is_proved_against_the_root_that_streaming_gives(rows: int, salt_key: bytes | None) -> None:
    table = table_of(rows)
    root = row_root(table, salt_key)

    for index in range(rows + 1):
        proof = prove_row(table, index, salt_key)
        assert (proof.root, proof.holds()) == (root, True)
        assert not replace(proof, cells=["0", "y"]).holds()


@pytest.mark.attack("S33")
@pytest.mark.parametrize("salt_key", [None, b"k" * 32])
@pytest.mark.parametrize(("rows", "index"), [(1, 1), (6, 6), (7, 3), (8, 8), (12, 5)])
def test_forged_proof_holds_neither_here_nor_in_the_browser(
    tmp_path: Path, rows: int, index: int, salt_key: bytes | None
) -> None:
    proof = prove_row(table_of(rows), index, salt_key)

    assert [forged.holds() for forged in forgeries(proof)] == [False] * len(forgeries(proof))
    assert held_in_the_browser(tmp_path, [proof, *forgeries(proof)]) == [True] + [False] * len(
        forgeries(proof)
    )


def test_browser_agrees_on_every_row_and_on_letters_of_all_kinds(tmp_path: Path) -> None:
    proofs = [prove_row(table_of(21), index, None) for index in range(22)]
    proofs += [prove_row(open_table(io.BytesIO(TABLE)), index, b"s" * 32) for index in range(4)]

    assert held_in_the_browser(tmp_path, proofs) == [True] * len(proofs)


def test_inner_node_is_never_taken_for_a_row() -> None:
    leaves = list(leaf_hashes(["a"], [["1"], ["2"], ["3"]], None))
    tree = RowTree()
    for leaf in (hashlib.sha256(b"\x01" + leaves[0] + leaves[1]).digest(), *leaves[2:]):
        tree.add(leaf)

    assert tree.root() != row_root(OpenTable(CSV, ["a"], lambda: iter([["1"], ["2"], ["3"]])), None)


def test_private_root_does_not_let_anybody_try_a_guess() -> None:
    table = open_table(io.BytesIO(TABLE))
    salted, plain = row_root(table, salt_key_of(io.BytesIO(TABLE))), row_root(table, None)
    proof = prove_row(table, 2, salt_key_of(io.BytesIO(TABLE)))

    assert salted != plain
    assert not replace(proof, salt="").holds()
    assert proof.salt != prove_row(table, 1, salt_key_of(io.BytesIO(TABLE))).salt


def test_root_is_of_the_rows_and_not_of_the_format() -> None:
    columns = {"a": [1, 2], "b": ["x", "y"]}

    assert (
        len(
            {row_root(open_table(io.BytesIO(write(columns))), None) for write in (csv_of, npz_of, parquet_of)}
        )
        == 1
    )


def test_command_proves_and_checks_with_exit_codes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, shown = tmp_path / "table.csv", tmp_path / "proof.json"
    file.write_bytes(TABLE)

    def run(*words: object) -> tuple[int, str]:
        code = main([str(word) for word in words])
        return code, capsys.readouterr().out.strip()

    root = run("root", file)[1]
    shown.write_text(run("prove", file, 2)[1])

    assert run("check", shown, root)[0] == 0
    assert run("check", shown, run("root", file, "--private")[1])[0] == 1
    assert run("prove", file, 9)[0] == 1
    assert run("root", tmp_path / "none")[0] == 1
    shown.write_text("{}")
    assert run("check", shown, root)[0] == 2
    shutil.rmtree(tmp_path)
