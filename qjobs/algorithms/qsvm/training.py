"""Trains the quantum-kernel SVM and its baselines on the same splits, then the final model on all rows."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qjobs.algorithms.circuits import feature_map_circuit
from qjobs.algorithms.kernels import FittedQuantumKernel, KernelFamily, QuantumKernel, baseline_families
from qjobs.algorithms.preprocessing import Reduction
from qjobs.algorithms.progress import OnProgress, Remembered, ShouldCancel, Watch, searched
from qjobs.algorithms.selection import Chosen, FittedMachine, choose, fit
from qjobs.algorithms.splits import Split, outer_splits
from qjobs.algorithms.svm import MARGIN
from qjobs.algorithms.table import Table
from qjobs.algorithms.tiling.asking import ask_inner_kernels, ask_outer_kernels
from qjobs.engines.protocol import KernelEngine
from qjobs.spec import LearningSpec

QUANTUM = "quantum"


@dataclass(frozen=True)
class SplitOutcome:
    """One model on one split. decision: (n_test,) signed distances."""

    chosen: Chosen
    decision: NDArray
    accuracy: float
    balanced_accuracy: float
    support_vectors: int
    rows_within_margin: int


@dataclass(frozen=True)
class TrainedQsvm:
    """outcomes: model name -> one outcome a split. The final machine is fitted on all rows.

    Its accuracy on new rows is estimated by the splits, which repeat the whole procedure on parts of the
    rows; no row is held back from the model that people use.
    """

    splits: tuple[Split, ...]
    families: Mapping[str, KernelFamily]
    outcomes: Mapping[str, tuple[SplitOutcome, ...]]
    final: FittedMachine
    final_kernel: FittedQuantumKernel

    @property
    def reduction(self) -> Reduction:
        return self.final_kernel.reduction


def train(
    spec: LearningSpec,
    table: Table,
    engine: KernelEngine,
    on_progress: OnProgress,
    should_cancel: ShouldCancel,
    *,
    remembered: Remembered = searched,
) -> TrainedQsvm:
    """Everything that the spec asks for; the seeds in the spec decide all choices.

    `remembered`: as in `Watch`.
    """
    circuit = feature_map_circuit(spec.qubits, spec.feature_map)
    quantum = QuantumKernel(spec, engine, engine.compile(circuit))
    families: dict[str, KernelFamily] = {QUANTUM: quantum, **baseline_families(spec)}
    splits = outer_splits(table.positive, spec.splits)
    watch = Watch(len(splits) * len(families) + 1, on_progress, should_cancel, remembered=remembered)
    outcomes: dict[str, list[SplitOutcome]] = {name: [] for name in families}
    for number, split in enumerate(splits, start=1):
        for name, family in families.items():
            outcome = _on_split(spec, table, split, family, watch)
            outcomes[name].append(outcome)
            watch.step("splits", f"split {number} of {len(splits)}: {name}", outcome.accuracy)
    final = _final_machine(spec, table, quantum, watch)
    watch.step("final model", "fitted on all rows")
    if not isinstance(final.kernel, FittedQuantumKernel):
        raise TypeError("the final machine is the quantum one")
    return TrainedQsvm(
        splits, families, {name: tuple(each) for name, each in outcomes.items()}, final, final.kernel
    )


def ask_kernels(spec: LearningSpec, table: Table, engine: KernelEngine) -> None:
    """Asks for the kernels by which widths are chosen, in the order of `train`."""
    quantum = QuantumKernel(spec, engine, engine.compile(feature_map_circuit(spec.qubits, spec.feature_map)))
    rows = [(split.train, split.test) for split in outer_splits(table.positive, spec.splits)]
    everything = np.arange(len(table))
    for train_rows, test_rows in [*rows, (everything, everything[:0])]:
        features = table.features[train_rows]
        ask_inner_kernels(
            quantum, features, table.positive[train_rows], folds=spec.algorithm.inner_folds, seed=spec.seed
        )
        ask_outer_kernels(quantum, features, table.features[test_rows])


def _on_split(
    spec: LearningSpec, table: Table, split: Split, family: KernelFamily, watch: Watch
) -> SplitOutcome:
    features, positive = table.features[split.train], table.positive[split.train]
    chosen = choose(family, features, positive, folds=spec.algorithm.inner_folds, seed=spec.seed, watch=watch)
    machine = fit(family, features, positive, chosen)
    decision = machine.decision(table.features[split.test])
    truth = table.positive[split.test]
    right = (decision > 0) == truth
    return SplitOutcome(
        chosen=chosen,
        decision=decision,
        accuracy=int(right.sum()) / len(right),
        balanced_accuracy=(_share(right[truth]) + _share(right[~truth])) / 2,
        support_vectors=len(machine.solution.support),
        rows_within_margin=int((np.abs(decision) < MARGIN).sum()),
    )


def _final_machine(spec: LearningSpec, table: Table, quantum: QuantumKernel, watch: Watch) -> FittedMachine:
    chosen = choose(
        quantum, table.features, table.positive, folds=spec.algorithm.inner_folds, seed=spec.seed, watch=watch
    )
    return fit(quantum, table.features, table.positive, chosen)


def _share(right: NDArray) -> float:
    return int(right.sum()) / len(right)


def group_accuracies(
    table: Table, trained: TrainedQsvm, model: str, *, is_row_counted_once: bool
) -> dict[str, Any]:
    """Accuracy a group value over the test rows of all splits; a value with fewer than 10 is left out. A row
    may be tested in many splits; before the fourth form of the metrics it counted in each."""
    report: dict[str, Any] = {}
    for column, values in table.groups.items():
        right_by_value: dict[str, list[bool]] = {}
        rows: dict[str, list[int]] = {}
        for split, outcome in zip(trained.splits, trained.outcomes[model], strict=True):
            right = (outcome.decision > 0) == table.positive[split.test]
            for row, is_right in zip(split.test, right, strict=True):
                right_by_value.setdefault(values[row], []).append(bool(is_right))
                rows.setdefault(values[row], []).append(int(row))
        report[column] = {
            value: {"test_rows": len(each), "accuracy": math.fsum(each) / len(each)}
            for value, each in sorted(right_by_value.items())
            if len(set(rows[value]) if is_row_counted_once else each) >= 10
        }
    return report
