"""The whole job as one pure function: spec and rows in, files and metrics out."""

import numpy as np
import rfc8785

from qjobs.algorithms.circuits import as_qasm, as_qpy, feature_map_circuit
from qjobs.algorithms.progress import OnProgress, ShouldCancel, ignore_progress, never_cancel
from qjobs.algorithms.qpca.card import model_card
from qjobs.algorithms.qpca.metrics import metrics_of
from qjobs.algorithms.qpca.model import QpcaModel, model_bytes, observables, preprocessing_bytes
from qjobs.algorithms.qpca.rows import Features
from qjobs.algorithms.qpca.training import TrainedQpca, train
from qjobs.algorithms.result import (
    CARD_FILE,
    METRICS_FILE,
    MODEL_FILE,
    PREPROCESSING_FILE,
    QASM_FILE,
    QPY_FILE,
    AlgorithmResult,
)
from qjobs.spec import ReductionSpec


def run_qpca(
    spec: ReductionSpec,
    features: Features,
    on_progress: OnProgress = ignore_progress,
    should_cancel: ShouldCancel = never_cancel,
) -> AlgorithmResult:
    """Trains, measures and packs. Raises `TrainingCancelled` soon after `should_cancel` says so."""
    trained = train(spec, features, on_progress, should_cancel)
    metrics = metrics_of(spec, features, trained)
    circuit = feature_map_circuit(spec.qubits, spec.feature_map)
    files = {
        MODEL_FILE: model_bytes(final_model(trained)),
        PREPROCESSING_FILE: preprocessing_bytes(trained.reduction, features.names),
        QASM_FILE: as_qasm(circuit),
        QPY_FILE: as_qpy(circuit),
        METRICS_FILE: rfc8785.dumps(dict(metrics)),
        CARD_FILE: model_card(spec, metrics).encode(),
    }
    return AlgorithmResult(files, metrics)


def final_model(trained: TrainedQpca) -> QpcaModel:
    """What the artefact carries of the components of all rows."""
    components = trained.components
    whole = observables(trained.states, components.weights)
    return QpcaModel(
        real=whole.real,
        imaginary=whole.imag,
        offsets=components.offsets,
        eigenvalues=components.eigenvalues,
        bandwidth=np.array([trained.bandwidth]),
    )
