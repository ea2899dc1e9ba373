"""Choosing what a machine is fitted with, by cross-validation inside its training rows, and fitting it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from qjobs.algorithms.kernels import FittedKernel, KernelFamily
from qjobs.algorithms.machines.alignment import alignment, label_kernel
from qjobs.algorithms.machines.calibration import sigmoid_of
from qjobs.algorithms.machines.ground import Ground, Setting, Solution, ground_of, machines_of, scale_of
from qjobs.algorithms.machines.outputs import chances, could_turn, votes
from qjobs.algorithms.machines.rows import Rows
from qjobs.algorithms.progress import Watch
from qjobs.algorithms.splits import inner_folds
from qjobs.algorithms.svm import MARGIN
from qjobs.spec import MachineSpec
from qjobs.spec.machines import KernelDetector
from qjobs.spec.parts import ClassColumns

TIE = 1e-9
"""Losses as close as this to the least one, in parts of it, count as equal to it."""

ALIGNED_ROWS = 400
"""Bandwidths are compared on so many rows at most, evenly picked."""


NO_SIGMOIDS = np.zeros((0, 2))


@dataclass(frozen=True)
class Answered:
    """What is said of rows: scores of the classes, (m, classes), or numbers, (m,). `is_close`: (m,) bool,
    rows that another machine, whose last digits differ, may name otherwise."""

    answers: NDArray
    is_close: NDArray


@dataclass(frozen=True)
class Fitted:
    """A machine on its training rows, whose rows of the kernel are `ground.basis`.

    sigmoids: (outputs, 2) where chances are asked for, else (0, 2).
    """

    spec: MachineSpec
    setting: Setting
    ground: Ground
    solution: Solution
    scale: tuple[float, float]
    sigmoids: NDArray

    def outputs(self, features: NDArray) -> NDArray:
        """Of each single machine, (m, outputs)."""
        return self.solution.outputs(self.ground.kernel.cross(features, self.setting.width))

    def answered(self, features: NDArray) -> Answered:
        return answered_by(self.spec, self.outputs(features), self.scale, self.sigmoids)


def class_count(spec: MachineSpec) -> int:
    """0 where the target is no class."""
    columns = spec.datasets[0].columns
    return len(columns.classes) if isinstance(columns, ClassColumns) else 0


def answers_of(spec: MachineSpec, outputs: NDArray, scale: tuple[float, float], sigmoids: NDArray) -> NDArray:
    """Scores of the classes, (m, classes), of which the highest decides; else one number a row, (m,)."""
    classes = class_count(spec)
    if not classes:
        found: NDArray = scale[0] + scale[1] * outputs[:, 0]
        return found
    return chances(outputs, sigmoids, classes) if len(sigmoids) else votes(outputs, classes)


def answered_by(
    spec: MachineSpec, outputs: NDArray, scale: tuple[float, float], sigmoids: NDArray
) -> Answered:
    """`answers_of`, and which rows are close: where single machines vote, one at 0 may turn a whole vote."""
    answers, classes = answers_of(spec, outputs, scale, sigmoids), class_count(spec)
    if classes and not len(sigmoids):
        return Answered(answers, could_turn(outputs, classes, MARGIN))
    return Answered(answers, are_close(spec, answers))


def are_close(spec: MachineSpec, answers: NDArray) -> NDArray:
    """Rows, (m,) bool, whose two best classes, or whose number and the threshold, are within the margin."""
    match spec.algorithm.task:
        case "classify":
            ordered = np.sort(answers, axis=1)
            found: NDArray = ordered[:, -1] - ordered[:, -2] < MARGIN
            return found
        case "detect":
            return np.abs(answers) < MARGIN
    return np.zeros(len(answers), dtype=bool)


def fitting_rows(spec: MachineSpec, rows: Rows) -> Rows:
    """Those that a machine is fitted on: a detector knows usual rows alone."""
    return rows.part(np.flatnonzero(rows.target == 0)) if spec.algorithm.task == "detect" else rows


def fitted(spec: MachineSpec, family: KernelFamily, rows: Rows, watch: Watch) -> Fitted:
    """Chosen and fitted on these training rows."""
    rows = fitting_rows(spec, rows)
    kernel = family.fitted(rows.features)
    widths = family.widths
    if spec.algorithm.bandwidth_by == "alignment" and family.width_name == "bandwidth":
        candidates = widths
        widths = watch.remembered(lambda: (best_aligned(spec, kernel, rows, candidates),), 1)
    setting = Setting(*watch.remembered(lambda: _chosen(spec, family, widths, rows, watch), 3))
    ground = ground_of(spec, kernel, rows.features, rows.target)(setting.width)
    solution = ground.solved(setting)
    is_calibrated = spec.algorithm.is_calibrated
    sigmoids = _sigmoids(spec, family, setting, rows, watch) if is_calibrated else NO_SIGMOIDS
    return Fitted(spec, setting, ground, solution, scale_of(spec, rows.target), sigmoids)


def alignments(spec: MachineSpec, kernel: FittedKernel, rows: Rows, widths: tuple[float, ...]) -> list[float]:
    """Of the kernel with the labels, by width; `kernel` is fitted on these very rows."""
    picked = np.arange(min(len(rows), ALIGNED_ROWS)) * len(rows) // min(len(rows), ALIGNED_ROWS)
    few, labels = kernel.only(picked), label_kernel(rows.target[picked], class_count(spec))
    return [alignment(few.square(width), labels) for width in widths]


def best_aligned(spec: MachineSpec, kernel: FittedKernel, rows: Rows, widths: tuple[float, ...]) -> float:
    """The width whose kernel is most like the labels'; of equal ones the smallest."""
    found = np.array(alignments(spec, kernel, rows, widths))
    return widths[int(np.flatnonzero(found >= found.max() - TIE)[0])]


