"""Whether counts were drawn by the chances that a rebuilt circuit gives: the statistical class's test.

Of each circuit the basis states are taken in turn, the likeliest first: given the counts before it, each is
binomial, so that its randomised probability transform (Dunn and Smyth 1996, J. Comput. Graph. Stat. 5, 236;
for counts Czado, Gneiting and Held 2009, Biometrics 65, 1254) is uniform, exactly and whatever the chance.
As normal deviates z they are asked three questions, each with a third of the error rate:

- is one too far out? the largest |z|, by Bonferroni: a count that was changed;
- do they lean to the likelier side? their sum, weighted by the root of the measurements that each saw: other
  chances;
- do they scatter too much or too little? their sum of squares: measurements counted twice, or none made.

Counts that were drawn as said are refused once in 1 / ERROR_RATE results, by the union bound.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom, chi2, norm

from qjobs.algorithms.result import Finding

ERROR_RATE = 1e-6
"""Honest results that the test refuses: one in a million."""

SMALLEST_CHANCE = 1e-12
"""Rebuilt chances are right to about 1e-15: what is less likely than this counts as so likely."""

FEWEST_LEFT = 5
FARTHEST = 100.0
"""Of a normal deviate: beyond it no chance is left to tell."""

QUESTIONS = 3


@dataclass(frozen=True)
class Acceptance:
    """p-values of the three questions, each two-sided; `deviates` were asked."""

    largest: float
    lean: float
    scatter: float
    deviates: int

    @property
    def p_value(self) -> float:
        """Of the test as a whole."""
        return min(1.0, QUESTIONS * min(self.largest, self.lean, self.scatter))


def deviates(counts: NDArray, chances: NDArray, number: int = 0) -> tuple[NDArray, NDArray]:
    """Standard normal deviates of (n, k) counts drawn by (n, k) chances, and the measurements each saw.

    `number`: of these counts among others, so that no two share the transform's own chance.
    """
    order = np.argsort(-chances, axis=1, kind="stable")
    seen, likely = (np.take_along_axis(each, order, axis=1) for each in (counts, chances))
    shots = counts.sum(axis=1, keepdims=True)
    left = shots - np.cumsum(seen, axis=1) + seen
    rest = np.cumsum(likely[:, ::-1], axis=1)[:, ::-1]
    # States for which so few measurements are left say little: they are one, which takes the rest.
    asked = (rest * shots >= FEWEST_LEFT) & (left > 0)
    asked[:, 0] |= left[:, 0] > 0
    asked[:, -1] = False
    share = np.clip(likely / np.maximum(rest, SMALLEST_CHANCE), SMALLEST_CHANCE, 1 - SMALLEST_CHANCE)
    k, n, p = seen[asked], left[asked], share[asked]
    within, at = np.random.default_rng(number).random(len(k)), binom.pmf(k, n, p)
    lower = binom.cdf(k - 1, n, p) + within * at
    upper = binom.sf(k, n, p) + (1 - within) * at
    # Each tail from its own side: 1 - 1e-20 is no number.
    z = np.where(lower < upper, norm.ppf(lower), -norm.ppf(upper))
    return np.clip(z, -FARTHEST, FARTHEST), n


def acceptance(counts: Sequence[NDArray], chances: Sequence[NDArray]) -> Acceptance:
    """The p-values of all counts together, each (n, k) with chances of the same shape."""
    pairs = [deviates(*pair, number) for number, pair in enumerate(zip(counts, chances, strict=True))]
    z, n = (np.concatenate(each) for each in zip(*pairs, strict=True))
    if not len(z):
        return Acceptance(1.0, 1.0, 1.0, 0)
    lean, squares = float(np.sqrt(n) @ z / np.sqrt(n.sum())), float(z @ z)
    scatter = 2 * float(min(chi2.sf(squares, len(z)), chi2.cdf(squares, len(z))))
    largest = 2 * len(z) * float(norm.sf(np.abs(z).max()))
    return Acceptance(min(1.0, largest), 2 * float(norm.sf(abs(lean))), min(1.0, scatter), len(z))


def acceptance_finding(name: str, found: Acceptance, *, tests: int = 1) -> Finding:
    """Whether these counts pass, as one of so many tests that share the error rate."""
    allowed = ERROR_RATE / tests
    asked = {
        "one count is too far from its chance": found.largest,
        "the counts follow other chances": found.lean,
        "the counts scatter too much or too little": found.scatter,
    }
    worst = min(asked, key=lambda each: asked[each])
    passes = found.p_value >= allowed
    return Finding(
        name,
        passes,
        f"drawn by the rebuilt chances, p >= {allowed:.1e}",
        f"p = {found.p_value:.2g}",
        f"{found.deviates} counts tested" if passes else worst,
    )
