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
from qjobs.algorithms.tensors import read_tensors, require_tensors
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
    """The model in safetensors bytes; raises `ModelRefused` on wrong names, types, shapes or values."""
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


def read_reduction(block: bytes, *, qubits: int, features: int) -> Reduction:
    """The same for rows of so many features and a circuit of so many qubits; raises `ModelRefused`."""
    reduction = read_preprocessing(block)
    own_features, own_qubits = reduction.components.shape
    if own_qubits != qubits:
        raise ModelRefused(f"the model's files are not of a circuit with {qubits} qubits")
    if own_features != features:
        raise ModelRefused(f"the rows have {features} features, the model {own_features}")
    return reduction


def _require_shapes(arrays: Mapping[str, NDArray]) -> None:
    if "support_vectors" not in arrays or arrays["support_vectors"].ndim != 2:
        raise ModelRefused("support_vectors is no matrix")
    count, qubits = arrays["support_vectors"].shape
    side = min(count, SAMPLE_ROWS)
    shapes = {
        "support_vectors": (count, qubits),
        "support_rows": (count,),
        "dual_coef": (count,),
        "intercept": (1,),
        "bandwidth": (1,),
        "c": (1,),
        "kernel_sample": (side, side),
    }
    kinds = {"support_rows": np.int64}
    require_tensors(arrays, {name: (kinds.get(name, np.float64), shape) for name, shape in shapes.items()})
