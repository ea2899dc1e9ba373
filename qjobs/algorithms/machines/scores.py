"""How good answers on test rows are: by class, by number, or by how well the unusual is told apart."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from qjobs.algorithms.preprocessing import are_alike
from qjobs.spec import MachineSpec

SCORES = {"classify": "accuracy", "regress": "r2", "detect": "auc"}
"""What models are compared by, and what their intervals are of."""

SCORE_WORDS = {
    "classify": "mean test accuracy",
    "regress": "of the variance of test rows explained",
    "detect": "of pairs of an unusual and a usual test row told apart",
}
CHANCE_BINS = 10
LEAST_CHANCE = 1e-12


def split_score(spec: MachineSpec, target: NDArray, answers: NDArray, *, has_chances: bool) -> dict[str, Any]:
    """Of one model on one test part. `has_chances`: whether the scores of classes are chances. Where all
    numbers of the part are equal, R2 is 0: there is nothing to explain."""
    match spec.algorithm.task:
        case "classify":
            found = class_score(target.astype(int), answers)
            return found | (chance_score(target.astype(int), answers) if has_chances else {})
        case "detect":
            return unusual_score(target > 0, answers)
    errors = answers - target
    return {
        "r2": 0.0 if are_alike(target) else 1 - float((errors**2).mean()) / float(target.var()),
        "rmse": float(np.sqrt((errors**2).mean())),
        "mae": float(np.abs(errors).mean()),
    }


def class_score(target: NDArray, scores: NDArray) -> dict[str, Any]:
    """target: (m,) places of classes; scores: (m, classes). `confusion` has a line for each true class."""
    classes, said = scores.shape[1], scores.argmax(axis=1)
    confusion = np.zeros((classes, classes), dtype=int)
    np.add.at(confusion, (target, said), 1)
    right = np.diag(confusion)
    lines, columns = confusion.sum(axis=1), confusion.sum(axis=0)
    return {
        "accuracy": int(right.sum()) / len(target),
        "balanced_accuracy": float(np.mean(right[lines > 0] / lines[lines > 0])),
        "macro_f1": float(np.mean(2 * right / np.maximum(lines + columns, 1))),
        "confusion": confusion.tolist(),
    }


def chance_score(target: NDArray, chances: NDArray) -> dict[str, float]:
    """Of chances (m, classes): logarithmic loss, Brier score over all classes, and how far the chance of the
    class that was said is from how often it was right (ten bins, Guo et al. 2017, arXiv:1706.04599)."""
    own = chances[np.arange(len(target)), target]
    truth = np.zeros_like(chances)
    truth[np.arange(len(target)), target] = 1.0
    sure, right = chances.max(axis=1), chances.argmax(axis=1) == target
    bins = np.minimum((sure * CHANCE_BINS).astype(int), CHANCE_BINS - 1)
    gaps = [abs(float((right[bins == each] - sure[bins == each]).sum())) for each in range(CHANCE_BINS)]
    return {
        "log_loss": float(-np.log(np.maximum(own, LEAST_CHANCE)).mean()),
        "brier": float(((chances - truth) ** 2).sum(axis=1).mean()),
        "calibration_error": sum(gaps) / len(target),
    }


def unusual_score(is_unusual: NDArray, answers: NDArray) -> dict[str, Any]:
    """Answers (m,) above 0 call a row unusual; `auc` is of their order alone, ties counting half."""
    said = answers > 0
    found, missed = int((said & is_unusual).sum()), int((~said & is_unusual).sum())
    alarms, passed = int((said & ~is_unusual).sum()), int((~said & ~is_unusual).sum())
    ranks = rankdata(np.round(answers, 9))
    above = float(ranks[is_unusual].sum()) - (found + missed) * (found + missed + 1) / 2
    return {
        "auc": above / ((found + missed) * (alarms + passed)),
        "balanced_accuracy": (found / (found + missed) + passed / (alarms + passed)) / 2,
        "confusion": {
            "true_positive": found,
            "false_negative": missed,
            "false_positive": alarms,
            "true_negative": passed,
        },
    }


def row_scores(spec: MachineSpec, target: NDArray, answers: NDArray) -> NDArray:
    """One figure a row, for groups: 1 where it is named or called rightly; of numbers the absolute error."""
    match spec.algorithm.task:
        case "classify":
            right: NDArray = (answers.argmax(axis=1) == target).astype(np.float64)
            return right
        case "detect":
            return ((answers > 0) == (target > 0)).astype(np.float64)
    errors: NDArray = np.abs(answers - target)
    return errors
