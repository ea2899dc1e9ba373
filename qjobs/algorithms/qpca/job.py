"""The whole job as one pure function: spec and rows in, files and metrics out."""

from pathlib import Path

import numpy as np

from qjobs.algorithms.checkpoints import Choices
from qjobs.algorithms.circuits import feature_map_circuit
from qjobs.algorithms.noise_evaluation.evaluation import evaluate
from qjobs.algorithms.packing import packed
from qjobs.algorithms.progress import OnProgress, ShouldCancel, Watch, ignore_progress, never_cancel
from qjobs.algorithms.qpca.card import model_card
from qjobs.algorithms.qpca.metrics import metrics_of
from qjobs.algorithms.qpca.model import QpcaModel, model_bytes, observables, preprocessing_of
from qjobs.algorithms.qpca.rows import Features
from qjobs.algorithms.qpca.training import TrainedQpca, train
from qjobs.algorithms.qpca.trial import coordinates_trial
from qjobs.algorithms.result import AlgorithmResult
from qjobs.engines.protocol import KernelEngine
from qjobs.spec import ReductionSpec


def run_qpca(
    spec: ReductionSpec,
    features: Features,
    on_progress: OnProgress = ignore_progress,
    should_cancel: ShouldCancel = never_cancel,
    checkpoint: Path | None = None,
    *,
    engine: KernelEngine | None = None,
) -> AlgorithmResult:
    """Trains, measures and packs. Raises `TrainingCancelled` soon after `should_cancel` says so.

    `checkpoint`: a file to go on from, and to write to after every search; None keeps nothing. `engine`: one
    that has some of the kernels already; None opens the spec's.
    """
    remembered = Choices.kept_in(checkpoint, spec).remembered
    trained = train(spec, features, on_progress, should_cancel, engine, remembered=remembered)
    model, watch = final_model(trained), Watch(1, on_progress, should_cancel)
    evaluation = evaluate(
        spec, lambda asked: coordinates_trial(spec, asked, features, trained.reduction, model), watch
    )
    metrics = {**metrics_of(spec, features, trained), **evaluation.metrics}
    return packed(
        model=model_bytes(model),
        preprocessing=preprocessing_of(trained.reduction, features.names),
        circuit=feature_map_circuit(spec.qubits, spec.feature_map),
        metrics=metrics,
        card=model_card(spec, metrics),
        measurements=evaluation.files,
    )


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
