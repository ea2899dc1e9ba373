"""What a posted model says of new rows."""

from collections.abc import Mapping

from numpy.typing import NDArray

from qjobs.algorithms.errors import ModelRefused
from qjobs.algorithms.qsvm.model import read_model, read_preprocessing
from qjobs.algorithms.result import MODEL_FILE, PREPROCESSING_FILE
from qjobs.engines.registry import open_engine
from qjobs.spec import LearningSpec
from qjobs.spec.document import EXACT_ENGINE


def predict_qsvm(spec: LearningSpec, files: Mapping[str, bytes], rows: NDArray) -> NDArray:
    """The artefact's own decisions (m,) of feature rows (m, d): positive above 0. Raises `ModelRefused`.

    By exact kernels, also where the model was trained on measured ones.
    """
    model, reduction = read_model(files[MODEL_FILE]), read_preprocessing(files[PREPROCESSING_FILE])
    features, qubits = reduction.components.shape
    if qubits != spec.qubits or model.support_vectors.shape[1] != spec.qubits:
        raise ModelRefused(f"the model's files are not of a circuit with {spec.qubits} qubits")
    if rows.shape[1] != features:
        raise ModelRefused(f"the rows have {rows.shape[1]} features, the model {features}")
    engine = open_engine(EXACT_ENGINE, spec.limits.memory_bytes)
    return model.decision(engine, spec.feature_map, reduction, rows)
