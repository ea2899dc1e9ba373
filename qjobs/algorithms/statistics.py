"""Intervals and tests for accuracies over repeated splits, and the verdict in words.

Splits share training rows, so their accuracies are not independent. Nadeau and Bengio 2003 (Machine Learning
52, 239-281, eq. 9) correct the variance of the mean by n_test / n_train; here both for one model's accuracy
and for the paired difference of two models.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student_t

from qjobs.algorithms.preprocessing import are_alike

CONFIDENCE = 0.95
METHOD = "corrected resampled t (Nadeau and Bengio 2003), 95 %"
CLASSICAL_WINS = "classical wins"
NO_DIFFERENCE = "no difference shown"
QUANTUM_WINS = "quantum wins on these splits"

BOOTSTRAP_SEED = 20260
BOOTSTRAP = "bootstrap_interval"
BOOTSTRAP_METHOD = "percentile bootstrap over test parts and rows in each, 1,000 draws, 95 %"
REDRAWS = 1000
NETWORK_REDRAWS = 2000
"""Of networks, whose results have had the interval for longer."""

ENTRIES_AT_ONCE = 2**18
"""Rows times draws that are counted together: what fits a processor's own memory."""


@dataclass(frozen=True)
class CorrectedMean:
    """A mean over splits with its interval and the two-sided p-value of the mean being 0."""

    mean: float
    low: float
    high: float
    t: float
    p_value: float


@dataclass(frozen=True)
class Comparison:
    """The quantum model against the best baseline by mean test accuracy, which favours the classical side."""

    baseline: str
    difference: CorrectedMean
    verdict: str
    sentence: str

    def report(self) -> dict[str, Any]:
        """What metrics.json says of it."""
        return {
            "comparison": {
                "baseline": self.baseline,
                "mean_difference": self.difference.mean,
                "interval": [self.difference.low, self.difference.high],
                "t": self.difference.t,
                "p_value": self.difference.p_value,
            },
            "verdict": self.verdict,
            "verdict_sentence": self.sentence,
        }


def corrected_mean(values: Sequence[float], test_to_train: float) -> CorrectedMean:
    """`test_to_train`: n_test / n_train. Equal values in all splits give an interval of width 0."""
    count = len(values)
    mean = math.fsum(values) / count
    variance = math.fsum((value - mean) ** 2 for value in values) / (count - 1)
    error = math.sqrt((1 / count + test_to_train) * variance)
    if error < 1e-12:
        return CorrectedMean(mean, mean, mean, 0.0, 1.0 if abs(mean) < 1e-12 else 0.0)
    half = float(student_t.ppf((1 + CONFIDENCE) / 2, count - 1)) * error
    t_value = mean / error
    p_value = 2 * float(student_t.sf(abs(t_value), count - 1))
    return CorrectedMean(mean, mean - half, mean + half, t_value, p_value)


Redraw = Callable[[np.random.Generator, int], NDArray]
"""Scores (draws, k) of k models on one test part whose rows are drawn again so many times, the same ones for
all models."""


def redrawn_rows(scores: Sequence[NDArray]) -> Redraw:
    """scores: of each model one figure a row, (n,), whose mean is its score."""
    stacked = np.stack(scores, axis=1)
    rows = len(stacked)
    return lambda dice, draws: np.concatenate(
        [counts @ stacked / rows for (counts,) in drawn_counts(dice, draws, rows)]
    )


