"""How good answers on test rows are: by class, by number, or by how well the unusual is told apart."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from qjobs.algorithms.preprocessing import are_alike
from qjobs.algorithms.statistics import Redraw, drawn_counts, explained_by_row, redrawn_rows
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


def score_of(spec: MachineSpec, target: NDArray, answers: NDArray) -> float:
    """The one that models are compared by."""
    return float(split_score(spec, target, answers, has_chances=False)[SCORES[spec.algorithm.task]])


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
    ranks = _ranks(answers)
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


def redrawn_scores(spec: MachineSpec, target: NDArray, answers: Sequence[NDArray]) -> Redraw:
    """What models are compared by, on rows of a test part drawn again; `answers` are those of each model."""
    match spec.algorithm.task:
        case "classify":
            return redrawn_rows([row_scores(spec, target, each) for each in answers])
        case "detect":
            return redrawn_curves(target > 0, answers)
    return redrawn_rows([explained_by_row(target, each) for each in answers])


def redrawn_curves(is_unusual: NDArray, answers: Sequence[NDArray]) -> Redraw:
    """The area under each model's curve; unusual and usual rows are drawn apart, as many as there are.

    Of whole numbers alone: an unusual row that is drawn counts the usual ones below it, and those that are
    level by half.
    """
    ranks = [_ranks(each) for each in answers]
    orders = [np.argsort(each[~is_unusual], kind="stable") for each in ranks]
    below, through = (
        [
            np.searchsorted(each[~is_unusual][order], each[is_unusual], side)
            for each, order in zip(ranks, orders, strict=True)
        ]
        for side in ("left", "right")
    )
    found, others = int(is_unusual.sum()), int((~is_unusual).sum())

    def areas(mine: NDArray, theirs: NDArray) -> NDArray:
        # Draws in columns: rows are then put in order, and added up, a whole line of memory at a time.
        unusual, usual = (np.ascontiguousarray(each.T, dtype=np.int32) for each in (mine, theirs))
        twice = []
        for order, low, high in zip(orders, below, through, strict=True):
            passed = np.zeros((others + 1, len(mine)), dtype=np.int32)
            np.cumsum(usual[order], axis=0, out=passed[1:])
            twice.append(np.einsum("ij,ij->j", unusual, passed[low] + passed[high], dtype=np.int64))
        told: NDArray = np.stack(twice, axis=1) / (2 * found * others)
        return told

    return lambda dice, draws: np.concatenate(
        [areas(*counts) for counts in drawn_counts(dice, draws, found, others)]
    )


def _ranks(answers: NDArray) -> NDArray:
    """From the smallest up; answers that are equal but for last digits share one."""
    ranks: NDArray = rankdata(np.round(answers, 9))
    return ranks


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
