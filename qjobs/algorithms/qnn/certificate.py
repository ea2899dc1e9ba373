"""Checks a posted QNN artefact against the rows.

Training is walked again from each posted state to the next (Jia et al. 2021, arXiv:2103.05633): rounding
cannot add up over the steps, and weights that the spec's optimiser would not have found do not pass. Every
other number must follow from the posted weights within 1e-9.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from common.strict_json import NotJson, strict_loads
from qjobs.algorithms.circuits import as_qasm
from qjobs.algorithms.comparing import EXACT_TOLERANCE, array_finding, document_findings, text_findings
from qjobs.algorithms.errors import ModelRefused
from qjobs.algorithms.noise_evaluation.evaluation import judge
from qjobs.algorithms.preprocessing import in_posted_form
from qjobs.algorithms.progress import OnProgress, Watch, ignore_progress, never_cancel
from qjobs.algorithms.qnn.card import by_its_own_check, model_card
from qjobs.algorithms.qnn.checkpoints import Checkpoints
from qjobs.algorithms.qnn.circuit import qnn_circuit
from qjobs.algorithms.qnn.metrics import metrics_of
from qjobs.algorithms.qnn.model import QnnModel, final_model, read_model_of
from qjobs.algorithms.qnn.sample import Sample
from qjobs.algorithms.qnn.trail import Training, replayed
from qjobs.algorithms.qnn.training import Plan, baseline_answers, plan_steps, trained_trails
from qjobs.algorithms.qnn.trial import circuit_trial
from qjobs.algorithms.result import (
    CARD_FILE,
    METRICS_FILE,
    MODEL_FILE,
    PREPROCESSING_FILE,
    QASM_FILE,
    Finding,
)
from qjobs.algorithms.usage import card_findings
from qjobs.spec import QnnSpec

TRAIL_TOLERANCE = 1e-6
"""How far ten steps of an optimiser may take last digits apart."""

COUNTED = ("accuracy", "score", "mean_difference", "interval[0]", "interval[1]", "t", "p_value")
"""Fields that a row inside the margin may move."""


def certify_qnn(
    spec: QnnSpec, sample: Sample, files: Mapping[str, bytes], on_progress: OnProgress = ignore_progress
) -> Iterator[Finding]:
    """Findings for every file given, in this order: pre-processing, circuit, model, metrics, card, counts."""
    spec = in_posted_form(spec, files)
    watch = Watch(plan_steps(spec), on_progress, never_cancel)
    plan = Plan.of(spec, sample)
    model, findings = _model_of(spec, files)
    if model is None:
        trails: Sequence[NDArray] = trained_trails(plan, watch, Checkpoints())
    else:
        trails = model.trails
        findings += _training_findings(plan, model, watch)
    baselines = baseline_answers(spec, sample, plan.splits, watch)
    judged = judge(spec, lambda asked: circuit_trial(spec, asked, sample, plan.final, trails[-1]), files)
    metrics = {**metrics_of(spec, sample, plan, trails, baselines), **judged.metrics}
    card, reduction = model_card(spec, metrics).encode(), plan.final.reduction.as_json(sample.feature_names)
    tests: dict[str, Callable[[bytes], Iterator[Finding]]] = {
        PREPROCESSING_FILE: lambda block: _json_findings(PREPROCESSING_FILE, reduction, block),
        QASM_FILE: lambda block: text_findings(QASM_FILE, as_qasm(qnn_circuit(spec)), block),
        MODEL_FILE: lambda block: iter(findings),
        METRICS_FILE: lambda block: _json_findings(METRICS_FILE, dict(metrics), block, _slack(metrics)),
        CARD_FILE: lambda block: card_findings(_card_like(card, block, spec), block),
    }
    for name, test in tests.items():
        if name in judged.files:
            yield from test(judged.files[name])
    yield from judged.findings


def _card_like(card: bytes, posted: bytes, spec: QnnSpec) -> bytes:
    """The card, as the first ones were where the posted one is: without what its comparison rests on."""
    rests_on = by_its_own_check(str(spec.parent_models[0])).encode() if spec.is_compared_warm else b""
    return card if rests_on in posted else card.replace(rests_on, b"")


def _model_of(spec: QnnSpec, files: Mapping[str, bytes]) -> tuple[QnnModel | None, list[Finding]]:
    """The posted model, or why there is none."""
    if MODEL_FILE not in files:
        return None, []
    try:
        return read_model_of(spec, files[MODEL_FILE]), []
    except ModelRefused as error:
        return None, [Finding(MODEL_FILE, False, "a QNN model", "unreadable", str(error))]


def _training_findings(plan: Plan, model: QnnModel, watch: Watch) -> Iterator[Finding]:
    for number, (training, trail) in enumerate(zip(plan.trainings, model.trails, strict=True)):
        name = "all rows" if number == len(plan.splits) else f"split {number + 1}"
        yield _trail_finding(f"{MODEL_FILE} training on {name}", training, trail)
        watch.step("training", f"{name}: walked again")
    expected = final_model(plan.final, model.trails)
    yield array_finding(f"{MODEL_FILE} weights", expected.weights, model.weights)
    rebuilt, posted = (np.array([each.centre, each.spread]) for each in (expected, model))
    yield array_finding(f"{MODEL_FILE} target", rebuilt, posted)


def _trail_finding(name: str, training: Training, trail: NDArray) -> Finding:
    """Whether each posted state follows from the one before, and training ended where it had to."""
    expected = replayed(training, trail)
    distance = np.abs(expected - trail) / np.maximum(1.0, np.abs(expected))
    wrong = np.flatnonzero(~(distance.max(axis=1) <= TRAIL_TOLERANCE))
    allowed = f"each check within {TRAIL_TOLERANCE:g} of the one before it, walked again"
    if len(wrong):
        return Finding(name, False, allowed, f"check {wrong[0]} differs by {distance[wrong[0]].max():.1e}")
    held = training.held_losses(trail)
    ends = [count for count in range(1, len(trail) + 1) if training.is_over(held[:count])][:1]
    if ends != [len(trail)]:
        right = f"an end after check {ends[0] - 1}" if ends else "further checks"
        return Finding(name, False, right, f"ends after check {len(trail) - 1}")
    return Finding(name, True, allowed, f"within {distance.max():.1e}")


def _slack(metrics: Mapping[str, object]) -> float:
    """How much rows inside the margin could move an accuracy: 0 where there are none, as is usual."""
    splits = metrics["splits"]
    shares = [
        model.get("rows_within_margin", 0) / split["test_rows"]
        for split in (splits if isinstance(splits, list) else ())
        for model in split.values()
        if isinstance(model, dict)
    ]
    return 2 * max(shares)


def _json_findings(name: str, expected: object, block: bytes, slack: float = 0.0) -> Iterator[Finding]:
    try:
        posted = strict_loads(block)
    except NotJson:
        yield Finding(name, False, "JSON", "unreadable")
        return

    def tolerance(path: str) -> float:
        return max(EXACT_TOLERANCE, slack) if path.endswith(COUNTED) else EXACT_TOLERANCE

    yield from document_findings(name, expected, posted, tolerance)
