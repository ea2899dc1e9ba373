"""The whole job as one pure function: spec and rows in, files and metrics out."""

from pathlib import Path

from qjobs.algorithms.noise_evaluation.evaluation import evaluate
from qjobs.algorithms.packing import packed
from qjobs.algorithms.progress import OnProgress, ShouldCancel, Watch, ignore_progress, never_cancel
from qjobs.algorithms.qnn.card import model_card
from qjobs.algorithms.qnn.checkpoints import Checkpoints
from qjobs.algorithms.qnn.circuit import qnn_circuit
from qjobs.algorithms.qnn.metrics import metrics_of
from qjobs.algorithms.qnn.model import final_model, model_bytes
from qjobs.algorithms.qnn.sample import Sample
from qjobs.algorithms.qnn.training import Plan, baseline_answers, plan_steps, trained_trails
from qjobs.algorithms.qnn.trial import circuit_trial
from qjobs.algorithms.result import AlgorithmResult
from qjobs.spec import QnnSpec


def run_qnn(
    spec: QnnSpec,
    sample: Sample,
    on_progress: OnProgress = ignore_progress,
    should_cancel: ShouldCancel = never_cancel,
    checkpoints: Path | None = None,
) -> AlgorithmResult:
    """Trains, measures and packs. Raises `TrainingCancelled` soon after `should_cancel` says so.

    `checkpoints`: a file to go on from and to write after every check; None keeps nothing.
    """
    watch = Watch(plan_steps(spec), on_progress, should_cancel)
    plan = Plan.of(spec, sample)
    trails = trained_trails(plan, watch, Checkpoints.of(spec, checkpoints))
    baselines = baseline_answers(spec, sample, plan.splits, watch)
    metrics = metrics_of(spec, sample, plan, trails, baselines)
    evaluation = evaluate(
        spec, lambda asked: circuit_trial(spec, asked, sample, plan.final, trails[-1]), watch
    )
    metrics = {**metrics, **evaluation.metrics}
    watch.step("report", "held against classical models")
    return packed(
        model=model_bytes(final_model(plan.final, trails)),
        preprocessing=plan.final.reduction.as_json(sample.feature_names),
        circuit=qnn_circuit(spec),
        metrics=metrics,
        card=model_card(spec, metrics),
        measurements=evaluation.files,
    )
