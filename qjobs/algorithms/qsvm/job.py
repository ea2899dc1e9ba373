"""The whole job as one pure function: spec and rows in, files and metrics out."""

from qjobs.algorithms.circuits import feature_map_circuit
from qjobs.algorithms.packing import packed
from qjobs.algorithms.progress import OnProgress, ShouldCancel, ignore_progress, never_cancel
from qjobs.algorithms.qsvm.card import model_card
from qjobs.algorithms.qsvm.metrics import metrics_of
from qjobs.algorithms.qsvm.model import SAMPLE_ROWS, QsvmModel, model_bytes
from qjobs.algorithms.qsvm.training import TrainedQsvm, train
from qjobs.algorithms.result import AlgorithmResult
from qjobs.algorithms.table import Table
from qjobs.engines.registry import open_engine
from qjobs.spec import LearningSpec


def run_qsvm(
    spec: LearningSpec,
    table: Table,
    on_progress: OnProgress = ignore_progress,
    should_cancel: ShouldCancel = never_cancel,
) -> AlgorithmResult:
    """Trains, measures and packs. Raises `TrainingCancelled` soon after `should_cancel` says so."""
    engine = open_engine(spec.engine, spec.limits.memory_bytes)
    trained = train(spec, table, engine, on_progress, should_cancel)
    metrics = metrics_of(spec, table, trained)
    return packed(
        model=model_bytes(final_model(trained)),
        preprocessing=trained.reduction.as_json(table.feature_names),
        circuit=feature_map_circuit(spec.qubits, spec.feature_map),
        metrics=metrics,
        card=model_card(spec, metrics),
    )


def final_model(trained: TrainedQsvm) -> QsvmModel:
    """What the artefact carries of the final machine."""
    support = trained.final.solution.support
    sampled = support[:SAMPLE_ROWS]
    return QsvmModel(
        support_vectors=trained.final_kernel.angles[support],
        support_rows=support,
        dual_coef=trained.final.solution.weights[support],
        intercept=trained.final.solution.intercept,
        bandwidth=trained.final.chosen.width,
        c=trained.final.chosen.c,
        kernel_sample=trained.final.gram[sampled][:, sampled],
    )
