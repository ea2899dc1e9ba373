"""What a posted model says of new rows."""

from collections.abc import Mapping

from numpy.typing import NDArray

from qjobs.algorithms.errors import ModelRefused
from qjobs.algorithms.qnn.model import read_model_of
from qjobs.algorithms.qnn.objective import Circuit
from qjobs.algorithms.qsvm.model import read_preprocessing
from qjobs.algorithms.result import MODEL_FILE, PREPROCESSING_FILE
from qjobs.spec import QnnSpec


def predict_qnn(spec: QnnSpec, files: Mapping[str, bytes], rows: NDArray) -> NDArray:
    """The artefact's own answers (m,) of feature rows (m, d): margins, positive above 0, or numbers in the
    target's units. Raises `ModelRefused`."""
    model, reduction = read_model_of(spec, files[MODEL_FILE]), read_preprocessing(files[PREPROCESSING_FILE])
    features, qubits = reduction.components.shape
    if qubits != spec.qubits:
        raise ModelRefused(f"the model's files are not of a circuit with {spec.qubits} qubits")
    if rows.shape[1] != features:
        raise ModelRefused(f"the rows have {rows.shape[1]} features, the model {features}")
    return model.answers(Circuit.of(spec), reduction.apply(rows))
