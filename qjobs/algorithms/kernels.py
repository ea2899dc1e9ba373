"""Kernels as families with one width to choose: what the quantum model and its baselines have in common.

A family fitted on training rows gives the square kernel of those rows and the rectangular one of any others.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from qjobs.algorithms.preprocessing import Reduction, Standardiser
from qjobs.engines.protocol import KernelEngine
from qjobs.spec import LearningSpec, MachineSpec, TableSpec

NO_WIDTH = 1.0
"""The single width of a kernel that has none."""


class FittedKernel(Protocol):
    def square(self, width: float) -> NDArray:
        """(n, n) float64 over the training rows."""
        ...

    def cross(self, features: NDArray, width: float) -> NDArray:
        """(m, n) float64 of new rows (m, d) against the training rows."""
        ...

    def only(self, rows: NDArray) -> "FittedKernel":
        """The same fit, on some of the training rows alone."""
        ...


class KernelFamily(Protocol):
    """`width_name`: what the width is called in metrics; None where there is none to choose."""

    @property
    def width_name(self) -> str | None: ...

    @property
    def c_grid(self) -> tuple[float, ...]: ...

    @property
    def widths(self) -> tuple[float, ...]: ...

    def fitted(self, features: NDArray) -> FittedKernel:
        """Fits all pre-processing to training rows (n, d)."""
        ...


class Coordinates(Protocol):
    def apply(self, features: NDArray) -> NDArray: ...


@dataclass(frozen=True)
class QuantumKernel:
    """Fidelity |<psi(x)|psi(y)>|**2 of feature-map states (arXiv:1804.11326); the width is the bandwidth."""

    spec: LearningSpec | MachineSpec
    engine: KernelEngine
    program: Any
    width_name: str | None = "bandwidth"

    @property
    def c_grid(self) -> tuple[float, ...]:
        return self.spec.algorithm.c_grid

    @property
    def widths(self) -> tuple[float, ...]:
        return self.spec.algorithm.bandwidth_grid

    def fitted(self, features: NDArray) -> "FittedQuantumKernel":
        reduction = fitted_reduction(self.spec, features)
        return FittedQuantumKernel(self.engine, self.program, reduction, reduction.apply(features))


@dataclass(frozen=True)
class FittedQuantumKernel:
    """angles: (n, q) of the training rows, before the bandwidth."""

    engine: KernelEngine
    program: Any
    reduction: Reduction
    angles: NDArray

    def square(self, width: float) -> NDArray:
        return self.engine.gram(self.program, self.angles * width)

    def cross(self, features: NDArray, width: float) -> NDArray:
        return self.engine.cross_gram(
            self.program, self.reduction.apply(features) * width, self.angles * width
        )

    def only(self, rows: NDArray) -> "FittedQuantumKernel":
        return replace(self, angles=self.angles[rows])

    def over(self, features: NDArray) -> "FittedQuantumKernel":
        """The same fit, on other rows (n, d)."""
        return replace(self, angles=self.reduction.apply(features))


@dataclass(frozen=True)
class LinearKernel:
    """x.y on standardised features, or on the coordinates that the quantum model gets."""

    spec: TableSpec
    on_reduced: bool
    width_name: str | None = None
    widths: tuple[float, ...] = (NO_WIDTH,)

    @property
    def c_grid(self) -> tuple[float, ...]:
        return self.spec.baselines.c_grid

    def fitted(self, features: NDArray) -> "FittedLinearKernel":
        coordinates = fitted_coordinates(self.spec, features, on_reduced=self.on_reduced)
        return FittedLinearKernel(coordinates, coordinates.apply(features))


@dataclass(frozen=True)
class FittedLinearKernel:
    coordinates: Coordinates
    points: NDArray

    def square(self, width: float) -> NDArray:
        return self.points @ self.points.T

    def cross(self, features: NDArray, width: float) -> NDArray:
        return self.coordinates.apply(features) @ self.points.T

    def only(self, rows: NDArray) -> "FittedLinearKernel":
        return replace(self, points=self.points[rows])


@dataclass(frozen=True)
class RbfKernel:
    """exp(-gamma |x - y|**2) with gamma = width / (d x mean variance) of the training coordinates."""

    spec: TableSpec
    on_reduced: bool
    width_name: str | None = "gamma_factor"

    @property
    def c_grid(self) -> tuple[float, ...]:
        return self.spec.baselines.c_grid

    @property
    def widths(self) -> tuple[float, ...]:
        return self.spec.baselines.gamma_grid

    def fitted(self, features: NDArray) -> "FittedRbfKernel":
        coordinates = fitted_coordinates(self.spec, features, on_reduced=self.on_reduced)
        points = coordinates.apply(features)
        variance = points.var()
        return FittedRbfKernel(
            coordinates, points, 1.0 / (points.shape[1] * variance) if variance > 0 else 1.0
        )


@dataclass(frozen=True)
class FittedRbfKernel:
    coordinates: Coordinates
    points: NDArray
    gamma: float

    def square(self, width: float) -> NDArray:
        kernel = self._of(self.points, width)
        np.fill_diagonal(kernel, 1.0)
        return (kernel + kernel.T) / 2

    def cross(self, features: NDArray, width: float) -> NDArray:
        return self._of(self.coordinates.apply(features), width)

    def only(self, rows: NDArray) -> "FittedRbfKernel":
        return replace(self, points=self.points[rows])

    def _of(self, points: NDArray, width: float) -> NDArray:
        squared = (points**2).sum(axis=1)[:, None] + (self.points**2).sum(axis=1) - 2 * points @ self.points.T
        return np.exp(-self.gamma * width * np.maximum(squared, 0.0))


def fitted_reduction(spec: TableSpec, features: NDArray) -> Reduction:
    """The spec's pre-processing, fitted to these training rows."""
    return Reduction.fitted(features, spec.qubits, spec.preprocessing)


def fitted_coordinates(spec: TableSpec, features: NDArray, *, on_reduced: bool) -> Coordinates:
    if on_reduced:
        return fitted_reduction(spec, features)
    return Standardiser.fitted(features, spec.preprocessing.form)


def baseline_families(spec: TableSpec) -> Mapping[str, KernelFamily]:
    """The spec's baselines by the names in the metrics: "linear_reduced", "rbf_all" and so on."""
    kinds = {"linear": LinearKernel, "rbf": RbfKernel}
    return {
        f"{model}_{features}": kinds[model](spec, on_reduced=features == "reduced")
        for features in spec.baselines.features
        for model in spec.baselines.models
    }
