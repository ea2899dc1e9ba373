"""The trained model as data: safetensors and JSON in, decisions out. Nothing in it can run."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from common.strict_json import NotJson, strict_loads
from qjobs.algorithms.circuits import feature_map_circuit
from qjobs.algorithms.errors import ModelRefused
from qjobs.algorithms.preprocessing import Reduction
from qjobs.algorithms.tensors import read_tensors
from qjobs.engines.protocol import Engine
from qjobs.spec.feature_maps import AnyFeatureMap

SAMPLE_ROWS = 32
"""Side of the kernel block among the first support vectors that a model carries as a check value."""

MAX_MODEL_BYTES = 2**30


@dataclass(frozen=True)
class QsvmModel:
    """support_vectors: (s, q) angles before the bandwidth; support_rows: (s,) int64 rows of the training
    table.

    dual_coef: (s,) y_i alpha_i; kernel_sample: (k, k) kernel among the first k support vectors.
    """

    support_vectors: NDArray
    support_rows: NDArray
    dual_coef: NDArray
    intercept: float
    bandwidth: float
    c: float
    kernel_sample: NDArray

    def decision(
        self, engine: Engine, feature_map: AnyFeatureMap, reduction: Reduction, rows: NDArray
    ) -> NDArray:
        """Signed distances (m,) of feature rows (m, d); positive above 0."""
        qubits = self.support_vectors.shape[1]
        program = engine.compile(feature_map_circuit(qubits, feature_map))
        angles = reduction.apply(rows) * self.bandwidth
        kernel = engine.cross_gram(program, angles, self.support_vectors * self.bandwidth)
        return kernel @ self.dual_coef + self.intercept


def model_bytes(model: QsvmModel) -> bytes:
    """The model as safetensors."""
    arrays = {
        "support_vectors": np.ascontiguousarray(model.support_vectors, dtype=np.float64),
        "support_rows": np.ascontiguousarray(model.support_rows, dtype=np.int64),
        "dual_coef": np.ascontiguousarray(model.dual_coef, dtype=np.float64),
        "intercept": np.array([model.intercept]),
        "bandwidth": np.array([model.bandwidth]),
        "c": np.array([model.c]),
        "kernel_sample": np.ascontiguousarray(model.kernel_sample, dtype=np.float64),
    }
    return save(arrays)


def read_model(block: bytes) -> QsvmModel:
    """The model in safetensors bytes; raises `ModelRefused` on wrong names, types or shapes."""
    arrays = read_tensors(block, most_bytes=MAX_MODEL_BYTES)
    _require_shapes(arrays)
    return QsvmModel(
        support_vectors=arrays["support_vectors"],
        support_rows=arrays["support_rows"],
        dual_coef=arrays["dual_coef"],
        intercept=float(arrays["intercept"][0]),
        bandwidth=float(arrays["bandwidth"][0]),
        c=float(arrays["c"][0]),
        kernel_sample=arrays["kernel_sample"],
    )


def read_preprocessing(block: bytes) -> Reduction:
    """The pre-processing in JSON bytes; raises `ModelRefused`."""
    try:
        document = strict_loads(block)
    except NotJson as error:
        raise ModelRefused("the pre-processing is not JSON") from error
    return Reduction.from_json(document)


def _require_shapes(arrays: Mapping[str, NDArray]) -> None:
    names = {"support_vectors", "support_rows", "dual_coef", "intercept", "bandwidth", "c", "kernel_sample"}
    if set(arrays) != names:
        raise ModelRefused(f"the model has arrays {sorted(arrays)}, not {sorted(names)}")
    vectors = arrays["support_vectors"]
    if vectors.ndim != 2:
        raise ModelRefused("support_vectors is no matrix")
    count = len(vectors)
    side = min(count, SAMPLE_ROWS)
    shapes = {"support_rows": (count,), "dual_coef": (count,), "kernel_sample": (side, side)}
    for name in names - {"support_vectors"}:
        if arrays[name].shape != shapes.get(name, (1,)):
            raise ModelRefused(f"{name} has shape {arrays[name].shape}, not {shapes.get(name, (1,))}")
    for name, array in arrays.items():
        wanted = np.int64 if name == "support_rows" else np.float64
        if array.dtype != wanted:
            raise ModelRefused(f"{name} has type {array.dtype}, not {np.dtype(wanted)}")
