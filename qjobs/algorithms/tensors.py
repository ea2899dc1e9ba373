"""Strangers' arrays: safetensors in, refused in words where they are not what they should be."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load

from qjobs.algorithms.errors import ModelRefused

HEADER_AT = 8
"""Where the header of safetensors begins, always with a brace."""

FOREIGN = {
    **{bytes([0x80, protocol]): "a pickle" for protocol in range(2, 6)},
    b"\x93NUMPY": "a NumPy file",
    b"PK\x03\x04": "a ZIP archive, as of NumPy or PyTorch",
    b"\x1f\x8b": "a gzip file",
    **{bytes([0x78, level]): "a zlib file, as of joblib" for level in (0x01, 0x5E, 0x9C, 0xDA)},
    b"\x89HDF": "an HDF5 file",
}
"""First bytes of what models are kept in elsewhere: each can hold objects that run code when it is opened."""


def read_tensors(block: bytes, *, most_bytes: int, what: str = "the model") -> dict[str, NDArray]:
    """The arrays by name; raises `ModelRefused` for more bytes than these, or for another format."""
    if len(block) > most_bytes:
        verb = "have" if what.endswith("s") else "has"
        raise ModelRefused(f"{what} {verb} {len(block)} bytes; the limit is {most_bytes}")
    if block[HEADER_AT : HEADER_AT + 1] != b"{":
        _refuse_foreign(block, what)
    try:
        return load(block)
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        verb = "are" if what.endswith("s") else "is"
        raise ModelRefused(f"{what} {verb} not safetensors") from error


def _refuse_foreign(block: bytes, what: str) -> None:
    """Names another format by its first bytes, which a length of safetensors may look like too."""
    for beginning, name in FOREIGN.items():
        if block.startswith(beginning):
            verb = "are" if what.endswith("s") else "is"
            raise ModelRefused(f"{what} {verb} {name}; only safetensors is read")


def require_tensors(arrays: Mapping[str, NDArray], wanted: Mapping[str, tuple[Any, tuple[int, ...]]]) -> None:
    """`wanted`: type and shape by name. Raises `ModelRefused` for other names, types, shapes, and for numbers
    that are not finite."""
    if set(arrays) != set(wanted):
        raise ModelRefused(f"the model has arrays {sorted(arrays)}, not {sorted(wanted)}")
    for name, (kind, shape) in wanted.items():
        found = arrays[name]
        if found.dtype != kind or found.shape != shape:
            raise ModelRefused(
                f"{name} is {found.dtype} of shape {found.shape}, not {np.dtype(kind)} of {shape}"
            )
        if not np.isfinite(found).all():
            raise ModelRefused(f"{name} holds something that is no finite number")
