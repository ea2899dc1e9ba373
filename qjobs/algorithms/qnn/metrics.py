"""metrics.json: what follows from the trained weights, beside classical models; the same on every machine."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qjobs.algorithms.circuits import feature_map_circuit
from qjobs.algorithms.geometry import geometry_report, picked_rows
from qjobs.algorithms.qnn.noisy import hardware_report
from qjobs.algorithms.qnn.parent import parent_report
from qjobs.algorithms.qnn.sample import Sample
from qjobs.algorithms.qnn.scores import Verdict, judged, row_scores, split_score
from qjobs.algorithms.qnn.trail import Training
from qjobs.algorithms.qnn.training import QUANTUM, Plan
from qjobs.algorithms.statistics import METHOD, bootstrap_interval, corrected_mean
from qjobs.spec import QnnSpec, spec_digest
from qjobs.spec.costs.qnn import REPORTED_ROWS

SCHEMA = "qommons/metrics/qnn/1"
PLATEAU_DRAWS = 64
PLATEAU_VARIANCE = 1e-4
"""Slopes of 0.01, each of which takes 10,000 measurements to tell from 0."""

GROUP_ROWS = 10


def metrics_of(
    spec: QnnSpec,
    sample: Sample,
    plan: Plan,
    trails: Sequence[NDArray],
    baselines: Mapping[str, Sequence[NDArray]],
) -> Mapping[str, Any]:
    """The document as JSON values; equal weights give equal documents."""
    is_class = spec.algorithm.task == "classify"
    targets = [sample.target[split.test] for split in plan.splits]
    quantum = [
        training.answers(states, sample.features[split.test])
        for training, states, split in zip(plan.trainings, trails, plan.splits, strict=False)
    ]
    answers = {QUANTUM: quantum, **baselines}
    reports = {
        name: [split_score(*pair, is_class=is_class) for pair in zip(targets, each, strict=True)]
        for name, each in answers.items()
    }
    scores = {name: [each["score"] for each in found] for name, found in reports.items()}
    test_to_train = len(plan.splits[0].test) / len(plan.splits[0].train)
    verdict = judged(scores, QUANTUM, test_to_train, is_class=is_class)
    gains = [
        row_scores(target, mine, is_class=is_class) - row_scores(target, theirs, is_class=is_class)
        for target, mine, theirs in zip(targets, quantum, answers[verdict.baseline], strict=True)
    ]
    return {
        "schema": SCHEMA,
        "spec_digest": spec_digest(spec),
        "algorithm": spec.algorithm.name,
        "task": spec.algorithm.task,
        "score": "accuracy" if is_class else "r2",
        "rows": len(sample),
        "features": len(sample.feature_names),
        "qubits": spec.qubits,
        "weights": plan.circuit.weights,
        "splits": [
            {
                "train_rows": len(split.train),
                "test_rows": len(split.test),
                **{name: found[number] for name, found in reports.items()},
            }
            for number, split in enumerate(plan.splits)
        ],
        "models": {name: _interval(each, test_to_train, is_class) for name, each in scores.items()},
        "interval_method": METHOD,
        "comparison": _comparison(verdict, gains),
        "verdict": verdict.words,
        "verdict_sentence": verdict.sentence,
        "final_model": _final_report(plan.final, trails[-1]),
        "plateau": plateau_report(spec, plan),
        "geometry": _geometry(spec, sample, plan.final),
        "hardware": _hardware(spec, sample, plan.final, trails[-1]),
        "groups": {QUANTUM: _groups(sample, plan, quantum, is_class)} if sample.groups else {},
        **parent_report(spec, plan.final, trails[-1]),
    }


def _comparison(verdict: Verdict, gains: Sequence[NDArray]) -> dict[str, Any]:
    return {
        "baseline": verdict.baseline,
        "mean_difference": verdict.difference.mean,
        "interval": [verdict.difference.low, verdict.difference.high],
        "bootstrap_interval": list(bootstrap_interval(gains)),
        "t": verdict.difference.t,
        "p_value": verdict.difference.p_value,
    }


def plateau_report(spec: QnnSpec, plan: Plan) -> dict[str, Any]:
    """The variance of the slopes of <O> at random angles, the mean over all angles (McClean et al. 2018,
    arXiv:1803.11173); `is_barren` where slopes are too small to measure."""
    circuit, angles = plan.circuit, plan.final.objective.angles
    dice = np.random.default_rng([spec.seed, len(plan.trainings)])
    weights = dice.uniform(-np.pi, np.pi, (PLATEAU_DRAWS, circuit.weights))
    picked = angles[np.arange(PLATEAU_DRAWS) % len(angles)]
    columns = range(circuit.weights)
    rows = np.concatenate([weights, picked], axis=1)
    _, slopes = circuit.engine.value_gradients(circuit.program, rows, (circuit.observable,), columns)
    variance = float(slopes[:, 0].var(axis=0).mean())
    return {"gradient_variance": variance, "draws": PLATEAU_DRAWS, "is_barren": variance < PLATEAU_VARIANCE}


def _geometry(spec: QnnSpec, sample: Sample, final: Training) -> dict[str, Any] | None:
    """Of the kernel of the features' own circuit: what is written in once is compared by nothing else
    (Schuld 2021, arXiv:2101.11020). None where features are written in again, which leaves that space."""
    if spec.algorithm.uploads != "once":
        return None
    rows, engine = picked_rows(len(sample)), final.objective.circuit.engine
    program = engine.compile(feature_map_circuit(spec.qubits, spec.feature_map))
    features = sample.features[rows]
    return geometry_report(spec, engine.gram(program, final.reduction.apply(features)), features)


def _interval(scores: Sequence[float], test_to_train: float, is_class: bool) -> dict[str, Any]:
    """A score is 1 at most, and an accuracy 0 at least; so is its interval."""
    mean = corrected_mean(scores, test_to_train)
    low = max(0.0, mean.low) if is_class else mean.low
    return {"mean_accuracy" if is_class else "mean_r2": mean.mean, "interval": [low, min(1.0, mean.high)]}


def _final_report(training: Training, states: NDArray) -> dict[str, Any]:
    losses, held = training.losses(states), training.held_losses(states)
    kept = training.kept(states)
    weights = states[kept, : training.weights]
    return {
        "rows": len(training.objective) + (0 if training.held is None else len(training.held)),
        "checks": len(states) - 1,
        "kept_check": kept,
        "loss": float(losses[kept]),
        "gradient_norm": float(np.linalg.norm(training.objective.loss_and_slopes(weights)[1])),
        "loss_curve": [float(each) for each in losses],
        "held_loss_curve": None if training.held is None else held,
    }


def _hardware(spec: QnnSpec, sample: Sample, final: Training, states: NDArray) -> dict[str, Any] | None:
    """On the rows that the model was trained on: the device's part in the answer, not new rows'."""
    weights = states[final.kept(states), : final.weights]
    count = min(len(sample), REPORTED_ROWS)
    picked = np.arange(count) * len(sample) // count
    angles = final.reduction.apply(sample.features[picked])

    def score(values: NDArray) -> float:
        answers = final.answers_of(weights, values)
        found = split_score(sample.target[picked], answers, is_class=final.objective.is_class)
        return float(found["score"])

    return hardware_report(spec, final.objective.circuit, weights, angles, score)


def _groups(sample: Sample, plan: Plan, quantum: Sequence[NDArray], is_class: bool) -> dict[str, Any]:
    """The mean row score a group value over all test rows; a value with fewer than 10 is left out."""
    report: dict[str, Any] = {}
    for column, values in sample.groups.items():
        found: dict[str, list[float]] = {}
        for split, answers in zip(plan.splits, quantum, strict=True):
            scores = row_scores(sample.target[split.test], answers, is_class=is_class)
            for row, score in zip(split.test, scores, strict=True):
                found.setdefault(values[row], []).append(float(score))
        report[column] = {
            value: {"test_rows": len(each), "score": float(np.mean(each))}
            for value, each in sorted(found.items())
            if len(each) >= GROUP_ROWS
        }
    return report
