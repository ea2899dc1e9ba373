"""Parquet, JSON lines and NPZ: one table gives one profile in all of them; each way to cheat is refused."""

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.tables.errors import TableRefused
from common.tables.limits import TABLE_LIMITS, TableLimits
from common.tables.reading import open_table
from marketplace.parsing.child import answer, profile_table
from tests.fakes.tables import csv_of, json_of, npz_of, parquet_of

ROWS: dict[str, list[Any]] = {
    "radius": [17.99, 13.5, 9.504],
    "cells": [3, 4, 5],
    "malignant": [True, False, False],
    "note": ["a,b", 'says "no"', "größe"],
}
SMALL = TableLimits(rows=4, columns=3, cells=9, cell_chars=10, column_name_chars=8, line_bytes=80)


def refusal(content: bytes, limits: TableLimits = TABLE_LIMITS) -> TableRefused:
    with pytest.raises(TableRefused) as caught:
        profile_table(io.BytesIO(content), limits)
    return caught.value


def cells_of(content: bytes) -> list[list[str]]:
    return list(open_table(io.BytesIO(content)).rows())


WRITERS = {"parquet": parquet_of, "jsonl": json_of, "npz": npz_of, "csv": csv_of}


@pytest.mark.parametrize("found", WRITERS)
def test_profile_of_the_same_table_is_the_same_in_every_format(found: str) -> None:
    profile = profile_table(io.BytesIO(WRITERS[found](ROWS)))

    assert profile["format"] == found
    assert profile | {"format": "csv"} == profile_table(io.BytesIO(csv_of(ROWS)))


def test_parquet_cells_are_read_as_csv_would_hold_them() -> None:
    content = parquet_of(
        {
            "day": pa.array([date(2026, 1, 2), None]),
            "at": pa.array(
                [datetime(2026, 1, 2, 3, tzinfo=UTC), None], pa.timestamp("us", tz="Europe/Paris")
            ),
            "money": pa.array([Decimal("1.10"), None]),
            "kind": pa.array(["x", None]).dictionary_encode(),
            "small": pa.array([0.1, float("nan")], pa.float32()),
            "void": pa.nulls(2),
        }
    )

    assert cells_of(content) == [
        ["2026-01-02", "2026-01-02 03:00:00.000000Z", "1.10", "x", "0.10000000149011612", ""],
        ["", "", "", "", "nan", ""],
    ]


@pytest.mark.parametrize("codec", ["none", "snappy", "gzip", "zstd", "lz4", "brotli"])
def test_parquet_of_every_usual_compression_is_read(codec: str) -> None:
    assert profile_table(io.BytesIO(parquet_of(ROWS, compression=codec)))["rows"] == 3


def test_json_row_without_a_key_misses_that_cell_and_numbers_keep_their_digits() -> None:
    content = b'{"a": 1.10, "b": null}\n\n{"a": 12345678901234567890, "c": "x"}\n'

    assert cells_of(content) == [["1.10", "", ""], ["12345678901234567890", "", "x"]]


def test_npz_array_of_two_dimensions_becomes_numbered_columns() -> None:
    content = npz_of(
        {"X": np.asfortranarray(np.arange(6.0).reshape(2, 3)), "y": np.array([b"n", b"p"])}, packed=False
    )

    assert open_table(io.BytesIO(content)).names == ["X_0", "X_1", "X_2", "y"]
    assert cells_of(content)[1] == ["3.0", "4.0", "5.0", "p"]


def member_of(header: bytes, body: bytes = b"") -> bytes:
    """An NPZ file with one array of this header."""
    padded = header + b" " * (-(len(header) + 11) % 64) + b"\n"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        array = b"\x93NUMPY\x01\x00" + len(padded).to_bytes(2, "little") + padded + body
        archive.writestr("x.npy", array)
    return out.getvalue()


def zip_of(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
    return out.getvalue()


class _Runs:
    """What a pickle would run."""

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str]]:
        return exec, ("raise SystemExit('ran')",)


@pytest.mark.attack("S20")
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (npz_of({"x": np.array([_Runs(), _Runs()], dtype=object)}), "unsupported_array"),
        (npz_of({"x": np.array([1j, 2j])}), "unsupported_array"),
        (npz_of({"x": np.zeros(2, dtype=[("a", "i4"), ("b", "O")])}), "unsupported_array"),
        (npz_of({"x": np.zeros((2, 2, 2))}), "unsupported_array"),
        (npz_of({"x": np.array(1.0)}), "unsupported_array"),
        (
            member_of(b"{'descr': '<f8', 'fortran_order': False, 'shape': (__import__('os'),)}"),
            "malformed_npz",
        ),
        (zip_of("xl/workbook.xml", "[Content_Types].xml"), "unsupported_format"),
        (zip_of("../../etc/x.npy"), "malformed_npz"),
        (b"PK\x03\x04 and then nothing", "malformed_npz"),
        (b"PAR1 and then nothing PAR1", "malformed_parquet"),
        (parquet_of({"x": pa.array([[1, 2]])}), "nested_value"),
        (parquet_of({"x": pa.array([{"a": 1}])}), "nested_value"),
        (parquet_of({"x": pa.array([b"\x80\x04"])}), "nested_value"),
    ],
)
def test_file_that_could_carry_code_or_is_no_table_is_refused(content: bytes, code: str) -> None:
    assert refusal(content).code == code


