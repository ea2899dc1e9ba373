"""Shows that a row is in a table, and checks it: python -m common.tables root | prove | check."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

from common.tables.errors import TableRefused
from common.tables.merkle import RowProof, prove_row, row_root, salt_key_of
from common.tables.reading import open_table

DONE, REFUSED, UNUSABLE = 0, 1, 2


def main(words: list[str] | None = None) -> int:
    """The exit code: 0 done or proved, 1 refused or not proved, 2 the command makes no sense."""
    chosen = _parser().parse_args(words)
    try:
        return int(chosen.act(chosen))
    except TableRefused as refusal:
        return _refuse(refusal.message)
    except (OSError, IndexError) as error:
        return _refuse(str(error))


def _root(chosen: argparse.Namespace) -> int:
    with chosen.file.open("rb") as stream:
        sys.stdout.write(row_root(open_table(stream), _salt_key(chosen, stream)) + "\n")
    return DONE


def _prove(chosen: argparse.Namespace) -> int:
    with chosen.file.open("rb") as stream:
        proof = prove_row(open_table(stream), chosen.row, _salt_key(chosen, stream))
    sys.stdout.write(json.dumps(asdict(proof), ensure_ascii=False) + "\n")
    return DONE


def _check(chosen: argparse.Namespace) -> int:
    try:
        proof = RowProof(**json.loads(chosen.file.read_text()))
    except (ValueError, TypeError):
        return _refuse("this is no proof of a row", UNUSABLE)
    if not proof.holds() or proof.root != chosen.root:
        return _refuse("NOT PROVED: the cells do not lead to this root")
    sys.stdout.write(f"PROVED: row {proof.index} of {proof.leaves - 1} is {json.dumps(proof.cells)}\n")
    return DONE


def _salt_key(chosen: argparse.Namespace, stream: BinaryIO) -> bytes | None:
    return salt_key_of(stream) if chosen.private else None


def _refuse(words: str, code: int = REFUSED) -> int:
    sys.stderr.write(words + "\n")
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m common.tables", description=__doc__)
    acts = parser.add_subparsers(required=True, metavar="command")
    root = acts.add_parser("root", help="the root over all rows of a table, as its profile names it")
    prove = acts.add_parser("prove", help="a JSON document that shows one row and no other")
    check = acts.add_parser("check", help="whether such a document leads to a root")
    for parsed, act in ((root, _root), (prove, _prove), (check, _check)):
        parsed.add_argument("file", type=Path)
        parsed.set_defaults(act=act)
    for parsed in (root, prove):
        parsed.add_argument("--private", action="store_true", help="the rows are private: leaves have salts")
    prove.add_argument("row", type=int, help="1 is the first row, 0 the names of the columns")
    check.add_argument("root", help="64 hex digits, from the profile of the version")
    return parser


if __name__ == "__main__":
    sys.exit(main())
