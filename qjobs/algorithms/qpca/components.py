"""Principal components of any kernel (Schoelkopf, Smola and Mueller 1998, Neural Computation 10, 1299)."""

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


def held_out_error(train: NDArray, test: NDArray, train_values: NDArray, test_values: NDArray) -> float:
    """The squared error with which a linear map of the coordinates, fitted on the training rows, gives back
    the values of the test rows, as a share of that of the training mean; 1 where that one is right."""
    with_one = np.column_stack([train, np.ones(len(train))])
    scale = np.maximum(np.abs(with_one).max(axis=0), 1e-300)
    linear, *_ = np.linalg.lstsq(with_one / scale, train_values, rcond=1e-12)
    given_back = np.column_stack([test, np.ones(len(test))]) / scale @ linear
    around_mean = ((test_values - train_values.mean(axis=0)) ** 2).sum()
    if around_mean == 0:
        return 1.0
    return float(((test_values - given_back) ** 2).sum() / around_mean)
