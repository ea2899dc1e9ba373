"""The whole job as one pure function: spec and rows in, files and metrics out."""

from pathlib import Path

from qjobs.algorithms.checkpoints import Choices
from qjobs.algorithms.circuits import feature_map_circuit
from qjobs.algorithms.machines.card import model_card
from qjobs.algorithms.machines.metrics import metrics_of
from qjobs.algorithms.machines.model import final_model, model_bytes
from qjobs.algorithms.machines.rows import MachineTable
from qjobs.algorithms.machines.training import train
from qjobs.algorithms.machines.trial import machine_trial
from qjobs.algorithms.noise_evaluation.evaluation import evaluate
from qjobs.algorithms.packing import packed
from qjobs.algorithms.progress import OnProgress, ShouldCancel, Watch, ignore_progress, never_cancel
from qjobs.algorithms.result import AlgorithmResult
from qjobs.engines.protocol import KernelEngine
from qjobs.engines.registry import open_engine
from qjobs.spec import MachineSpec


def run_machine(
    spec: MachineSpec,
    table: MachineTable,
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
    kernels = engine or open_engine(spec.engine, spec.limits.memory_bytes)
    remembered = Choices.kept_in(checkpoint, spec).remembered
    trained = train(spec, table, kernels, on_progress, should_cancel, remembered=remembered)
    model, reduction = final_model(spec, table.rows, trained), trained.final_kernel.reduction
    watch = Watch(1, on_progress, should_cancel)
    evaluation = evaluate(spec, lambda asked: machine_trial(spec, asked, table.rows, reduction, model), watch)
    metrics = {**metrics_of(spec, table, trained), **evaluation.metrics}
    return packed(
        model=model_bytes(model),
        preprocessing=reduction.as_json(table.feature_names),
        circuit=feature_map_circuit(spec.qubits, spec.feature_map),
        metrics=metrics,
        card=model_card(spec, metrics),
        measurements=evaluation.files,
    )
