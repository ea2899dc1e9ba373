"""What changed between two tables, whatever the order of rows and columns and the format."""

import io
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from common.tables.difference import difference
from common.tables.reading import CSV, OpenTable, open_table
from tests.fakes.tables import csv_of, parquet_of


def table(names: list[str], *rows: list[str]) -> OpenTable:
    return OpenTable(CSV, names, lambda: iter(list(row) for row in rows))


def test_rows_are_added_removed_and_kept_wherever_they_stand() -> None:
    before = table(["a", "b"], ["1", "x"], ["2", "y"], ["3", "z"])
    after = table(["a", "b"], ["3", "z"], ["4", "w"], ["1", "x"], ["1", "x"])

    found = difference(before, after)

    assert (found.rows_added, found.rows_removed, found.rows_kept) == (2, 1, 2)
    assert (found.first_added, found.first_removed) == ([["4", "w"], ["1", "x"]], [["2", "y"]])
    assert (found.columns_added, found.columns_removed) == ([], [])


def test_columns_come_and_go_and_rows_are_compared_by_the_shared_ones() -> None:
    before, after = table(["a", "b"], ["1", "x"]), table(["c", "a"], ["new", "1"])

    found = difference(before, after)

    assert (found.columns_added, found.columns_removed, found.columns_compared) == (["c"], ["b"], ["a"])
    assert (found.rows_added, found.rows_removed, found.rows_kept) == (0, 0, 1)


def test_same_rows_in_another_format_and_order_are_no_change() -> None:
    csv = open_table(io.BytesIO(csv_of({"a": [1, 2], "b": ["x", "y"]})))
    parquet = open_table(io.BytesIO(parquet_of({"b": ["y", "x"], "a": [2, 1]})))

    found = difference(csv, parquet)

    assert (found.rows_added, found.rows_removed, found.rows_kept) == (0, 0, 2)


def test_cells_that_run_into_each_other_are_different_rows() -> None:
    found = difference(table(["a", "b"], ["1", "2:x"]), table(["a", "b"], ["1:2", "x"]))

    assert (found.rows_added, found.rows_removed) == (1, 1)


cells = st.lists(st.sampled_from("xyz"), min_size=1, max_size=12)


@given(cells, cells)
def test_counts_are_those_of_multisets(old: list[str], new: list[str]) -> None:
    found = difference(table(["a"], *([cell] for cell in old)), table(["a"], *([cell] for cell in new)))

    assert found.rows_added == (Counter(new) - Counter(old)).total()
    assert found.rows_removed == (Counter(old) - Counter(new)).total()
    assert found.rows_kept == (Counter(old) & Counter(new)).total()
    assert len(found.first_removed) == min(5, found.rows_removed)
