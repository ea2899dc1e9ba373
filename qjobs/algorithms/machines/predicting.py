"""What a posted model says of new rows."""

from collections.abc import Mapping

from numpy.typing import NDArray

from qjobs.algorithms.errors import ModelRefused
from qjobs.algorithms.machines.model import read_model_of
from qjobs.algorithms.qsvm.model import read_preprocessing
from qjobs.algorithms.result import MODEL_FILE, PREPROCESSING_FILE
from qjobs.engines.registry import open_engine
from qjobs.spec import MachineSpec


def predict_machine(spec: MachineSpec, files: Mapping[str, bytes], rows: NDArray) -> NDArray:
    """The artefact's own answers on feature rows (m, d): a score for each class, (m, classes), or a number,
    (m,), which of a detector is above 0 for the unusual. Raises `ModelRefused`."""
    model, reduction = read_model_of(spec, files[MODEL_FILE]), read_preprocessing(files[PREPROCESSING_FILE])
    features, qubits = reduction.components.shape
    if qubits != spec.qubits:
        raise ModelRefused(f"the model's files are not of a circuit with {spec.qubits} qubits")
    if rows.shape[1] != features:
        raise ModelRefused(f"the rows have {rows.shape[1]} features, the model {features}")
    return model.answers(spec, open_engine(spec.engine, spec.limits.memory_bytes), reduction, rows)