@pytest.mark.attack("S19")
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (member_of(b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000, 10)}"), "malformed_npz"),
        (member_of(b"{'descr': '<f8', 'fortran_order': False, 'shape': (10**9, 10)}"), "malformed_npz"),
        (member_of(b"{'descr': '<f8', 'fortran_order': False, 'shape': (2000000000,)}"), "too_many_rows"),
        (
            member_of(b"{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2000000000)}"),
            "too_many_columns",
        ),
        (npz_of({"x": np.zeros((900_000, 10))}), "expands_too_much"),
        (npz_of({f"a{n}": np.zeros(1) for n in range(1001)}), "too_many_columns"),
        (npz_of({"a": np.zeros(2), "b": np.zeros(3)}), "ragged_row"),
        (npz_of({"a_0": np.zeros(2), "a": np.zeros((2, 1))}), "duplicate_column"),
        (npz_of({"a": np.array(["x" * 10_001])}), "cell_too_long"),
        (parquet_of({"x": np.zeros(1_000_001, np.int8)}), "too_many_rows"),
        (parquet_of({f"c{n}": [1] for n in range(1001)}), "too_many_columns"),
        (parquet_of({"x": ["x" * 10_001]}), "cell_too_long"),
        (parquet_of({"x": ["y" * 9_000_000], "z": [1]}, compression="gzip"), "expands_too_much"),
        (parquet_of({"x": ["a\0b"]}), "nul_byte"),
        (parquet_of({"": [1]}), "empty_column_name"),
        (parquet_of({"x": pa.array([], pa.int8())}), "no_rows"),
        (b'{"a": ' + b"[" * 500_000, "nested_value"),
        (b'{"a": "' + b"x" * 2_000_000 + b'"}', "line_too_long"),
        (b'{"a": "' + b"x" * 10_001 + b'"}', "cell_too_long"),
        (b'{"a": ' + b"9" * 10_001 + b"}", "cell_too_long"),
        (b'{"a": 1, "a": 2}', "duplicate_column"),
        (b'{"a": {"b": 1}}', "nested_value"),
        (b'{"a": NaN}', "malformed_json"),
        (b'{"a": 1}\n[1]', "malformed_json"),
        (b'{"a": 1} {"a": 2}', "malformed_json"),
        (b'{"a": "\\ud800"}', "malformed_json"),
        (b'{"\\ud800": 1}', "malformed_json"),
        (b'{"a": "\\u0000"}', "nul_byte"),
        (b"{}", "no_rows"),
        (b"{" + b",".join(b'"c%d": 1' % n for n in range(1001)) + b"}", "too_many_columns"),
        (b"[{}]", "unsupported_format"),
    ],
)
def test_bomb_or_broken_rule_is_refused_by_name(content: bytes, code: str) -> None:
    refused = refusal(content)

    assert refused.code == code, refused.message


@pytest.mark.parametrize("found", ["parquet", "jsonl", "npz"])
def test_limits_hold_in_every_format_and_what_is_at_them_is_read(found: str) -> None:
    write = WRITERS[found]
    at_limit = {"abcdefgh": [1, 2, 3], "b": ["x" * 10, "y", "z"], "c": [1, 2, 3]}

    assert profile_table(io.BytesIO(write(at_limit)), SMALL)["rows"] == 3
    assert refusal(write({"a": [1] * 5}), SMALL).code == "too_many_rows"
    assert refusal(write({"a": [1] * 4, "b": [1] * 4, "c": [1] * 4}), SMALL).code == "too_many_cells"
    assert refusal(write(at_limit | {"d": [1, 2, 3]}), SMALL).code == "too_many_columns"
    assert refusal(write({"a": ["x" * 11]}), SMALL).code == "cell_too_long"
    assert refusal(write({"abcdefghi": [1]}), SMALL).code == "bad_column_name"


@settings(max_examples=60)
@given(st.sampled_from(["parquet", "npz", "jsonl"]), st.data())
def test_answer_of_a_damaged_file_is_a_profile_or_a_refusal(found: str, drawn: st.DataObject) -> None:
    content = bytearray(WRITERS[found](ROWS))
    for _ in range(drawn.draw(st.integers(1, 4))):
        content[drawn.draw(st.integers(0, len(content) - 1))] = drawn.draw(st.integers(0, 255))
    cut = drawn.draw(st.integers(0, len(content)))

    assert set(answer(io.BytesIO(content[: cut or None]))) <= {"found", "refused"}
