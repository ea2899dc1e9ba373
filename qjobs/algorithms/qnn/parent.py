"""The model that a training begins with, and how far training moved away from it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qjobs.algorithms.errors import ModelRefused
from qjobs.algorithms.qnn.model import read_model_of
from qjobs.algorithms.qnn.objective import SCALARS
from qjobs.algorithms.qnn.sample import Sample
from qjobs.algorithms.qnn.trail import Training
from qjobs.spec import ParentRefused, QnnSpec, SpecRefused, read_spec
from qjobs.spec.parents import require_same_circuit

LARGEST_WEIGHT = 1e6
"""Of those that training begins with, whose squares are then far from overflow; angles are a few radians."""


@dataclass(frozen=True)
class ParentFiles:
    """Of a model as it was posted, by strangers: the spec of its job, and its weights as safetensors."""

    spec: bytes
    weights: bytes


def with_parent(spec: QnnSpec, sample: Sample, files: ParentFiles) -> Sample:
    """The sample with the weights that the spec starts from: angles, slope and offset.

    Raises `ParentRefused` for another circuit, and `ModelRefused` for wrong names, types, shapes or values,
    or weights that no training gives.
    """
    try:
        parent = require_same_circuit(spec, read_spec(files.spec))
    except SpecRefused as error:
        raise ParentRefused(f"The parent's spec cannot be read: {error.message}") from error
    try:
        return replace(sample, parent=_moderate(read_model_of(parent, files.weights).weights))
    except ModelRefused as error:
        raise ModelRefused(f"The parent, model {spec.parent_models[0]}: {error.message}") from error


def _moderate(weights: NDArray) -> NDArray:
    largest = float(np.abs(weights).max())
    if largest > LARGEST_WEIGHT:
        raise ModelRefused(f"a weight is as large as {largest:.3g}; the limit is {LARGEST_WEIGHT:g}")
    return weights


def parent_report(spec: QnnSpec, final: Training, states: NDArray) -> Mapping[str, Any]:
    """How the last training began and how far it went; nothing where it began with no model."""
    if final.parent is None:
        return {}
    kept = states[final.kept(states), : final.weights]
    moves = np.abs(kept - final.parent)[:-SCALARS]
    loss_at_start, fresh_loss = final.losses(np.array([final.start(), final.fresh_start()]))
    return {
        "parent": {
            "model": str(spec.parent_models[0]),
            "splits_begin": "with the parent" if spec.is_compared_warm else "fresh",
            "loss_at_start": float(loss_at_start),
            "loss_at_fresh_start": float(fresh_loss),
            "largest_move_rad": float(moves.max()),
            "mean_move_rad": float(moves.mean()),
        }
    }
