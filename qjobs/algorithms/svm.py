"""Support vector machines on a given kernel, solved to a certificate.

libsvm keeps kernel entries in single precision, which leaves an optimality residual near 1e-7 x C x rows. A
few Newton steps on its active set in double precision bring it to rounding error, so that two machines agree
on the decision values and not only on the optimum's neighbourhood.

On repeated rows or a kernel of low rank libsvm may never come below its single precision's noise: it is asked
for little first, each attempt is bounded, and the certificate in double precision says which one is enough.
"""

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lstsq
from sklearn.exceptions import ConvergenceWarning
from sklearn.svm import SVC

SOLVER_TOLERANCES = (1e-3, 1e-5, 1e-7, 1e-9)
"""Asked for in turn, until a polished solution is optimal to SOLVED."""

MAX_STEPS = 1_000_000
"""Bounds one attempt of libsvm: under a second for 60 rows; breast cancer data at C = 100 needs 70,000."""

SOLVED = 1e-9
KKT_TOLERANCE = 1e-6
"""Largest optimality residual of a model that passes verification."""

MARGIN = 1e-6
"""Decision values this close to 0 may fall either way on another machine."""

POLISH_STEPS = 12
POLISHED = 1e-11
CACHE_MIB = 500


@dataclass(frozen=True)
class SvmSolution:
    """decision(x) = sum_i weights_i k(x_i, x) + intercept.

    weights: (n,) float64, y_i alpha_i, 0 off the support.
    """

    weights: NDArray
    intercept: float

    @property
    def support(self) -> NDArray:
        return np.flatnonzero(self.weights)

    def decision(self, cross_kernel: NDArray) -> NDArray:
        """Signed distances (m,) for a kernel (m, n) of new rows against training rows; positive above 0."""
        return cross_kernel @ self.weights + self.intercept


def solve_svm(kernel: NDArray, positive: NDArray, c: float) -> SvmSolution:
    """The soft-margin SVM (Cortes and Vapnik 1995) for a kernel (n, n) and labels (n,) bool.

    Where no attempt comes to SOLVED, the best one is given: its residual, part of the metrics, says how good.
    """
    best, best_residual = _attempt(kernel, positive, c, SOLVER_TOLERANCES[0])
    for tolerance in SOLVER_TOLERANCES[1:]:
        if best_residual < SOLVED:
            break
        solution, residual = _attempt(kernel, positive, c, tolerance)
        if residual < best_residual:
            best, best_residual = solution, residual
    return best


def _attempt(kernel: NDArray, positive: NDArray, c: float, tolerance: float) -> tuple[SvmSolution, float]:
    """libsvm's solution at a tolerance, polished, and its residual."""
    signs = np.where(positive, 1.0, -1.0)
    # Without a seed scikit-learn would draw one from NumPy's global state. Shrinking hides rows from a search
    # that never ends: its bound would then cut it off far from the optimum.
    machine = SVC(
        C=c,
        kernel="precomputed",
        tol=tolerance,
        cache_size=CACHE_MIB,
        random_state=0,
        shrinking=False,
        max_iter=MAX_STEPS,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        machine.fit(kernel, signs)
    weights = np.zeros(len(signs))
    weights[machine.support_] = machine.dual_coef_[0]
    best = _with_intercept(kernel, signs, weights, c)
    best_residual = kkt_residual(kernel, positive, c, best)
    for _ in range(POLISH_STEPS):
        if best_residual < POLISHED:
            break
        weights = _polished(kernel, signs, weights, c)
        candidate = _with_intercept(kernel, signs, weights, c)
        residual = kkt_residual(kernel, positive, c, candidate)
        if residual >= best_residual:
            break
        best, best_residual = candidate, residual
    return best, best_residual


def kkt_residual(kernel: NDArray, positive: NDArray, c: float, solution: SvmSolution) -> float:
    """How far a solution is from optimal: 0 at the optimum.

    The largest of: weights outside [0, C] or of the wrong sign, |sum of weights|, and the margin violations
    y f(x) >= 1 at alpha = 0, = 1 inside, <= 1 at alpha = C.
    """
    signs = np.where(positive, 1.0, -1.0)
    alpha = signs * solution.weights
    slack = signs * solution.decision(kernel) - 1.0
    outside = max(float(np.max(-alpha, initial=0.0)), float(np.max(alpha - c, initial=0.0)))
    can_grow, can_shrink = alpha < c, alpha > 0
    too_small = float(np.max(-slack[can_grow], initial=0.0))
    too_large = float(np.max(slack[can_shrink], initial=0.0))
    return max(outside, abs(float(solution.weights.sum())), too_small, too_large)


def _polished(kernel: NDArray, signs: NDArray, weights: NDArray, c: float) -> NDArray:
    """One Newton step on the free support vectors, shortened so that no alpha leaves [0, C]."""
    alpha = signs * weights
    free = np.flatnonzero((alpha > 0) & (alpha < c))
    if not len(free):
        return weights
    system = np.zeros((len(free) + 1, len(free) + 1))
    system[:-1, :-1] = kernel[np.ix_(free, free)]
    system[:-1, -1] = system[-1, :-1] = 1.0
    target = np.append(signs[free] - kernel[free] @ weights, -weights.sum())
    # Pivoted QR: duplicate rows and low-rank kernels make the system singular.
    solved = lstsq(system, target, cond=1e-14, lapack_driver="gelsy", check_finite=False)[0]
    step = solved[:-1] * signs[free]
    room = np.where(step > 0, c - alpha[free], -alpha[free])
    shares = np.divide(room, step, out=np.full_like(step, np.inf), where=step != 0)
    share = min(1.0, float(shares.min()))
    moved = np.clip(alpha[free] + share * step, 0.0, c)
    if share < 1.0:
        blocking = int(shares.argmin())
        moved[blocking] = c if step[blocking] > 0 else 0.0
    polished = weights.copy()
    polished[free] = signs[free] * moved
    return polished


def _with_intercept(kernel: NDArray, signs: NDArray, weights: NDArray, c: float) -> SvmSolution:
    """The intercept in the middle of what the optimality conditions allow."""
    alpha = signs * weights
    errors = signs - kernel @ weights
    at_least = errors[((signs > 0) & (alpha < c)) | ((signs < 0) & (alpha > 0))]
    at_most = errors[((signs > 0) & (alpha > 0)) | ((signs < 0) & (alpha < c))]
    return SvmSolution(weights, float(at_least.max() + at_most.min()) / 2)
