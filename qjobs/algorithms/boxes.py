"""Support vector regression and one-class machines on a given kernel, solved to a certificate.

Both are quadratic problems in a box with one sum that is given; libsvm's solution is brought to rounding
error by Newton steps on the weights inside the box, as in `qjobs.algorithms.svm`, and for the same reasons.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lstsq
from sklearn.exceptions import ConvergenceWarning
from sklearn.svm import SVR, OneClassSVM

from qjobs.algorithms.svm import (
    CACHE_MIB,
    MAX_STEPS,
    POLISH_STEPS,
    POLISHED,
    SOLVED,
    SOLVER_TOLERANCES,
    SvmSolution,
)


@dataclass(frozen=True)
class Box:
    """Weights w between `low` and `high` with a given sum, each on one row of the kernel.

    Optimal where the errors, target - answer, are 0 between the bounds, at most 0 at the lower and at least 0
    at the upper one. rows: (v,) row of the kernel a weight acts on; target, low, high: (v,).
    """

    kernel: NDArray
    rows: NDArray
    target: NDArray
    low: NDArray
    high: NDArray
    total: float

    def folded(self, weights: NDArray) -> NDArray:
        """The weight of each row of the kernel, (n,)."""
        return np.bincount(self.rows, weights, len(self.kernel))

    def errors(self, weights: NDArray) -> NDArray:
        """Target minus answer before the intercept, (v,)."""
        found: NDArray = self.target - (self.kernel @ self.folded(weights))[self.rows]
        return found

    def intercept(self, weights: NDArray) -> float:
        """In the middle of what optimality allows."""
        errors = self.errors(weights)
        at_least = np.max(errors[weights < self.high], initial=-np.inf)
        at_most = np.min(errors[weights > self.low], initial=np.inf)
        ends = [end for end in (float(at_least), float(at_most)) if np.isfinite(end)]
        return sum(ends) / len(ends)

    def residual(self, weights: NDArray, intercept: float) -> float:
        """How far from optimal: weights outside their box, their sum, and errors of the wrong sign."""
        errors = self.errors(weights) - intercept
        outside = np.maximum(self.low - weights, weights - self.high)
        return max(
            float(np.max(outside, initial=0.0)),
            abs(float(weights.sum()) - self.total),
            float(np.max(errors[weights < self.high], initial=0.0)),
            float(np.max(-errors[weights > self.low], initial=0.0)),
        )

    def polished(self, weights: NDArray) -> NDArray:
        """One Newton step on the weights inside the box, shortened so that none leaves it."""
        free = np.flatnonzero((weights > self.low) & (weights < self.high))
        if not len(free):
            return weights
        system = np.zeros((len(free) + 1, len(free) + 1))
        system[:-1, :-1] = self.kernel[np.ix_(self.rows[free], self.rows[free])]
        system[:-1, -1] = system[-1, :-1] = 1.0
        target = np.append(self.errors(weights)[free], self.total - weights.sum())
        # Pivoted QR: duplicate rows and low-rank kernels make the system singular.
        step = lstsq(system, target, cond=1e-14, lapack_driver="gelsy", check_finite=False)[0][:-1]
        low, high = self.low[free], self.high[free]
        room = np.where(step > 0, high - weights[free], low - weights[free])
        shares = np.divide(room, step, out=np.full_like(step, np.inf), where=step != 0)
        share = min(1.0, float(shares.min()))
        moved = np.clip(weights[free] + share * step, low, high)
        if share < 1.0:
            blocking = int(shares.argmin())
            moved[blocking] = high[blocking] if step[blocking] > 0 else low[blocking]
        found = weights.copy()
        found[free] = moved
        return found


def regression_box(kernel: NDArray, target: NDArray, c: float, epsilon: float) -> Box:
    """Epsilon-insensitive regression (Vapnik 1995): for each row a weight above and one below 0."""
    count = len(target)
    none = np.zeros(count)
    return Box(
        kernel,
        rows=np.tile(np.arange(count), 2),
        target=np.concatenate([target - epsilon, target + epsilon]),
        low=np.concatenate([none, none - c]),
        high=np.concatenate([none + c, none]),
        total=0.0,
    )


def usual_box(kernel: NDArray, outlier_share: float) -> Box:
    """The one-class machine (Schoelkopf et al. 2001, Neural Computation 13, 1443-1471); its weights sum to
    1."""
    count = len(kernel)
    return Box(
        kernel,
        rows=np.arange(count),
        target=np.zeros(count),
        low=np.zeros(count),
        high=np.full(count, 1 / (outlier_share * count)),
        total=1.0,
    )


def solve_regression(kernel: NDArray, target: NDArray, c: float, epsilon: float) -> SvmSolution:
    """Answers (n,) of a kernel (n, n) within epsilon of the target, or as near as C makes it worth."""

    def attempt(tolerance: float) -> NDArray:
        machine = SVR(
            C=c,
            epsilon=epsilon,
            kernel="precomputed",
            tol=tolerance,
            cache_size=CACHE_MIB,
            shrinking=False,
            max_iter=MAX_STEPS,
        )
        signed = _fitted(machine, kernel, target)
        return np.concatenate([np.maximum(signed, 0.0), np.minimum(signed, 0.0)])

    return _solved(regression_box(kernel, target, c, epsilon), attempt)


def solve_usual(kernel: NDArray, outlier_share: float) -> SvmSolution:
    """Answers below 0 for what is unlike the rows of the kernel (n, n)."""
    scale = 1 / (outlier_share * len(kernel))

    def attempt(tolerance: float) -> NDArray:
        machine = OneClassSVM(
            nu=outlier_share,
            kernel="precomputed",
            tol=tolerance,
            cache_size=CACHE_MIB,
            shrinking=False,
            max_iter=MAX_STEPS,
        )
        return np.clip(_fitted(machine, kernel, None), 0.0, 1.0) * scale

    return _solved(usual_box(kernel, outlier_share), attempt)


def regression_residual(
    kernel: NDArray, target: NDArray, c: float, epsilon: float, solution: SvmSolution
) -> float:
    """How far from optimal; a row's weight is above or below 0, never both."""
    signed = solution.weights
    weights = np.concatenate([np.maximum(signed, 0.0), np.minimum(signed, 0.0)])
    return regression_box(kernel, target, c, epsilon).residual(weights, solution.intercept)


