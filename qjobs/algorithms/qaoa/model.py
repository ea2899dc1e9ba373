"""The trained angles and the answer as data: safetensors in and out, bit for bit."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from qjobs.algorithms.errors import ModelRefused

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
    if len(block) > MAX_MODEL_BYTES:
        raise ModelRefused(f"the model has {len(block)} bytes; the limit is {MAX_MODEL_BYTES}")
    try:
        arrays = load(block)
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise ModelRefused("the model is not safetensors") from error
    if set(arrays) != set(TYPES):
        raise ModelRefused(f"the model has arrays {sorted(arrays)}, not {sorted(TYPES)}")
    for name, kind in TYPES.items():
        shape, found = (nodes,) if name == "sides" else (layers,), arrays[name]
        if found.dtype != kind or found.shape != shape:
            raise ModelRefused(
                f"{name} is {found.dtype} of shape {found.shape}, not {np.dtype(kind)} of {shape}"
            )
    if not (np.isfinite(arrays["beta"]).all() and np.isfinite(arrays["gamma"]).all()):
        raise ModelRefused("an angle is no finite number")
    if not set(arrays["sides"].tolist()) <= {0, 1}:
        raise ModelRefused("a side is neither 0 nor 1")
    return QaoaModel(**arrays)
