"""The cost of a quantum-kernel support vector machine: states, kernels, and solving on them."""

from collections.abc import Iterator

from qjobs.spec.circuit_size import feature_map_gates, size_of
from qjobs.spec.costs.figures import (
    AMPLITUDES_PER_SECOND,
    FLOAT_BYTES,
    FLOPS_PER_SECOND,
    PROCESS_BYTES,
    SOLVER_ENTRIES_PER_SECOND,
    START_SECONDS,
    Cost,
)
from qjobs.spec.costs.measuring import (
    MAX_ENTRIES,
    doubled,
    evaluation_seconds,
    measuring_seconds,
    refused_counts,
)
from qjobs.spec.costs.redrawing import redrawing_seconds
from qjobs.spec.document import EXACT_ENGINE, LearningSpec
from qjobs.spec.sizes import AMPLITUDE_BYTES

FIT_SECONDS = 8e-4
"""Of one support vector machine, whatever its size."""

SUPPORT_SHARE = 0.4
"""Of the rows, as support vectors: known only after training."""


def qsvm_cost(spec: LearningSpec, rows: int) -> Cost:
    """Seconds, bytes and states of the whole job on `rows` rows."""
    seconds, circuits = _cpu_seconds(spec, rows)
    size = size_of(feature_map_gates(spec.qubits, spec.feature_map))
    measured = _measured_entries(spec, rows) if spec.engine != EXACT_ENGINE else 0.0
    if measured:
        seconds += measuring_seconds(doubled(size), spec.qubits, measured, spec.shots or 0, spec.device)
    evaluation = spec.noise_evaluation
    pairs = (evaluation.rows if evaluation else 0) * SUPPORT_SHARE * rows
    seconds += evaluation_seconds(evaluation, doubled(size), spec.qubits, pairs)
    models = 1 + len(spec.baselines.features) * len(spec.baselines.models)
    seconds += redrawing_seconds(spec.splits, rows, models)
    return Cost(
        size=size,
        circuits=circuits,
        rows_carried_max=rows,
        memory_bytes=_memory_bytes(spec, rows),
        cpu_seconds=round(seconds, 1),
        refusals=tuple(_refusals(spec, rows, measured)),
    )


def _measured_entries(spec: LearningSpec, rows: int) -> float:
    """Of all kernels: half of a square one, all of a rectangular one."""
    method, train_rows = spec.algorithm, rows * (1 - spec.splits.test_fraction)
    held = 1 / method.inner_folds
    selection = len(method.bandwidth_grid) * method.inner_folds * ((1 - held) ** 2 / 2 + (1 - held) * held)
    outer = train_rows**2 / 2 + train_rows * (rows - train_rows)
    return spec.splits.count * (selection * train_rows**2 + outer) + (selection + 0.5) * rows**2


def _refusals(spec: LearningSpec, rows: int, measured: float) -> Iterator[str]:
    if measured > MAX_ENTRIES:
        yield (
            f"{rows} rows have {measured:.0f} kernel entries to measure in all folds; the limit is "
            f"{MAX_ENTRIES}"
        )
    yield from refused_counts(spec.noise_evaluation, rows, spec.qubits)


def _memory_bytes(spec: LearningSpec, rows: int) -> int:
    states = AMPLITUDE_BYTES * rows * 2**spec.qubits
    kernels = 4 * FLOAT_BYTES * rows * rows
    features = 4 * FLOAT_BYTES * rows * len(spec.datasets[0].columns.features)
    return PROCESS_BYTES + states + kernels + features


def _cpu_seconds(spec: LearningSpec, rows: int) -> tuple[float, int]:
    """Seconds, and states prepared: inner folds and bandwidths on each training part, then on all rows."""
    folds, bandwidths = spec.algorithm.inner_folds, len(spec.algorithm.bandwidth_grid)
    train_rows = rows * (1 - spec.splits.test_fraction)
    per_selection = folds * bandwidths
    circuits = spec.splits.count * (per_selection * train_rows + rows) + per_selection * rows + rows
    kernel_entries = spec.splits.count * (per_selection * train_rows**2 * 2 / 3 + rows * train_rows)
    kernel_entries += (per_selection * 2 / 3 + 1) * rows**2
    baseline_fits = len(spec.baselines.features) * len(spec.baselines.models) * len(spec.baselines.gamma_grid)
    solver_entries = kernel_entries * len(spec.algorithm.c_grid) + (
        spec.splits.count * baseline_fits * len(spec.baselines.c_grid) * folds * train_rows**2 * 2 / 3
    )
    reps = getattr(spec.feature_map, "reps", 1)
    seconds = (
        START_SECONDS
        + circuits * 2**spec.qubits * reps / AMPLITUDES_PER_SECOND
        + kernel_entries * 8 * 2**spec.qubits / FLOPS_PER_SECOND
        + solver_entries / SOLVER_ENTRIES_PER_SECOND
        + _fits(spec) * FIT_SECONDS
    )
    return round(seconds, 1), round(circuits)


def _fits(spec: LearningSpec) -> int:
    """Machines solved over the whole job: in every search over C and a width, and once it is over."""
    method, baselines, splits = spec.algorithm, spec.baselines, spec.splits.count
    quantum = method.inner_folds * len(method.bandwidth_grid) * len(method.c_grid) + 1
    widths = {"linear": 1, "rbf": len(baselines.gamma_grid)}
    searched = sum(widths[model] for model in baselines.models) * len(baselines.c_grid) * method.inner_folds
    classical = len(baselines.features) * (searched + len(baselines.models))
    return (splits + 1) * quantum + splits * classical
