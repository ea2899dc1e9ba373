"""The trained weights and the trails that led to them, as data: safetensors in and out, bit for bit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from qjobs.algorithms.errors import ModelRefused
from qjobs.algorithms.qnn.checkpoints import trail_name
from qjobs.algorithms.qnn.objective import SCALARS, Circuit
from qjobs.algorithms.qnn.steps import Seeds, checks, first_state
from qjobs.algorithms.qnn.trail import Training
from qjobs.algorithms.tensors import read_tensors
from qjobs.spec import QnnSpec
from qjobs.spec.qnn import MAX_MODEL_BYTES

WEIGHTS, TARGET = "weights", "target"


@dataclass(frozen=True)
class QnnModel:
    """weights: (w,) trained angles, slope and offset; centre, spread: of a numeric target, else 0 and 1;
    trails: (checks + 1, state) of each split's training and of the last, on all rows."""

    weights: NDArray
    centre: float
    spread: float
    trails: tuple[NDArray, ...]

    def answers(self, circuit: Circuit, angles: NDArray) -> NDArray:
        """Margins, or numbers in the target's units, (m,) of (m, qubits) angles."""
        return self.centre + self.spread * circuit.answers(self.weights, angles)


def final_model(training: Training, trails: Sequence[NDArray]) -> QnnModel:
    """What the artefact carries: of the last training the weights kept, and every trail."""
    kept = trails[-1][training.kept(trails[-1]), : training.weights]
    return QnnModel(kept, training.centre, training.spread, tuple(trails))


def model_bytes(model: QnnModel) -> bytes:
    """The model as safetensors."""
    arrays = {trail_name(number): np.ascontiguousarray(each) for number, each in enumerate(model.trails)}
    target = np.array([model.centre, model.spread])
    return save({WEIGHTS: np.ascontiguousarray(model.weights), TARGET: target, **arrays})


def read_model_of(spec: QnnSpec, block: bytes) -> QnnModel:
    """The model in safetensors bytes, in the shapes that the spec gives it.

    Raises `ModelRefused` on wrong names, types, shapes or values.
    """
    arrays = read_tensors(block, most_bytes=MAX_MODEL_BYTES)
    weights, limit = spec.algorithm.weights(spec.qubits), checks(spec.algorithm)
    state = len(first_state(spec.algorithm, weights, Seeds(spec.seed, 0)))
    names = [trail_name(number) for number in range(spec.splits.count + 1)]
    if set(arrays) != {WEIGHTS, TARGET, *names}:
        raise ModelRefused(f"the model has arrays {sorted(arrays)}")
    _require_numbers(arrays)
    for name, shape in ((WEIGHTS, (weights + SCALARS,)), (TARGET, (2,))):
        if arrays[name].shape != shape:
            raise ModelRefused(f"{name} has shape {arrays[name].shape}, not {shape}")
    trails = tuple(arrays[name] for name in names)
    for name, trail in zip(names, trails, strict=True):
        if trail.ndim != 2 or trail.shape[1] != state or not 1 < len(trail) <= limit + 1:
            raise ModelRefused(f"{name} has shape {trail.shape}, not 2 to {limit + 1} rows of {state}")
    centre, spread = (float(each) for each in arrays[TARGET])
    if spread <= 0:
        raise ModelRefused("the spread of the target is not above 0")
    return QnnModel(arrays[WEIGHTS], centre, spread, trails)


def _require_numbers(arrays: Mapping[str, NDArray]) -> None:
    for name, array in arrays.items():
        if array.dtype != np.float64:
            raise ModelRefused(f"{name} has type {array.dtype}, not float64")
        if not np.isfinite(array).all():
            raise ModelRefused(f"{name} holds no finite numbers")
