"""What a posted model says of new rows."""

from collections.abc import Mapping

from numpy.typing import NDArray

from qjobs.algorithms.machines.model import read_model_of
from qjobs.algorithms.qsvm.model import read_reduction
from qjobs.algorithms.result import MODEL_FILE, PREPROCESSING_FILE
from qjobs.engines.registry import open_engine
from qjobs.spec import MachineSpec


def predict_machine(spec: MachineSpec, files: Mapping[str, bytes], rows: NDArray) -> NDArray:
    """The artefact's own answers on feature rows (m, d): a score for each class, (m, classes), or a number,
    (m,), which of a detector is above 0 for the unusual. Raises `ModelRefused`."""
    model = read_model_of(spec, files[MODEL_FILE])
    reduction = read_reduction(files[PREPROCESSING_FILE], qubits=spec.qubits, features=rows.shape[1])
    return model.answers(spec, open_engine(spec.engine, spec.limits.memory_bytes), reduction, rows)
