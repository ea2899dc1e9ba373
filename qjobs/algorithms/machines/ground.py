"""Machines of one kernel and width on the same rows: solved, and held against what makes them optimal."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from qjobs.algorithms.boxes import (
    regression_residual,
    solve_regression,
    solve_usual,
    usual_residual,
)
from qjobs.algorithms.kernels import FittedKernel
from qjobs.algorithms.landmarks import (
    Problem,
    coordinates_of,
    landmark_rows,
    numbers,
    root_of,
    sides,
    slopes_of,
    weights_on_landmarks,
)
from qjobs.algorithms.machines.outputs import pairs_of
from qjobs.algorithms.preprocessing import spread_of
from qjobs.algorithms.svm import SvmSolution, kkt_residual, solve_svm
from qjobs.spec import MachineSpec
from qjobs.spec.machines import KernelDetector
from qjobs.spec.parts import ClassColumns


@dataclass(frozen=True)
class Setting:
    """What is chosen inside the training part; `epsilon` is 0 where there is none."""

    c: float
    epsilon: float
    width: float


@dataclass(frozen=True)
class Solution:
    """Machines as sums over the rows of a kernel. weights: (outputs, b); intercepts: (outputs,)."""

    weights: NDArray
    intercepts: NDArray

    def outputs(self, cross: NDArray) -> NDArray:
        """(m, outputs) for a kernel (m, b)."""
        found: NDArray = cross @ self.weights.T + self.intercepts
        return found


@dataclass(frozen=True)
class Machine:
    """One output: the rows that it is fitted on, and +1 or -1, or standardised numbers, as its target."""

    rows: NDArray
    target: NDArray


def machines_of(spec: MachineSpec, target: NDArray) -> tuple[Machine, ...]:
    """One a pair of classes, or one on all rows."""
    everything = np.arange(len(target))
    columns = spec.datasets[0].columns
    if isinstance(columns, ClassColumns):
        found = []
        for first, second in pairs_of(len(columns.classes)):
            rows = np.flatnonzero((target == first) | (target == second))
            found.append(Machine(rows, np.where(target[rows] == first, 1.0, -1.0)))
        return tuple(found)
    centre, spread = scale_of(spec, target)
    return (Machine(everything, (target - centre) / spread),)


def scale_of(spec: MachineSpec, target: NDArray) -> tuple[float, float]:
    """What is added to an output and what it is multiplied by before: a detector's output is below 0 for what
    is unusual, and its answer above."""
    match spec.algorithm.task:
        case "classify":
            return 0.0, 1.0
        case "detect":
            return 0.0, -1.0
    return float(target.mean()), spread_of(target)


class Ground(Protocol):
    """`basis`: the rows, among those fitted on, that answers are sums over; `gram`: their kernel."""

    @property
    def basis(self) -> NDArray: ...

    @property
    def kernel(self) -> FittedKernel: ...

    @property
    def gram(self) -> NDArray: ...

    def solved(self, setting: Setting) -> Solution: ...

    def residual(self, setting: Setting, solution: Solution) -> float:
        """The largest of all its machines: 0 at the optimum."""
        ...

    def outputs(self, solution: Solution) -> NDArray:
        """Of all rows fitted on, (n, outputs)."""
        ...


@dataclass(frozen=True)
class AllRows:
    """Every row against every other. gram: (n, n)."""

    spec: MachineSpec
    kernel: FittedKernel
    gram: NDArray
    machines: tuple[Machine, ...]

    @property
    def basis(self) -> NDArray:
        return np.arange(len(self.gram))

    def solved(self, setting: Setting) -> Solution:
        weights = np.zeros((len(self.machines), len(self.gram)))
        intercepts = np.zeros(len(self.machines))
        for number, (machine, kernel) in enumerate(self._kernels()):
            found = self._solved(kernel, machine.target, setting)
            weights[number, machine.rows], intercepts[number] = found.weights, found.intercept
        return Solution(weights, intercepts)

    def residual(self, setting: Setting, solution: Solution) -> float:
        found = []
        for number, (machine, kernel) in enumerate(self._kernels()):
            own = SvmSolution(solution.weights[number, machine.rows], float(solution.intercepts[number]))
            foreign = np.delete(solution.weights[number], machine.rows)
            found.append(self._residual(kernel, machine.target, setting, own))
            found.append(float(np.abs(foreign).max(initial=0.0)))
        return max(found)

    def outputs(self, solution: Solution) -> NDArray:
        return solution.outputs(self.gram)

    def _kernels(self) -> Iterator[tuple[Machine, NDArray]]:
        for each in self.machines:
            is_whole = len(each.rows) == len(self.gram)
            yield each, self.gram if is_whole else self.gram[np.ix_(each.rows, each.rows)]

    def _solved(self, kernel: NDArray, target: NDArray, setting: Setting) -> SvmSolution:
        method = self.spec.algorithm
        if isinstance(method, KernelDetector):
            return solve_usual(kernel, method.outlier_share)
        if method.task == "classify":
            return solve_svm(kernel, target > 0, setting.c)
        return solve_regression(kernel, target, setting.c, setting.epsilon)

    def _residual(self, kernel: NDArray, target: NDArray, setting: Setting, solution: SvmSolution) -> float:
        method = self.spec.algorithm
        if isinstance(method, KernelDetector):
            return usual_residual(kernel, method.outlier_share, solution)
        if method.task == "classify":
            return kkt_residual(kernel, target > 0, setting.c, solution)
        return regression_residual(kernel, target, setting.c, setting.epsilon, solution)


@dataclass(frozen=True)
class Landmarks:
    """Every row against a few. gram: (b, b); cross: (n, b); root, coordinates: as in
    `qjobs.algorithms.landmarks`."""

    spec: MachineSpec
    kernel: FittedKernel
    basis: NDArray
    gram: NDArray
    cross: NDArray
    root: NDArray
    coordinates: NDArray
    machines: tuple[Machine, ...]

    def solved(self, setting: Setting) -> Solution:
        found = [self._problem(each, setting).solved() for each in self.machines]
        weights = [weights_on_landmarks(self.root, each.weights) for each in found]
        return Solution(np.array(weights), np.array([each.intercept for each in found]))

    def residual(self, setting: Setting, solution: Solution) -> float:
        found = []
        for machine, weights, intercept in zip(
            self.machines, solution.weights, solution.intercepts, strict=True
        ):
            own = SvmSolution(slopes_of(self.root, weights), float(intercept))
            found.append(self._problem(machine, setting).residual(own))
        return max(found)

    def outputs(self, solution: Solution) -> NDArray:
        return solution.outputs(self.cross)

    def _problem(self, machine: Machine, setting: Setting) -> Problem:
        is_class = self.spec.algorithm.task == "classify"
        targets = sides(machine.target) if is_class else numbers(machine.target, setting.epsilon)
        return Problem(self.coordinates[machine.rows], targets, setting.c)


def ground_of(
    spec: MachineSpec, kernel: FittedKernel, features: NDArray, target: NDArray
) -> Callable[[float], Ground]:
    """By width, from a kernel fitted on these very rows."""
    machines, count = machines_of(spec, target), spec.algorithm.landmarks
    if count is None:
        return lambda width: AllRows(spec, kernel, kernel.square(width), machines)
    basis = landmark_rows(len(features), count, spec.seed)
    few = kernel.only(basis)

    def landmarks(width: float) -> Ground:
        gram, cross = few.square(width), few.cross(features, width)
        root = root_of(gram)
        return Landmarks(spec, few, basis, gram, cross, root, coordinates_of(root, cross), machines)

    return landmarks
