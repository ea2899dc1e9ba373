"""The kernel among a model's first support vectors, read from its posted file without a library of arrays."""

import json
import struct
from collections.abc import Sequence
from typing import Any, TypeGuard

from common.errors import QommonsError
from marketplace.store import content_store
from qjobs.selectors.results import PostedFile
from storage.cid import Cid

MODEL_FILE = "model.safetensors"
SAMPLE = "kernel_sample"
MAX_HEADER_BYTES = 1 << 16
MAX_SIDE = 64

Kernel = tuple[tuple[float, ...], ...]


def kernel_sample(files: Sequence[PostedFile]) -> Kernel | None:
    """A square of numbers in [0, 1]; None where there is no such file here, or it says something else."""
    file = next((one for one in files if one.name == MODEL_FILE and not one.is_sealed), None)
    if file is None:
        return None
    try:
        return _sample(Cid.parse(file.cid))
    except (QommonsError, ValueError, struct.error):
        return None


def _sample(cid: Cid) -> Kernel | None:
    """safetensors: eight bytes of length, a JSON header of that length, then the arrays it names."""
    (header_bytes,) = struct.unpack("<Q", _bytes(cid, 0, 8))
    if header_bytes > MAX_HEADER_BYTES:
        return None
    header = json.loads(_bytes(cid, 8, header_bytes))
    entry = header.get(SAMPLE) if isinstance(header, dict) else None
    side, start = _place(entry)
    if not side:
        return None
    numbers = struct.unpack(f"<{side * side}d", _bytes(cid, 8 + header_bytes + start, 8 * side * side))
    if not all(0 <= number <= 1.001 for number in numbers):
        return None
    return tuple(tuple(numbers[row * side : (row + 1) * side]) for row in range(side))


def _place(entry: Any) -> tuple[int, int]:
    """The side of the square and where its numbers begin; (0, 0) for what is no square of 64-bit floats."""
    if not isinstance(entry, dict) or entry.get("dtype") != "F64":
        return 0, 0
    shape, offsets = entry.get("shape"), entry.get("data_offsets")
    if not (_are_numbers(shape) and _are_numbers(offsets)) or shape[0] != shape[1]:
        return 0, 0
    fits = 0 < shape[0] <= MAX_SIDE and offsets[1] - offsets[0] == 8 * shape[0] ** 2
    return (shape[0], offsets[0]) if fits else (0, 0)


def _are_numbers(pair: Any) -> TypeGuard[list[int]]:
    return isinstance(pair, list) and len(pair) == 2 and all(type(one) is int and one >= 0 for one in pair)


def _bytes(cid: Cid, offset: int, length: int) -> bytes:
    return b"".join(content_store().open(cid, offset=offset, length=length))
