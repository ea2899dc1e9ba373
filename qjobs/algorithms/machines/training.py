"""Trains the quantum machine and its baselines on the same splits, then the final machine on all rows."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from qjobs.algorithms.circuits import feature_map_circuit
from qjobs.algorithms.kernels import FittedQuantumKernel, QuantumKernel
from qjobs.algorithms.machines.baselines import baseline_models
from qjobs.algorithms.machines.fitting import Answered, Fitted, fitted, fitting_rows
from qjobs.algorithms.machines.rows import MachineTable
from qjobs.algorithms.machines.scores import score_of
from qjobs.algorithms.progress import OnProgress, Remembered, ShouldCancel, Watch, searched
from qjobs.algorithms.splits import Split, outer_splits
from qjobs.algorithms.tiling.asking import ask_inner_kernels, ask_outer_kernels
from qjobs.engines.protocol import KernelEngine
from qjobs.spec import MachineSpec

QUANTUM = "quantum"


@dataclass(frozen=True)
class Trained:
    """answered: model -> for each split what is said of its test rows; quantum: the machine of each split;
    final: on all rows, of which none is held back from the model that people use."""

    splits: tuple[Split, ...]
    answered: Mapping[str, tuple[Answered, ...]]
    quantum: tuple[Fitted, ...]
    final: Fitted

    @property
    def final_kernel(self) -> FittedQuantumKernel:
        kernel = self.final.ground.kernel
        if not isinstance(kernel, FittedQuantumKernel):
            raise TypeError("the final machine is the quantum one")
        return kernel


def train(
    spec: MachineSpec,
    table: MachineTable,
    engine: KernelEngine,
    on_progress: OnProgress,
    should_cancel: ShouldCancel,
    *,
    remembered: Remembered = searched,
) -> Trained:
    """Everything that the spec asks for; the seeds in the spec decide all choices.

    `remembered`: as in `Watch`.
    """
    family = QuantumKernel(spec, engine, engine.compile(feature_map_circuit(spec.qubits, spec.feature_map)))
    models, rows = baseline_models(spec), table.rows
    splits = outer_splits(rows.strata, spec.splits)
    watch = Watch(len(splits) * (1 + len(models)) + 1, on_progress, should_cancel, remembered=remembered)
    quantum: list[Fitted] = []
    answered: dict[str, list[Answered]] = {QUANTUM: [], **{name: [] for name in models}}
    for number, split in enumerate(splits, start=1):
        train_rows, test = rows.part(split.train), rows.features[split.test]
        quantum.append(fitted(spec, family, train_rows, watch))
        for name, said in answered.items():
            model = models[name](train_rows, watch) if name in models else quantum[-1].answered
            said.append(model(test))
            score = score_of(spec, rows.target[split.test], said[-1].answers)
            watch.step("splits", f"split {number} of {len(splits)}: {name}", score)
    final = fitted(spec, family, rows, watch)
    watch.step("final model", "fitted on all rows")
    told = {name: tuple(each) for name, each in answered.items()}
    return Trained(splits, told, tuple(quantum), final)


def ask_kernels(spec: MachineSpec, table: MachineTable, engine: KernelEngine) -> None:
    """Asks for the kernels by which widths are chosen, in the order of `train`.

    None where the machine reads few rows of them, or chooses its width by their alignment first.
    """
    method = spec.algorithm
    if method.landmarks is not None or method.bandwidth_by == "alignment":
        return
    family = QuantumKernel(spec, engine, engine.compile(feature_map_circuit(spec.qubits, spec.feature_map)))
    rows = table.rows
    everything = np.arange(len(rows))
    parts = [(split.train, split.test) for split in outer_splits(rows.strata, spec.splits)]
    for train_rows, test_rows in [*parts, (everything, everything[:0])]:
        own = fitting_rows(spec, rows.part(train_rows))
        ask_inner_kernels(family, own.features, own.strata, folds=method.inner_folds, seed=spec.seed)
        ask_outer_kernels(family, own.features, rows.features[test_rows])
