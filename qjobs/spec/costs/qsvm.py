"""The cost of a quantum-kernel support vector machine: states, kernels, and solving on them."""

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
from qjobs.spec.document import LearningSpec
from qjobs.spec.sizes import AMPLITUDE_BYTES


def qsvm_cost(spec: LearningSpec, rows: int) -> Cost:
    """Seconds, bytes and states of the whole job on `rows` rows."""
    seconds, circuits = _cpu_seconds(spec, rows)
    return Cost(
        size=size_of(feature_map_gates(spec.qubits, spec.feature_map)),
        circuits=circuits,
        rows_carried_max=rows,
        memory_bytes=_memory_bytes(spec, rows),
        cpu_seconds=seconds,
    )


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
    )
    return round(seconds, 1), round(circuits)
