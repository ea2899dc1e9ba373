"""Intervals and tests for accuracies over repeated splits, and the verdict in words.

Splits share training rows, so their accuracies are not independent. Nadeau and Bengio 2003 (Machine Learning
52, 239-281, eq. 9) correct the variance of the mean by n_test / n_train; here both for one model's accuracy
and for the paired difference of two models.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scipy.stats import t as student_t

CONFIDENCE = 0.95
METHOD = "corrected resampled t (Nadeau and Bengio 2003), 95 %"
CLASSICAL_WINS = "classical wins"
NO_DIFFERENCE = "no difference shown"
QUANTUM_WINS = "quantum wins on these splits"


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
