"""The cost of QPCA: states, kernels, and the eigenvectors of each."""

from qjobs.spec.circuit_size import feature_map_gates, size_of
from qjobs.spec.costs.figures import (
    AMPLITUDES_PER_SECOND,
    FLOAT_BYTES,
    FLOPS_PER_SECOND,
    PROCESS_BYTES,
    START_SECONDS,
    Cost,
)
from qjobs.spec.reduction import ReductionSpec
from qjobs.spec.sizes import AMPLITUDE_BYTES

EIGEN_FLOPS = 4
"""For each entry of a square kernel and row, at the speed of matrix products: all eigenvectors."""

FIT_SECONDS = 3e-3
"""Whatever the size."""


def qpca_cost(spec: ReductionSpec, rows: int) -> Cost:
    """Seconds, bytes and states of the whole job on `rows` rows."""
    method, train_rows = spec.algorithm, rows * (1 - spec.splits.test_fraction)
    inner = method.inner_folds * len(method.bandwidth_grid)
    baselines = 1 + 2 * (1 + method.inner_folds * len(spec.gamma_grid))
    part = (1 - 1 / method.inner_folds) * train_rows
    circuits = spec.splits.count * (inner * train_rows + rows) + inner * rows + rows
    fits = spec.splits.count * (inner + 1 + baselines) + inner + 1
    eigen = spec.splits.count * ((inner + baselines) * part**3 + train_rows**3)
    eigen += inner * (rows * (1 - 1 / method.inner_folds)) ** 3 + rows**3
    products = 8 * 2**spec.qubits * rows**2 * (spec.splits.count + 1) * (inner + 1)
    phase = 2 ** (method.phase_qubits + spec.qubits) * rows if method.phase_qubits else 0
    reps = getattr(spec.feature_map, "reps", 1)
    seconds = (
        START_SECONDS
        + fits * FIT_SECONDS
        + circuits * 2**spec.qubits * reps / AMPLITUDES_PER_SECOND
        + (EIGEN_FLOPS * eigen + products) / FLOPS_PER_SECOND
        + phase / AMPLITUDES_PER_SECOND
    )
    observables = 6 * AMPLITUDE_BYTES * method.components * 4**spec.qubits
    states = 3 * AMPLITUDE_BYTES * rows * 2**spec.qubits
    features = 4 * FLOAT_BYTES * rows * len(spec.datasets[0].columns.features)
    return Cost(
        size=size_of(feature_map_gates(spec.qubits, spec.feature_map)),
        circuits=round(circuits),
        rows_carried_max=0,
        memory_bytes=PROCESS_BYTES + observables + states + 6 * FLOAT_BYTES * rows**2 + features,
        cpu_seconds=round(seconds, 1),
    )
