"""Machines on many rows, by a kernel that is read against a few of them alone (Nystroem).

K is replaced by K_nm (K_mm + r)^-1 K_mn (Williams and Seeger 2001, NIPS 13, 682-688): rows become m numbers
each, in which a machine with squared slack has one smooth, strongly convex problem of m + 1 unknowns. Newton
steps solve it to rounding error (Keerthi and DeCoste 2005, JMLR 6, 341-361); its slope is the certificate.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky, solve_triangular

from qjobs.algorithms.splits import ranked_rows
from qjobs.algorithms.svm import SvmSolution

REGULARISATION = 1e-8
"""Added to the landmarks' kernel, whose diagonal is 1: rows that are alike would leave no root."""

MAX_STEPS = 100
HALVINGS = 30
SOLVED = 1e-10
FLAT = 1e-9
"""Added to the curvature in the intercept, which is none where no row is short of its target."""

Targets = Callable[[NDArray], tuple[NDArray, NDArray]]
"""Answers (n,) to the rows that are short, (n,) bool, and what they should have answered, (n,)."""


def landmark_rows(count: int, landmarks: int, seed: int) -> NDArray:
    """Row numbers of the landmarks, rising: those of `count` rows with the lowest hashes."""
    return np.sort(ranked_rows(np.arange(count), f"landmark:{seed}")[:landmarks])


def root_of(kernel: NDArray) -> NDArray:
    """L with L L^T = K_mm + r, for the landmarks' kernel (m, m)."""
    root: NDArray = cholesky(kernel + REGULARISATION * np.eye(len(kernel)), lower=True)
    return root


def coordinates_of(root: NDArray, cross: NDArray) -> NDArray:
    """Rows as m numbers, (n, m), from their kernel (n, m) against the landmarks."""
    found: NDArray = solve_triangular(root, cross.T, lower=True).T
    return found


def weights_on_landmarks(root: NDArray, slopes: NDArray) -> NDArray:
    """Weights (m,) on kernel entries, from slopes (m,) in the coordinates."""
    found: NDArray = solve_triangular(root, slopes, lower=True, trans="T")
    return found


def slopes_of(root: NDArray, weights: NDArray) -> NDArray:
    """The other way round."""
    found: NDArray = root.T @ weights
    return found


def sides(target: NDArray) -> Targets:
    """Squared hinge loss on +1 and -1: an answer is short within 1 of the wrong side."""

    def short(answers: NDArray) -> tuple[NDArray, NDArray]:
        return target * answers < 1, target

    return short


def numbers(target: NDArray, epsilon: float) -> Targets:
    """Squared epsilon-insensitive loss."""

    def short(answers: NDArray) -> tuple[NDArray, NDArray]:
        wanted = np.clip(answers, target - epsilon, target + epsilon)
        return wanted != answers, wanted

    return short


@dataclass(frozen=True)
class Problem:
    """The least of |w|**2 / 2 + C sum of squared shortfalls, over slopes w (m,) and an intercept.

    coordinates: (n, m).
    """

    coordinates: NDArray
    targets: Targets
    c: float

    def answers(self, unknowns: NDArray) -> NDArray:
        found: NDArray = self.coordinates @ unknowns[:-1] + unknowns[-1]
        return found

    def value(self, unknowns: NDArray) -> float:
        answers = self.answers(unknowns)
        short, wanted = self.targets(answers)
        lost = float(((wanted - answers)[short] ** 2).sum())
        return float(unknowns[:-1] @ unknowns[:-1]) / 2 + self.c * lost

    def slope(self, unknowns: NDArray) -> NDArray:
        """(m + 1,)."""
        answers = self.answers(unknowns)
        short, wanted = self.targets(answers)
        errors = np.where(short, wanted - answers, 0.0)
        found = np.append(unknowns[:-1] - 2 * self.c * self.coordinates.T @ errors, 0.0)
        found[-1] = -2 * self.c * errors.sum()
        return found

    def residual(self, solution: SvmSolution) -> float:
        """The largest slope: 0 at the optimum, and no smaller than the distance to it in any slope."""
        slope = self.slope(np.append(solution.weights, solution.intercept))
        return float(np.abs(slope).max())

    def solved(self) -> SvmSolution:
        """The optimum; `weights` are slopes in the coordinates."""
        unknowns = np.zeros(self.coordinates.shape[1] + 1)
        slope = self.slope(unknowns)
        for _ in range(MAX_STEPS):
            if np.abs(slope).max() < SOLVED:
                break
            moved = self._moved(unknowns, slope)
            moved_slope = self.slope(moved)
            if self.value(moved) >= self.value(unknowns) and np.abs(moved_slope).max() >= np.abs(slope).max():
                break
            unknowns, slope = moved, moved_slope
        return SvmSolution(unknowns[:-1], float(unknowns[-1]))

    def _moved(self, unknowns: NDArray, slope: NDArray) -> NDArray:
        """One Newton step, halved until it gains."""
        short, _ = self.targets(self.answers(unknowns))
        rows = np.column_stack([self.coordinates[short], np.ones(int(short.sum()))])
        curvature = 2 * self.c * rows.T @ rows + np.diag(np.append(np.ones(len(unknowns) - 1), FLAT))
        step = -np.linalg.solve(curvature, slope)
        before = self.value(unknowns)
        for halvings in range(HALVINGS):
            moved = unknowns + step / 2**halvings
            if self.value(moved) < before:
                return moved
        return unknowns + step
