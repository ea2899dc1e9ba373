"""The trained angles of every seed and the answer as data: safetensors in and out, bit for bit."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from qjobs.algorithms.errors import ModelRefused
from qjobs.algorithms.qaoa.model import MAX_MODEL_BYTES
from qjobs.algorithms.tensors import read_tensors, require_tensors

TYPES = {"beta": np.float64, "gamma": np.float64, "bits": np.int64}


@dataclass(frozen=True)
class ChoiceModel:
    """beta, gamma: (seeds, layers) radians; bits: (qubits,) of 0 and 1, the best choice measured."""

    beta: NDArray
    gamma: NDArray
    bits: NDArray

    @property
    def angles(self) -> NDArray:
        """(seeds, 2 layers) in the order of the circuit's parameters."""
        return np.concatenate([self.beta, self.gamma], axis=1)


def choice_model(angles: NDArray, bits: NDArray) -> ChoiceModel:
    """`angles`: (seeds, 2 layers)."""
    layers = angles.shape[1] // 2
    return ChoiceModel(angles[:, :layers], angles[:, layers:], bits)


def model_bytes(model: ChoiceModel) -> bytes:
    """The model as safetensors."""
    return save(
        {name: np.ascontiguousarray(getattr(model, name), dtype=kind) for name, kind in TYPES.items()}
    )


def read_model(block: bytes, *, seeds: int, layers: int, qubits: int) -> ChoiceModel:
    """The model in safetensors bytes; raises `ModelRefused` on wrong names, types, shapes or values."""
    arrays = read_tensors(block, most_bytes=MAX_MODEL_BYTES)
    shapes = {"beta": (seeds, layers), "gamma": (seeds, layers), "bits": (qubits,)}
    require_tensors(arrays, {name: (kind, shapes[name]) for name, kind in TYPES.items()})
    if not set(arrays["bits"].tolist()) <= {0, 1}:
        raise ModelRefused("a bit is neither 0 nor 1")
    return ChoiceModel(**arrays)
