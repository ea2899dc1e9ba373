"""What the child process does with its rights given up: reads the table on its standard input, answers in one
JSON line.

python -m marketplace.parsing.child public < table.parquet
python -m marketplace.parsing.child private < table.parquet
python -m marketplace.parsing.child difference 3 < before.csv 3< after.csv
"""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Any, BinaryIO

import numpy as np

from common.tables.difference import difference
from common.tables.errors import TableRefused
from common.tables.limits import TABLE_LIMITS, TableLimits
from common.tables.merkle import Watcher, row_root, salt_key_of, unwatched
from common.tables.reading import open_table
from common.tables.sketch import RowSketch
from marketplace.parsing.hints import hints_of
from marketplace.parsing.profile import Profile, column_kinds, profile_rows
from marketplace.parsing.quantum import explained_variance, kernel_spread, quantum_qualities


def profile_table(
    stream: BinaryIO, limits: TableLimits = TABLE_LIMITS, *, salted: bool = False, watch: Watcher = unwatched
) -> Profile:
    """The profile of a file in any format that we take, read several times. Raises TableRefused.

    salted: whether the tree over the rows must not let anybody try guesses. Each row passes `watch` once.
    """
    table = open_table(stream, limits)
    kinds = column_kinds(table.rows(), len(table.names))
    profile, numbers = profile_rows(table, kinds, limits)
    columns = [np.frombuffer(column, dtype=np.float64) for column in numbers]
    profile["quantum"] = quantum_qualities(len(columns), explained_variance(columns), kernel_spread(columns))
    profile["hints"] = hints_of(table, kinds)
    root = row_root(table, salt_key_of(stream) if salted else None, watch)
    profile["row_tree"] = {"root": root, "is_salted": salted}
    return profile


def read_public(stream: BinaryIO) -> dict[str, Any]:
    """The profile, and the sketch by which near-copies are found."""
    sketch = RowSketch()
    return {"profile": profile_table(stream, watch=sketch.add), "row_sketch": sketch.hashes()}


def read_private(stream: BinaryIO) -> dict[str, Any]:
    """The profile; hashes of rows could be guessed, so none is told to anybody."""
    return {"profile": profile_table(stream, salted=True), "row_sketch": []}


def compare(before: BinaryIO, *, after: int) -> dict[str, Any]:
    """What changed from the one table to the other, which is behind a descriptor."""
    with open(after, "rb", closefd=False) as stream:
        return asdict(difference(open_table(before), open_table(stream)))


def act_of(words: list[str]) -> Callable[[BinaryIO], Any]:
    """What the command line asks for."""
    match words:
        case ["difference", descriptor]:
            return partial(compare, after=int(descriptor))
        case ["private"]:
            return read_private
    return read_public


def answer(stream: BinaryIO, act: Callable[[BinaryIO], Any] = profile_table) -> dict[str, Any]:
    """What the act finds, or the refusal, as the parent expects it."""
    try:
        return {"found": act(stream)}
    except TableRefused as refusal:
        return {"refused": {"code": refusal.code, "message": refusal.message}}
    except MemoryError:
        return {"refused": {"code": "too_much_memory", "message": "the table needs more memory than we give"}}


def main() -> None:
    sys.stdout.write(
        json.dumps(answer(sys.stdin.buffer, act_of(sys.argv[1:])), allow_nan=False, ensure_ascii=True)
    )


if __name__ == "__main__":
    main()