def drawn_counts(dice: np.random.Generator, draws: int, *sizes: int) -> Iterator[tuple[NDArray, ...]]:
    """How often each of n rows comes up where n are drawn of them: (some of the draws, n) int64 for each n
    of `sizes`, until all draws are told."""
    step = max(1, ENTRIES_AT_ONCE // sum(sizes))
    for first in range(0, draws, step):
        count = min(step, draws - first)
        yield tuple(_counts(dice, count, size) for size in sizes)


def _counts(dice: np.random.Generator, draws: int, size: int) -> NDArray:
    places = dice.integers(0, size, (draws, size)) + size * np.arange(draws)[:, None]
    return np.bincount(places.ravel(), minlength=draws * size).reshape(draws, size)


def explained_by_row(target: NDArray, answers: NDArray) -> NDArray:
    """1 - error**2 / variance of each row, (n,), whose mean is R2; 0 where all of `target` are equal."""
    if are_alike(target):
        return np.zeros(len(target))
    shares: NDArray = 1 - (answers - target) ** 2 / target.var()
    return shares


def bootstrap_interval(differences: Sequence[NDArray]) -> tuple[float, float]:
    """Percentile interval of the mean of paired row scores of networks, one array (n,) a test part."""
    dice = np.random.default_rng(BOOTSTRAP_SEED)
    drawn_parts = dice.integers(0, len(differences), (NETWORK_REDRAWS, len(differences)))
    means = np.empty(NETWORK_REDRAWS)
    for number, drawn in enumerate(drawn_parts):
        rows = [differences[part] for part in drawn]
        means[number] = np.mean([each[dice.integers(0, len(each), len(each))].mean() for each in rows])
    return _percentiles(means)


def with_bootstrap(document: Mapping[str, Any], parts: Sequence[Redraw], quantum: str) -> dict[str, Any]:
    """metrics.json with the bootstrap interval of every model's score and of the quantum one's difference to
    its best baseline. `parts`: of every test part the document's models, in its order."""
    comparison, means = document["comparison"], _redrawn_means(parts)
    of_model = dict(zip(document["models"], means.T, strict=True))
    difference = of_model[quantum] - of_model[comparison["baseline"]]
    return {
        **document,
        "models": {
            name: {**report, BOOTSTRAP: list(_percentiles(of_model[name]))}
            for name, report in document["models"].items()
        },
        "bootstrap_method": BOOTSTRAP_METHOD,
        "comparison": {**comparison, BOOTSTRAP: list(_percentiles(difference))},
    }


def _redrawn_means(parts: Sequence[Redraw]) -> NDArray:
    """Mean scores (REDRAWS, k): test parts are drawn, then rows within each (Efron and Tibshirani 1993,
    section 8.5). The rows of one part are drawn together for all the draws that it is in."""
    dice = np.random.default_rng(BOOTSTRAP_SEED)
    drawn_parts = dice.integers(0, len(parts), (REDRAWS, len(parts)))
    means: NDArray = np.zeros(())
    for number, part in enumerate(parts):
        draws, _ = np.nonzero(drawn_parts == number)
        scores = part(dice, len(draws))
        total = np.zeros((REDRAWS, scores.shape[1]))
        np.add.at(total, draws, scores)
        means = means + total / len(parts)
    return means


def _percentiles(means: NDArray) -> tuple[float, float]:
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return float(low), float(high)


def compare(
    accuracies: Mapping[str, Sequence[float]],
    quantum: str,
    test_to_train: float,
    *,
    what: str = "mean test accuracy",
) -> Comparison:
    """The quantum model against the best of the others; on a tie the first of them.

    `accuracies`: model -> test accuracy a split, or another score that is 1 at best, which `what` then names;
    the quantum model among them.
    """
    means = {name: math.fsum(values) / len(values) for name, values in accuracies.items()}
    baseline = max((name for name in accuracies if name != quantum), key=lambda name: means[name])
    pairs = zip(accuracies[quantum], accuracies[baseline], strict=True)
    difference = corrected_mean([mine - theirs for mine, theirs in pairs], test_to_train)
    verdict = verdict_on(difference)
    sentence = (
        f"{verdict.capitalize()}: {means[quantum]:.1%} {what} for the quantum kernel, "
        f"{means[baseline]:.1%} for the best baseline ({baseline.replace('_', ' on ')} features); "
        f"difference {100 * difference.mean:+.1f} points, 95 % interval {100 * difference.low:+.1f} to "
        f"{100 * difference.high:+.1f}, p = {difference.p_value:.2g} over {len(accuracies[quantum])} splits."
    )
    return Comparison(baseline, difference, verdict, sentence)


def verdict_on(difference: CorrectedMean) -> str:
    """What a difference over splits, quantum minus classical, shows."""
    if difference.p_value >= 1 - CONFIDENCE:
        return NO_DIFFERENCE
    return QUANTUM_WINS if difference.mean > 0 else CLASSICAL_WINS
