"""Strangers' arrays: safetensors in, refused in words where they are not what they should be."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load

from qjobs.algorithms.errors import ModelRefused


def read_tensors(block: bytes, *, most_bytes: int, what: str = "the model") -> dict[str, NDArray]:
    """The arrays by name; raises `ModelRefused` for more bytes than these, or for another format."""
    if len(block) > most_bytes:
        verb = "have" if what.endswith("s") else "has"
        raise ModelRefused(f"{what} {verb} {len(block)} bytes; the limit is {most_bytes}")
    try:
        return load(block)
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        verb = "are" if what.endswith("s") else "is"
        raise ModelRefused(f"{what} {verb} not safetensors") from error


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
