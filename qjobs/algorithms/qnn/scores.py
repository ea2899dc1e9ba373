"""How good answers are: accuracy for classes, the share of variance explained for numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qjobs.algorithms.preprocessing import are_alike
from qjobs.algorithms.statistics import CorrectedMean, corrected_mean, explained_by_row, verdict_on

MARGIN = 1e-6
"""Answers this close to 0 may fall either way on another machine."""


def split_score(target: NDArray, answers: NDArray, *, is_class: bool) -> dict[str, Any]:
    """Of one model on one test part; `score` is what models are compared by."""
    if is_class:
        said, truth = answers > 0, target > 0
        right = said == truth
        return {
            "score": int(right.sum()) / len(right),
            "accuracy": int(right.sum()) / len(right),
            "balanced_accuracy": (float(right[truth].mean()) + float(right[~truth].mean())) / 2,
            "rows_within_margin": int((np.abs(answers) < MARGIN).sum()),
            "confusion": {
                "true_positive": int((said & truth).sum()),
                "false_negative": int((~said & truth).sum()),
                "false_positive": int((said & ~truth).sum()),
                "true_negative": int((~said & ~truth).sum()),
            },
        }
    errors = answers - target
    # Of targets that are all equal nothing can be explained.
    explained = 0.0 if are_alike(target) else 1 - float((errors**2).mean()) / float(target.var())
    return {
        "score": explained,
        "r2": explained,
        "rmse": float(np.sqrt((errors**2).mean())),
        "mae": float(np.abs(errors).mean()),
    }


def row_scores(target: NDArray, answers: NDArray, *, is_class: bool) -> NDArray:
    """One figure a row whose mean is the score: 1 where right, or 1 - error**2 / variance."""
    if is_class:
        return ((answers > 0) == (target > 0)).astype(np.float64)
    return explained_by_row(target, answers)


@dataclass(frozen=True)
class Verdict:
    """The quantum model against the best baseline by mean score, which favours the classical side."""

    baseline: str
    difference: CorrectedMean
    words: str
    sentence: str


def judged(
    scores: Mapping[str, Sequence[float]], quantum: str, test_to_train: float, *, is_class: bool
) -> Verdict:
    """`scores`: model -> score a split, the quantum model among them; of equal baselines the first."""
    means = {name: float(np.mean(each)) for name, each in scores.items()}
    baseline = max((name for name in scores if name != quantum), key=lambda name: means[name])
    pairs = zip(scores[quantum], scores[baseline], strict=True)
    difference = corrected_mean([mine - theirs for mine, theirs in pairs], test_to_train)
    words = verdict_on(difference)
    what = "mean test accuracy" if is_class else "of the variance of test rows explained"
    sentence = (
        f"{words.capitalize()}: {means[quantum]:.1%} {what} for the circuit, {means[baseline]:.1%} for the "
        f"best baseline ({baseline.replace('_', ' on ')} features); difference "
        f"{100 * difference.mean:+.1f} points, 95 % interval {100 * difference.low:+.1f} to "
        f"{100 * difference.high:+.1f}, p = {difference.p_value:.2g} over {len(scores[quantum])} splits."
    )
    return Verdict(baseline, difference, words, sentence)
