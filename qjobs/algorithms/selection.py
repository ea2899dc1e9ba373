"""Choosing C and a width by cross-validation inside a training part, then fitting it."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qjobs.algorithms.kernels import FittedKernel, KernelFamily
from qjobs.algorithms.progress import Watch
from qjobs.algorithms.splits import Split, inner_folds
from qjobs.algorithms.svm import SvmSolution, solve_svm


@dataclass(frozen=True)
class Chosen:
    """inner_accuracy: the share of rows that the inner folds labelled right at these values."""

    c: float
    width: float
    inner_accuracy: float


@dataclass(frozen=True)
class FittedMachine:
    chosen: Chosen
    kernel: FittedKernel
    gram: NDArray
    solution: SvmSolution

    def decision(self, features: NDArray) -> NDArray:
        """Signed distances (m,) of rows (m, d); positive above 0."""
        return self.solution.decision(self.kernel.cross(features, self.chosen.width))


def choose(
    family: KernelFamily, features: NDArray, positive: NDArray, *, folds: int, seed: int, watch: Watch
) -> Chosen:
    """The values with the most rows right over the inner folds; pre-processing is fitted in each fold anew.

    A tie goes to the smallest C, then to the smallest width.
    """

    def search() -> tuple[float, ...]:
        return _searched(family, features, positive, inner_folds(positive, folds, seed), watch)

    return Chosen(*watch.remembered(search, 3))


def _searched(
    family: KernelFamily, features: NDArray, positive: NDArray, folds: Iterable[Split], watch: Watch
) -> tuple[float, float, float]:
    right = np.zeros((len(family.c_grid), len(family.widths)), dtype=int)
    for fold in folds:
        kernel = family.fitted(features[fold.train])
        for column, width in enumerate(family.widths):
            watch.check()
            gram, cross = kernel.square(width), kernel.cross(features[fold.test], width)
            for row, c in enumerate(family.c_grid):
                solution = solve_svm(gram, positive[fold.train], c)
                right[row, column] += int(((solution.decision(cross) > 0) == positive[fold.test]).sum())
    row, column = divmod(int(right.argmax()), right.shape[1])
    return family.c_grid[row], family.widths[column], int(right.max()) / len(positive)


def fit(family: KernelFamily, features: NDArray, positive: NDArray, chosen: Chosen) -> FittedMachine:
    """The machine at these values on all given rows."""
    kernel = family.fitted(features)
    gram = kernel.square(chosen.width)
    return FittedMachine(chosen, kernel, gram, solve_svm(gram, positive, chosen.c))