def _chosen(
    spec: MachineSpec, family: KernelFamily, widths: tuple[float, ...], rows: Rows, watch: Watch
) -> tuple[float, float, float]:
    """The setting with the least loss over the inner folds; a tie goes to the smallest C, then epsilon, then
    width."""
    epsilons = spec.algorithm.epsilon_grid
    losses = np.zeros((len(family.c_grid), len(epsilons), len(widths)))
    for fold in _folds(spec, family, rows):
        for column, width in enumerate(widths):
            watch.check()
            ground = fold.grounds(width)
            cross = ground.kernel.cross(fold.test.features, width)
            for (row, c), (middle, epsilon) in product(enumerate(family.c_grid), enumerate(epsilons)):
                outputs = ground.solved(Setting(c, epsilon, width)).outputs(cross)
                answers = answers_of(spec, outputs, fold.scale, NO_SIGMOIDS)
                losses[row, middle, column] += loss_of(spec, answers, fold.test.target)
    if isinstance(spec.algorithm, KernelDetector):
        place = consistent_width(losses[0, 0], spec.algorithm.outlier_share, len(rows))
        return family.c_grid[0], epsilons[0], widths[place]
    least = losses.min()
    row, middle, column = np.argwhere(losses <= least + TIE * abs(least))[0]
    return family.c_grid[row], epsilons[middle], widths[column]


def loss_of(spec: MachineSpec, answers: NDArray, target: NDArray) -> float:
    """Rows that are named wrongly, squared errors, or usual rows that are called unusual."""
    match spec.algorithm.task:
        case "classify":
            return float((answers.argmax(axis=1) != target).sum())
        case "detect":
            return float((answers > 0).sum())
    return float(((answers - target) ** 2).sum())


def consistent_width(alarms: NDArray, share: float, rows: int) -> int:
    """The place of the largest width that calls no more rows unusual than it should, two deviations allowed;
    where none does, of the one that calls fewest."""
    allowed = share * rows + 2 * np.sqrt(share * (1 - share) * rows)
    fitting = np.flatnonzero(alarms <= allowed)
    return int(fitting[-1]) if len(fitting) else int(alarms.argmin())


def _sigmoids(spec: MachineSpec, family: KernelFamily, setting: Setting, rows: Rows, watch: Watch) -> NDArray:
    """Slope and offset of each machine, from outputs on inner folds that it was not fitted on."""
    machines = machines_of(spec, rows.target)
    outputs = np.zeros((len(rows), len(machines)))
    for fold in _folds(spec, family, rows):
        watch.check()
        outputs[fold.held] = fold.outputs(fold.grounds(setting.width), setting)
    return np.array([sigmoid_of(outputs[each.rows, at], each.target > 0) for at, each in enumerate(machines)])


@dataclass(frozen=True)
class _Fold:
    """held: row numbers; test: the same rows; grounds: of the other rows, by width."""

    held: NDArray
    test: Rows
    grounds: Callable[[float], Ground]
    scale: tuple[float, float]

    def outputs(self, ground: Ground, setting: Setting) -> NDArray:
        return ground.solved(setting).outputs(ground.kernel.cross(self.test.features, setting.width))


def _folds(spec: MachineSpec, family: KernelFamily, rows: Rows) -> Iterator[_Fold]:
    """Pre-processing is fitted in each fold anew."""
    for fold in inner_folds(rows.strata, spec.algorithm.inner_folds, spec.seed):
        train = rows.part(fold.train)
        grounds = ground_of(spec, family.fitted(train.features), train.features, train.target)
        yield _Fold(fold.test, rows.part(fold.test), grounds, scale_of(spec, train.target))