def usual_residual(kernel: NDArray, outlier_share: float, solution: SvmSolution) -> float:
    return usual_box(kernel, outlier_share).residual(solution.weights, solution.intercept)


def _fitted(machine: SVR | OneClassSVM, kernel: NDArray, target: NDArray | None) -> NDArray:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        machine.fit(kernel, target)
    weights = np.zeros(len(kernel))
    weights[machine.support_] = machine.dual_coef_[0]
    return weights


def _solved(box: Box, attempt: Callable[[float], NDArray]) -> SvmSolution:
    """The best of libsvm's solutions at ever smaller tolerances, each polished."""
    best, best_residual = _polished(box, attempt(SOLVER_TOLERANCES[0]))
    for tolerance in SOLVER_TOLERANCES[1:]:
        if best_residual < SOLVED:
            break
        weights, residual = _polished(box, attempt(tolerance))
        if residual < best_residual:
            best, best_residual = weights, residual
    return SvmSolution(box.folded(best), box.intercept(best))


def _polished(box: Box, weights: NDArray) -> tuple[NDArray, float]:
    best, best_residual = weights, box.residual(weights, box.intercept(weights))
    for _ in range(POLISH_STEPS):
        if best_residual < POLISHED:
            break
        weights = box.polished(best)
        residual = box.residual(weights, box.intercept(weights))
        if residual >= best_residual:
            break
        best, best_residual = weights, residual
    return best, best_residual
