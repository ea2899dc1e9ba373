"""NPZ: arrays of numbers and texts side by side. What could run code (object arrays) is never unpacked."""

import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, BinaryIO

import numpy as np
from numpy.lib import format as npy

from common.tables.errors import TableRefused
from common.tables.limits import TableLimits
from common.tables.rules import check_column_names, check_expansion, check_row_number

ENDING = ".npy"
BATCH_ROWS = 1024
SIMPLE_KINDS = "biufUSM"
WIDEST_FLOAT_BYTES = 8
HEADER_READERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
ENCRYPTED = 0x1


class NpzTable:
    """A 1-D array is the column of its name, a 2-D array "X" the columns X_0, X_1, ...; all of one length.

    Raises TableRefused.
    """

    def __init__(self, stream: BinaryIO, limits: TableLimits) -> None:
        try:
            with zipfile.ZipFile(stream) as archive:
                members = _members(archive, limits, file_bytes=stream.seek(0, 2))
                arrays = {name: _array(archive, member, name, limits) for name, member in members.items()}
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            NotImplementedError,
            RuntimeError,
            ValueError,
        ) as error:
            raise TableRefused("malformed_npz", "this is no NPZ file that can be unpacked") from error
        lengths = {name: len(array) for name, array in arrays.items()}
        if len(set(lengths.values())) > 1:
            told = ", ".join(f"{name[:30]} {length:,}" for name, length in list(lengths.items())[:5])
            raise TableRefused("ragged_row", f"the arrays have different lengths: {told}")
        self._columns = [column for array in arrays.values() for column in _columns(array)]
        self.names = [name for key, array in arrays.items() for name in _names(key, array)]
        check_column_names(self.names, limits)
        check_row_number(max(lengths.values()), width=len(self.names), limits=limits)

    def rows(self) -> Iterator[list[str]]:
        """The rows as text."""
        for start in range(0, len(self._columns[0]), BATCH_ROWS):
            parts = (_texts(column[start : start + BATCH_ROWS]) for column in self._columns)
            yield from map(list, zip(*parts, strict=True))


def _members(archive: zipfile.ZipFile, limits: TableLimits, *, file_bytes: int) -> dict[str, zipfile.ZipInfo]:
    entries = archive.infolist()
    if len(entries) > limits.columns:
        raise TableRefused(
            "too_many_columns", f"there are {len(entries):,} arrays; the limit is {limits.columns:,}"
        )
    if not entries or not all(entry.filename.endswith(ENDING) for entry in entries):
        raise TableRefused(
            "unsupported_format",
            "this ZIP file holds more than NPY arrays (Excel, an archive); only NPZ is taken",
        )
    if any(entry.flag_bits & ENCRYPTED for entry in entries):
        raise TableRefused("unsupported_format", "the arrays are encrypted with a password")
    check_expansion(sum(entry.file_size for entry in entries), file_bytes=file_bytes, limits=limits)
    members = {entry.filename.removesuffix(ENDING): entry for entry in entries}
    if len(members) < len(entries):
        raise TableRefused("duplicate_column", "two arrays have the same name")
    return members


def _array(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, limits: TableLimits) -> np.ndarray:
    """(n,) or (n, d) of numbers or texts; its header is judged before anything is unpacked."""
    with archive.open(member) as unpacked:
        shape, kind = _header(unpacked, name)
    if (
        kind.hasobject
        or kind.kind not in SIMPLE_KINDS
        or (kind.kind == "f" and kind.itemsize > WIDEST_FLOAT_BYTES)
    ):
        raise TableRefused(
            "unsupported_array", f'array "{name[:60]}" holds {str(kind)[:40]}, not numbers or texts'
        )
    if len(shape) not in {1, 2} or 0 in shape:
        raise TableRefused(
            "unsupported_array", f'array "{name[:60]}" has the shape {shape}, not rows and columns'
        )
    width = shape[1] if len(shape) == 2 else 1
    if width > limits.columns:
        raise TableRefused(
            "too_many_columns", f"there are {width:,} columns; the limit is {limits.columns:,}"
        )
    check_row_number(shape[0], width=width, limits=limits)
    if shape[0] * width * kind.itemsize > member.file_size:
        raise TableRefused("malformed_npz", f'array "{name[:60]}" is cut off')
    with archive.open(member) as unpacked:
        array: np.ndarray = npy.read_array(unpacked, allow_pickle=False)
    return array


def _header(unpacked: IO[bytes], name: str) -> tuple[tuple[int, ...], np.dtype]:
    reader = HEADER_READERS.get(npy.read_magic(unpacked))
    if reader is None:
        raise TableRefused(
            "unsupported_array", f'array "{name[:60]}" is of an NPY version that we do not read'
        )
    shape, _, kind = reader(unpacked)
    return shape, kind


def _columns(array: np.ndarray) -> list[np.ndarray]:
    return [array] if array.ndim == 1 else list(array.T)


def _names(name: str, array: np.ndarray) -> list[str]:
    return [name] if array.ndim == 1 else [f"{name}_{index}" for index in range(array.shape[1])]


def _texts(column: np.ndarray) -> list[str]:
    kind = column.dtype.kind
    if kind == "b":
        return ["true" if cell else "false" for cell in column.tolist()]
    if kind == "M":
        return ["" if cell == "NaT" else str(cell) for cell in np.datetime_as_string(column)]
    if kind == "S":
        return _decoded(column.tolist())
    return [cell if isinstance(cell, str) else repr(cell) for cell in column.tolist()]


def _decoded(cells: list[bytes]) -> list[str]:
    try:
        return [cell.decode() for cell in cells]
    except UnicodeDecodeError as error:
        raise TableRefused("not_utf8", "an array of bytes is not UTF-8 text") from error
