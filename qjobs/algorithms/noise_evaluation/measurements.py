"""What was measured, as data: safetensors in and out. Everything else of an evaluation follows from it."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from qjobs.algorithms.errors import ModelRefused
from qjobs.algorithms.noise_evaluation.trial import Setting
from qjobs.algorithms.tensors import read_tensors

MAX_BYTES = 2**25

Counts = Mapping[str, NDArray]
"""By the setting's name, (circuits that ran, 2**qubits) int64."""


def measured(to_measure: Sequence[Setting], *, shots: int, seed: int, told: Callable[[str], None]) -> Counts:
    """Counts of all settings, drawn anew; `told`: of each before it starts."""
    found: dict[str, NDArray] = {}
    for number, setting in enumerate(to_measure):
        told(setting.name)
        found[setting.name] = setting.counts(shots, (seed, number))
    return found


def counts_bytes(counts: Counts) -> bytes:
    return save({name: np.ascontiguousarray(each, dtype=np.uint32) for name, each in counts.items()})


def read_counts(block: bytes, shapes: Mapping[str, tuple[int, int]], shots: int) -> Counts:
    """The counts in safetensors bytes, `shots` in every row; raises `ModelRefused` on anything else."""
    arrays = read_tensors(block, most_bytes=MAX_BYTES, what="the measurements")
    if set(arrays) != set(shapes):
        raise ModelRefused(f"the measurements are of {sorted(arrays)}, not of {sorted(shapes)}")
    for name, shape in shapes.items():
        array = arrays[name]
        if array.dtype != np.uint32 or array.shape != shape:
            raise ModelRefused(f"{name} is {array.dtype} of shape {array.shape}, not uint32 of {shape}")
        wrong = np.flatnonzero(array.sum(axis=1, dtype=np.int64) != shots)
        if len(wrong):
            raise ModelRefused(f"{name}: circuit {wrong[0]} was not measured {shots} times")
    return {name: array.astype(np.int64) for name, array in arrays.items()}
