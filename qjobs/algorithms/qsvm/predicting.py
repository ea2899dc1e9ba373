"""What a posted model says of new rows."""

from collections.abc import Mapping

from numpy.typing import NDArray

from qjobs.algorithms.errors import ModelRefused
from qjobs.algorithms.preprocessing import Reduction
from qjobs.algorithms.qsvm.model import QsvmModel, read_model, read_reduction
from qjobs.algorithms.result import MODEL_FILE, PREPROCESSING_FILE
from qjobs.engines.registry import open_engine
from qjobs.spec import LearningSpec
from qjobs.spec.document import EXACT_ENGINE


def predict_qsvm(spec: LearningSpec, files: Mapping[str, bytes], rows: NDArray) -> NDArray:
    """The artefact's own decisions (m,) of feature rows (m, d): positive above 0. Raises `ModelRefused`.

    By exact kernels, also where the model was trained on measured ones.
    """
    model, reduction = read_files(spec, files, features=rows.shape[1])
    engine = open_engine(EXACT_ENGINE, spec.limits.memory_bytes)
    return model.decision(engine, spec.feature_map, reduction, rows)


def read_files(
    spec: LearningSpec, files: Mapping[str, bytes], *, features: int
) -> tuple[QsvmModel, Reduction]:
    """Machine and pre-processing of posted files, for rows of so many features. Raises `ModelRefused`."""
    model = read_model(files[MODEL_FILE])
    reduction = read_reduction(files[PREPROCESSING_FILE], qubits=spec.qubits, features=features)
    if model.support_vectors.shape[1] != spec.qubits:
        raise ModelRefused(f"the model's files are not of a circuit with {spec.qubits} qubits")
    return model, reduction
