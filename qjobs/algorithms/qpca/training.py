"""Components of the quantum kernel and of its baselines on the same splits, then of all rows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qjobs.algorithms.circuits import feature_map_circuit
from qjobs.algorithms.kernels import (
    NO_WIDTH,
    FittedKernel,
    FittedLinearKernel,
    FittedQuantumKernel,
    FittedRbfKernel,
)
from qjobs.algorithms.preprocessing import Reduction, Standardiser
from qjobs.algorithms.progress import OnProgress, Remembered, ShouldCancel, Watch, searched
from qjobs.algorithms.qpca.components import HeldOut, KernelComponents, held_out
from qjobs.algorithms.qpca.rows import Features
from qjobs.algorithms.splits import Split, inner_folds, outer_splits
from qjobs.algorithms.tiling.asking import ask_inner_kernels, ask_outer_kernels
from qjobs.engines.protocol import KernelEngine
from qjobs.engines.statevector import StatevectorEngine
from qjobs.spec import ReductionSpec

QUANTUM = "quantum"
TIE = 1e-9


@dataclass(frozen=True)
class Family:
    """Kernels of one kind; `fitted` fits their pre-processing to training rows (n, d)."""

    widths: tuple[float, ...]
    fitted: Callable[[NDArray], FittedKernel]


@dataclass(frozen=True)
class Outcome:
    """One model on one split. `explained`: of the training rows' variance in the kernel's own space."""

    width: float
    held: HeldOut
    explained: float

    @property
    def given_back(self) -> float:
        """The share of the held-out rows' variance that a linear map of the coordinates gives back."""
        return 1 - self.held.error


@dataclass(frozen=True)
class TrainedQpca:
    """outcomes: model name -> one a split. The final components, and `states`, are those of all rows."""

    splits: tuple[Split, ...]
    outcomes: Mapping[str, tuple[Outcome, ...]]
    bandwidth: float
    reduction: Reduction
    components: KernelComponents
    states: NDArray


def train(
    spec: ReductionSpec,
    features: Features,
    on_progress: OnProgress,
    should_cancel: ShouldCancel,
    engine: KernelEngine | None = None,
    *,
    remembered: Remembered = searched,
) -> TrainedQpca:
    """Everything that the spec asks for; the seeds in the spec decide all choices.

    `engine`: one that has some of the kernels already; None opens the spec's. `remembered`: as in `Watch`.
    """
    families = _families(spec, engine or StatevectorEngine(spec.limits.memory_bytes))
    splits = outer_splits(np.zeros(len(features), dtype=bool), spec.splits)
    watch = Watch(len(splits) * len(families) + 1, on_progress, should_cancel, remembered=remembered)
    outcomes: dict[str, list[Outcome]] = {name: [] for name in families}
    for number, split in enumerate(splits, start=1):
        for name, family in families.items():
            outcome = _on_split(spec, features, split, family, watch)
            outcomes[name].append(outcome)
            watch.step("splits", f"split {number} of {len(splits)}: {name}", outcome.given_back)
    quantum = families[QUANTUM]
    bandwidth = _chosen_width(spec, quantum, features.values, watch)
    kernel = quantum.fitted(features.values)
    if not isinstance(kernel, FittedQuantumKernel):
        raise TypeError("the final components are the quantum ones")
    components = KernelComponents.of(kernel.square(bandwidth), spec.algorithm.components)
    watch.step("final model", "components of all rows")
    return TrainedQpca(
        splits,
        {name: tuple(each) for name, each in outcomes.items()},
        bandwidth,
        kernel.reduction,
        components,
        kernel.program.states(kernel.angles * bandwidth),
    )


