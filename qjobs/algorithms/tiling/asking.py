"""Asks an engine for the kernels that a run is sure to need, whatever comes out of it."""

from collections.abc import Callable
from typing import Protocol

from numpy.typing import NDArray

from qjobs.algorithms.kernels import FittedKernel
from qjobs.algorithms.splits import inner_folds


class Family(Protocol):
    """Kernels with a width to choose; `fitted` fits their pre-processing to training rows (n, d)."""

    @property
    def widths(self) -> tuple[float, ...]: ...

    @property
    def fitted(self) -> Callable[[NDArray], FittedKernel]: ...


def ask_inner_kernels(family: Family, features: NDArray, strata: NDArray, *, folds: int, seed: int) -> None:
    """Every kernel of a search over widths by cross-validation, in the order of the search."""
    for fold in inner_folds(strata, folds, seed):
        kernel = family.fitted(features[fold.train])
        for width in family.widths:
            kernel.square(width)
            kernel.cross(features[fold.test], width)


def ask_outer_kernels(family: Family, train: NDArray, test: NDArray) -> None:
    """The kernels of the model that is chosen, where there is one width to choose from."""
    if len(family.widths) > 1:
        return
    kernel = family.fitted(train)
    kernel.square(family.widths[0])
    if len(test):
        kernel.cross(test, family.widths[0])
