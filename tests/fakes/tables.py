"""One table in every format that we take."""

import io
import json
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import parquet


def parquet_of(columns: dict[str, Any], **how: Any) -> bytes:
    out = io.BytesIO()
    parquet.write_table(pa.table(columns), out, **how)
    return out.getvalue()


def npz_of(columns: dict[str, Any], *, packed: bool = True) -> bytes:
    out = io.BytesIO()
    arrays = {name: np.asarray(column) for name, column in columns.items()}
    (np.savez_compressed if packed else np.savez)(out, **arrays)
    return out.getvalue()


def json_of(columns: dict[str, list[Any]]) -> bytes:
    rows = zip(*columns.values(), strict=True)
    return "\n".join(json.dumps(dict(zip(columns, row, strict=True))) for row in rows).encode()


def csv_of(columns: dict[str, list[Any]]) -> bytes:
    lines = [",".join(columns)]
    for row in zip(*columns.values(), strict=True):
        cells = [str(cell).lower() if isinstance(cell, bool) else str(cell) for cell in row]
        lines.append(",".join('"' + cell.replace('"', '""') + '"' for cell in cells))
    return "\n".join(lines).encode()
