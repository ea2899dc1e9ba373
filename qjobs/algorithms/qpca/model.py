"""The components as observables of the feature map's state: safetensors in and out, bit for bit.

A coordinate is <psi(x)| W |psi(x)> - offset with W = sum of weight x |psi_i><psi_i| over the training rows:
what a device would measure. No row is in the files, only sums over all of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from common.strict_json import NotJson, strict_loads
from qjobs.algorithms.circuits import feature_map_circuit
from qjobs.algorithms.errors import ModelRefused
from qjobs.algorithms.preprocessing import Reduction
from qjobs.algorithms.result import MODEL_FILE, PREPROCESSING_FILE
from qjobs.algorithms.tensors import read_tensors, require_tensors
from qjobs.engines.statevector import StatevectorEngine
from qjobs.spec import ReductionSpec

MAX_MODEL_BYTES = 2**26


@dataclass(frozen=True)
class QpcaModel:
    """real, imaginary: (k, 2**q, 2**q) parts of W; offsets, eigenvalues: (k,); bandwidth: (1,)."""

    real: NDArray
    imaginary: NDArray
    offsets: NDArray
    eigenvalues: NDArray
    bandwidth: NDArray

    def coordinates(self, states: NDArray) -> NDArray:
        """(m, 2**q) states -> (m, k)."""
        observables = self.real + 1j * self.imaginary
        found: NDArray = np.einsum("ma,kab,mb->mk", states.conj(), observables, states, optimize=True).real
        return found - self.offsets


NAMES = ("real", "imaginary", "offsets", "eigenvalues", "bandwidth")


def observables(states: NDArray, weights: NDArray) -> NDArray:
    """(n, 2**q) and (n, k) -> (k, 2**q, 2**q) complex, W of each component."""
    return np.stack([(states.T * column) @ states.conj() for column in weights.T])


def model_bytes(model: QpcaModel) -> bytes:
    """The model as safetensors."""
    return save({name: np.ascontiguousarray(getattr(model, name), dtype=np.float64) for name in NAMES})


def read_model(block: bytes, *, components: int, qubits: int) -> QpcaModel:
    """The model in safetensors bytes; raises `ModelRefused` on wrong names, types, shapes or values."""
    arrays = read_tensors(block, most_bytes=MAX_MODEL_BYTES)
    whole, line = (components, 2**qubits, 2**qubits), (components,)
    shapes = {"real": whole, "imaginary": whole, "offsets": line, "eigenvalues": line, "bandwidth": (1,)}
    require_tensors(arrays, {name: (np.float64, shape) for name, shape in shapes.items()})
    return QpcaModel(**arrays)


def preprocessing_of(reduction: Reduction, names: tuple[str, ...]) -> dict[str, Any]:
    """Features to angles, before the bandwidth, as JSON values."""
    return {"reduction": reduction.as_json(names)}


def read_preprocessing(block: bytes) -> Reduction:
    """What `preprocessing_of` says, as bytes; raises `ModelRefused`."""
    try:
        document = strict_loads(block)
    except NotJson as error:
        raise ModelRefused("the pre-processing is not JSON") from error
    if not isinstance(document, dict):
        raise ModelRefused("the pre-processing is no object")
    return Reduction.from_json(document.get("reduction"))


def project_qpca(spec: ReductionSpec, files: Mapping[str, bytes], rows: NDArray) -> NDArray:
    """The artefact's own coordinates (m, k) of feature rows (m, d). Raises `ModelRefused`."""
    model, reduction = read_files(spec, files, features=rows.shape[1])
    program = StatevectorEngine(spec.limits.memory_bytes).compile(
        feature_map_circuit(spec.qubits, spec.feature_map)
    )
    return model.coordinates(program.states(reduction.apply(rows) * model.bandwidth[0]))


def read_files(
    spec: ReductionSpec, files: Mapping[str, bytes], *, features: int
) -> tuple[QpcaModel, Reduction]:
    """Components and pre-processing of posted files, for rows of so many features. Raises `ModelRefused`."""
    model = read_model(files[MODEL_FILE], components=spec.algorithm.components, qubits=spec.qubits)
    reduction = read_preprocessing(files[PREPROCESSING_FILE])
    own_features, qubits = reduction.components.shape
    if qubits != spec.qubits:
        raise ModelRefused(f"the pre-processing is not for a circuit with {spec.qubits} qubits")
    if features != own_features:
        raise ModelRefused(f"the rows have {features} features, the model {own_features}")
    return model, reduction
