"""A job reads the same rows whatever the format of its data."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from qjobs.algorithms.errors import DatasetRefused
from qjobs.algorithms.rows import TableBytes
from qjobs.algorithms.table import Table, read_table
from tests.vectors.qjobs.specs import small_spec, spec_fields, two_irises_csv

IRISES = two_irises_csv()
HEADER, *ROWS = list(csv.reader(io.StringIO(IRISES.decode())))
COLUMNS = {name: [float(cell) for cell in cells] for name, *cells in zip(HEADER, *ROWS, strict=True)}
COLUMNS["target"] = [int(cell) for cell in COLUMNS["target"]]


def as_parquet() -> bytes:
    out = io.BytesIO()
    parquet.write_table(pa.table(COLUMNS), out)
    return out.getvalue()


def as_json_lines() -> bytes:
    rows = zip(*COLUMNS.values(), strict=True)
    return "\n".join(json.dumps(dict(zip(HEADER, row, strict=True))) for row in rows).encode()


def as_npz() -> bytes:
    out = io.BytesIO()
    np.savez(out, **{name: np.array(column) for name, column in COLUMNS.items()})
    return out.getvalue()


WRITERS = {"parquet": as_parquet, "jsonl": as_json_lines, "npz": as_npz}


def read(content: bytes, found: str, path: Path | None = None) -> Table:
    dataset = spec_fields(IRISES)["datasets"][0] | {"format": found}
    return read_table(small_spec(IRISES, datasets=[dataset]), {1: path or TableBytes(content)})


@pytest.mark.parametrize("found", WRITERS)
def test_rows_are_the_same_from_every_format_in_memory_and_from_a_file(tmp_path: Path, found: str) -> None:
    content, expected = WRITERS[found](), read(IRISES, "csv")
    (tmp_path / "rows").write_bytes(content)

    for table in (read(content, found), read(b"", found, tmp_path / "rows")):
        assert np.array_equal(table.features, expected.features)
        assert np.array_equal(table.positive, expected.positive)


@pytest.mark.parametrize(
    ("content", "found", "message"),
    [
        (as_parquet(), "npz", "the dataset is parquet, the spec says npz"),
        (IRISES, "jsonl", "the dataset is csv, the spec says jsonl"),
        (as_parquet()[:-200], "parquet", "cannot be read"),
        (
            as_json_lines().replace(b'{"sepal length": 7.0, ', b"{", 1),
            "jsonl",
            "row 1, column 'sepal length'",
        ),
    ],
)
def test_data_of_another_format_or_damaged_is_refused_in_words(
    content: bytes, found: str, message: str
) -> None:
    with pytest.raises(DatasetRefused, match=message):
        read(content, found)
