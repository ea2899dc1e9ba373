"""Near-copies of a table are found by a few numbers."""

import random

import pytest

from common.tables.sketch import MOST_HASHES, RowSketch, resemblance


def sketch_of(rows: list[list[str]]) -> list[int]:
    sketch = RowSketch()
    for row in rows:
        assert sketch.add(row) is row
    return sketch.hashes()


def rows_of(start: int, stop: int) -> list[list[str]]:
    return [[str(number), f"{number / 7:.4f}"] for number in range(start, stop)]


@pytest.mark.attack("S25")
def test_copy_with_shuffled_rows_and_columns_and_repeats_has_the_same_sketch() -> None:
    rows = rows_of(0, 5000)
    copy = [row[::-1] for row in rows + rows[:100]]
    random.Random(7).shuffle(copy)

    assert sketch_of(copy) == sketch_of(rows)
    assert len(sketch_of(rows)) == MOST_HASHES


@pytest.mark.parametrize(("kept", "lowest", "highest"), [(5000, 1, 1), (4500, 0.6, 0.97), (0, 0, 0)])
def test_resemblance_is_about_the_share_of_rows_in_common(kept: int, lowest: float, highest: float) -> None:
    one, other = rows_of(0, 5000), rows_of(5000 - kept, 10000 - kept)

    assert lowest <= resemblance(sketch_of(one), sketch_of(other)) <= highest


def test_resemblance_of_small_tables_is_exact_and_of_nothing_is_none() -> None:
    assert resemblance(sketch_of(rows_of(0, 8)), sketch_of(rows_of(4, 12))) == pytest.approx(1 / 3)
    assert resemblance([], []) == 0
