"""The trained angles as data: safetensors in and out, bit for bit."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from qjobs.algorithms.errors import ModelRefused

MAX_MODEL_BYTES = 2**22


@dataclass(frozen=True)
class VqeModel:
    """angles: (states, parameters) radians; energies: (states,) of the Hamiltonian there."""

    angles: NDArray
    energies: NDArray


def model_bytes(model: VqeModel) -> bytes:
    """The model as safetensors."""
    return save(
        {
            name: np.ascontiguousarray(getattr(model, name), dtype=np.float64)
            for name in ("angles", "energies")
        }
    )


def read_model(block: bytes, *, states: int, parameters: int) -> VqeModel:
    """The model in safetensors bytes; raises `ModelRefused` on wrong names, types, shapes or values."""
    if len(block) > MAX_MODEL_BYTES:
        raise ModelRefused(f"the model has {len(block)} bytes; the limit is {MAX_MODEL_BYTES}")
    try:
        arrays = load(block)
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise ModelRefused("the model is not safetensors") from error
    shapes = {"angles": (states, parameters), "energies": (states,)}
    if set(arrays) != set(shapes):
        raise ModelRefused(f"the model has arrays {sorted(arrays)}, not {sorted(shapes)}")
    for name, shape in shapes.items():
        found = arrays[name]
        if found.dtype != np.float64 or found.shape != shape:
            raise ModelRefused(f"{name} is {found.dtype} of shape {found.shape}, not float64 of {shape}")
        if not np.isfinite(found).all():
            raise ModelRefused(f"{name} holds something that is no finite number")
    return VqeModel(**arrays)
