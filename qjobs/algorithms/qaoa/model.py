"""The trained angles and the answer as data: safetensors in and out, bit for bit."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from qjobs.algorithms.errors import ModelRefused
from qjobs.algorithms.tensors import read_tensors, require_tensors

MAX_MODEL_BYTES = 2**20
TYPES = {"beta": np.float64, "gamma": np.float64, "sides": np.int64}


@dataclass(frozen=True)
class QaoaModel:
    """beta, gamma: (layers,) radians; sides: (nodes,) of 0 and 1, the best cut measured."""

    beta: NDArray
    gamma: NDArray
    sides: NDArray

    @property
    def angles(self) -> NDArray:
        """In the order of the circuit's parameters."""
        return np.concatenate([self.beta, self.gamma])


def model_bytes(model: QaoaModel) -> bytes:
    """The model as safetensors."""
    return save(
        {name: np.ascontiguousarray(getattr(model, name), dtype=kind) for name, kind in TYPES.items()}
    )


def read_model(block: bytes, *, layers: int, nodes: int) -> QaoaModel:
    """The model in safetensors bytes; raises `ModelRefused` on wrong names, types, shapes or values."""
    arrays = read_tensors(block, most_bytes=MAX_MODEL_BYTES)
    shapes = {"beta": (layers,), "gamma": (layers,), "sides": (nodes,)}
    require_tensors(arrays, {name: (kind, shapes[name]) for name, kind in TYPES.items()})
    if not set(arrays["sides"].tolist()) <= {0, 1}:
        raise ModelRefused("a side is neither 0 nor 1")
    return QaoaModel(**arrays)
