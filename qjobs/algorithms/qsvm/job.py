"""The whole job as one pure function: spec and rows in, files and metrics out."""

from pathlib import Path

from qjobs.algorithms.checkpoints import Choices
from qjobs.algorithms.circuits import feature_map_circuit
from qjobs.algorithms.measured_kernels import measured_kernels
from qjobs.algorithms.noise_evaluation.evaluation import evaluate
from qjobs.algorithms.packing import packed
from qjobs.algorithms.progress import OnProgress, ShouldCancel, Watch, ignore_progress, never_cancel, searched
from qjobs.algorithms.qsvm.card import model_card
from qjobs.algorithms.qsvm.metrics import metrics_of
from qjobs.algorithms.qsvm.model import SAMPLE_ROWS, QsvmModel, model_bytes
from qjobs.algorithms.qsvm.training import TrainedQsvm, train
from qjobs.algorithms.qsvm.trial import kernel_trial
from qjobs.algorithms.result import AlgorithmResult
from qjobs.algorithms.table import Table
from qjobs.engines.protocol import KernelEngine
from qjobs.engines.registry import open_engine
from qjobs.spec import LearningSpec
from qjobs.spec.document import EXACT_ENGINE


def run_qsvm(
    spec: LearningSpec,
    table: Table,
    on_progress: OnProgress = ignore_progress,
    should_cancel: ShouldCancel = never_cancel,
    checkpoint: Path | None = None,
    *,
    engine: KernelEngine | None = None,
) -> AlgorithmResult:
    """Trains, measures and packs. Raises `TrainingCancelled` soon after `should_cancel` says so.

    `checkpoint`: a file to go on from, and to write to after every search, or where kernels are measured with
    every count, since all of them are posted; None keeps nothing. `engine`: one that has some of the kernels
    already; None opens the spec's.
    """
    measured = measured_kernels(spec, should_cancel, checkpoint) if spec.engine != EXACT_ENGINE else None
    kernels = measured or engine or open_engine(EXACT_ENGINE, spec.limits.memory_bytes)
    remembered = searched if measured else Choices.kept_in(checkpoint, spec).remembered
    trained = train(spec, table, kernels, on_progress, should_cancel, remembered=remembered)
    model, watch = final_model(trained), Watch(1, on_progress, should_cancel)
    evaluation = evaluate(
        spec, lambda asked: kernel_trial(spec, asked, table, trained.reduction, model), watch
    )
    metrics = {**metrics_of(spec, table, trained), **evaluation.metrics}
    return packed(
        model=model_bytes(model),
        preprocessing=trained.reduction.as_json(table.feature_names),
        circuit=feature_map_circuit(spec.qubits, spec.feature_map),
        metrics=metrics,
        card=model_card(spec, metrics),
        measurements=measured.files if measured else evaluation.files,
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