def ask_kernels(spec: ReductionSpec, features: Features, engine: KernelEngine) -> None:
    """Asks for the quantum kernels by which widths are chosen, in the order of `train`."""
    quantum = _families(spec, engine)[QUANTUM]
    rows = [(split.train, split.test) for split in outer_splits(np.zeros(len(features), bool), spec.splits)]
    everything = np.arange(len(features))
    for train_rows, test_rows in [*rows, (everything, everything[:0])]:
        values = features.values[train_rows]
        if len(quantum.widths) > 1:
            unlabelled = np.zeros(len(values), dtype=bool)
            folds = spec.algorithm.inner_folds
            ask_inner_kernels(quantum, values, unlabelled, folds=folds, seed=spec.seed)
        ask_outer_kernels(quantum, values, features.values[test_rows])


def _families(spec: ReductionSpec, engine: KernelEngine) -> dict[str, Family]:
    program = engine.compile(feature_map_circuit(spec.qubits, spec.feature_map))

    def quantum(values: NDArray) -> FittedKernel:
        fitted = Reduction.fitted(values, spec.qubits, spec.preprocessing)
        return FittedQuantumKernel(engine, program, fitted, fitted.apply(values))

    return {QUANTUM: Family(spec.algorithm.bandwidth_grid, quantum), **classical_families(spec)}


def classical_families(spec: ReductionSpec) -> dict[str, Family]:
    """The baselines, by their names in the metrics."""

    def standardiser(values: NDArray) -> Standardiser:
        return Standardiser.fitted(values, spec.preprocessing.form)

    def reduction(values: NDArray) -> Reduction:
        return Reduction.fitted(values, spec.qubits, spec.preprocessing)

    def linear(values: NDArray) -> FittedKernel:
        standard = standardiser(values)
        return FittedLinearKernel(standard, standard.apply(values))

    def rbf(values: NDArray, coordinates: Standardiser | Reduction) -> FittedKernel:
        points = coordinates.apply(values)
        variance = points.var()
        return FittedRbfKernel(
            coordinates, points, 1.0 / (points.shape[1] * variance) if variance > 0 else 1.0
        )

    return {
        "pca_all": Family((NO_WIDTH,), linear),
        "rbf_reduced": Family(spec.gamma_grid, lambda values: rbf(values, reduction(values))),
        "rbf_all": Family(spec.gamma_grid, lambda values: rbf(values, standardiser(values))),
    }


def _on_split(spec: ReductionSpec, features: Features, split: Split, family: Family, watch: Watch) -> Outcome:
    values = features.values[split.train]
    width = _chosen_width(spec, family, values, watch)
    held, components = _measured(spec, family.fitted(values), width, values, features.values[split.test])
    return Outcome(width, held, float(components.shares.sum()))


def _chosen_width(spec: ReductionSpec, family: Family, values: NDArray, watch: Watch) -> float:
    """The width with the least error over the inner folds; of equal ones the smallest."""
    if len(family.widths) == 1:
        return family.widths[0]
    return watch.remembered(lambda: (_searched_width(spec, family, values, watch),), 1)[0]


def _searched_width(spec: ReductionSpec, family: Family, values: NDArray, watch: Watch) -> float:
    errors = np.zeros(len(family.widths))
    for fold in inner_folds(np.zeros(len(values), dtype=bool), spec.algorithm.inner_folds, spec.seed):
        kernel = family.fitted(values[fold.train])
        for place, width in enumerate(family.widths):
            watch.check()
            errors[place] += _measured(spec, kernel, width, values[fold.train], values[fold.test])[0].error
    return family.widths[int(np.flatnonzero(errors <= errors.min() + TIE)[0])]


def _measured(
    spec: ReductionSpec, kernel: FittedKernel, width: float, train: NDArray, test: NDArray
) -> tuple[HeldOut, KernelComponents]:
    """How the components of the training rows (n, d) give back rows (m, d), and these components."""
    gram = kernel.square(width)
    components = KernelComponents.of(gram, spec.algorithm.components)
    standard = Standardiser.fitted(train, spec.preprocessing.form)
    held = held_out(
        components.coordinates(gram),
        components.coordinates(kernel.cross(test, width)),
        standard.apply(train),
        standard.apply(test),
    )
    return held, components
