"""Principal components of any kernel (Schoelkopf, Smola and Mueller 1998, Neural Computation 10, 1299)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qjobs.algorithms.errors import DatasetRefused

LEAST_SHARE = 1e-10
"""A component with less of all variance is rounding."""


@dataclass(frozen=True)
class KernelComponents:
    """weights: (n, k) of the training rows, each column of sum 0; eigenvalues: (k,) falling, the variance
    along each component; total: all variance; means: (n,) of the kernel's columns."""

    weights: NDArray
    eigenvalues: NDArray
    total: float
    means: NDArray

    @classmethod
    def of(cls, gram: NDArray, count: int) -> "KernelComponents":
        """The first `count` components of a square kernel, the larger tail of each on its positive side."""
        rows, means = len(gram), gram.mean(axis=0)
        centred = gram - means[:, None] - means[None, :] + means.mean()
        values, vectors = np.linalg.eigh(centred / rows)
        values, vectors = values[::-1][:count], vectors[:, ::-1][:, :count]
        total = float(np.trace(centred)) / rows
        if len(values) < count or values[-1] <= LEAST_SHARE * total:
            kept = int((values > LEAST_SHARE * total).sum())
            raise DatasetRefused(f"the rows have {kept} components in the kernel; the spec asks for {count}")
        vectors = vectors * np.where((vectors**3).sum(axis=0) < 0, -1.0, 1.0)
        return cls(vectors / np.sqrt(rows * values), values, total, means)

    @property
    def offsets(self) -> NDArray:
        """(k,) what is taken from the raw coordinates, so that the training rows have mean 0."""
        offsets: NDArray = self.means @ self.weights
        return offsets

    @property
    def shares(self) -> NDArray:
        """(k,) of all variance."""
        return self.eigenvalues / self.total

    def coordinates(self, cross: NDArray) -> NDArray:
        """(m, n) kernel of rows with the training rows -> (m, k)."""
        found: NDArray = cross @ self.weights - self.offsets
        return found


@dataclass(frozen=True)
class HeldOut:
    """Squared distances of test rows, (m,) each. `missed`: from what a linear map of the coordinates gives
    back; `away`: from the training rows' mean."""

    missed: NDArray
    away: NDArray

    @property
    def error(self) -> float:
        """What is missed, as a share of what the training mean misses; 1 where that one is right."""
        away = float(self.away.sum())
        return float(self.missed.sum()) / away if away else 1.0

    @property
    def scores(self) -> NDArray:
        """(m,) with the mean 1 - error: what is given back of each row."""
        away = float(self.away.mean())
        scores: NDArray = 1 - self.missed / away if away else np.zeros(len(self.missed))
        return scores


def linear_map(coordinates: NDArray, values: NDArray) -> Callable[[NDArray], NDArray]:
    """From coordinates (m, k) to values (m, d), with the least squared error on the rows given."""
    with_one = np.column_stack([coordinates, np.ones(len(coordinates))])
    scale = np.maximum(np.abs(with_one).max(axis=0), 1e-300)
    linear, *_ = np.linalg.lstsq(with_one / scale, values, rcond=1e-12)

    def given_back(others: NDArray) -> NDArray:
        found: NDArray = np.column_stack([others, np.ones(len(others))]) / scale @ linear
        return found

    return given_back


def held_out(train: NDArray, test: NDArray, train_values: NDArray, test_values: NDArray) -> HeldOut:
    """How a linear map of the coordinates, fitted on the training rows, gives back the values of the test
    rows."""
    given_back = linear_map(train, train_values)(test)
    return HeldOut(
        missed=((test_values - given_back) ** 2).sum(axis=1),
        away=((test_values - train_values.mean(axis=0)) ** 2).sum(axis=1),
    )
