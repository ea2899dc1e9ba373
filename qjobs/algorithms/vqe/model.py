"""The trained angles as data: safetensors in and out, bit for bit."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from qjobs.algorithms.tensors import read_tensors, require_tensors

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
    arrays = read_tensors(block, most_bytes=MAX_MODEL_BYTES)
    shapes = {"angles": (states, parameters), "energies": (states,)}
    require_tensors(arrays, {name: (np.float64, shape) for name, shape in shapes.items()})
    return VqeModel(**arrays)
