"""The cost of QPCA: states, kernels, and the eigenvectors of each."""

from dataclasses import replace

from qjobs.spec.circuit_size import feature_map_gates, size_of
from qjobs.spec.costs.figures import (
    AMPLITUDES_PER_SECOND,
    FLOAT_BYTES,
    FLOPS_PER_SECOND,
    PROCESS_BYTES,
    START_SECONDS,
    Cost,
)
from qjobs.spec.costs.measuring import MAX_COUNTS, evaluation_seconds
from qjobs.spec.costs.redrawing import redrawing_seconds
from qjobs.spec.reduction import ReductionSpec
from qjobs.spec.sizes import AMPLITUDE_BYTES

EIGEN_FLOPS = 4
"""For each entry of a square kernel and row, at the speed of matrix products: all eigenvectors."""

FIT_SECONDS = 3e-3
"""Whatever the size."""

COMPARED_ROWS = 400
"""Of which the kernel is compared with classical ones, at the most."""

COMPARED_MODELS = 4
"""The quantum one and three baselines."""

TURNS = 2
"""Of each qubit, before it is read in a basis."""


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
    eigen += (1 + 2 * len(spec.gamma_grid)) * min(rows, COMPARED_ROWS) ** 3
    products = 8 * 2**spec.qubits * rows**2 * (spec.splits.count + 1) * (inner + 1)
    phase = 2 ** (method.phase_qubits + spec.qubits) * rows if method.phase_qubits else 0
    reps = getattr(spec.feature_map, "reps", 1)
    seconds = (
        START_SECONDS
        + fits * FIT_SECONDS
        + circuits * 2**spec.qubits * reps / AMPLITUDES_PER_SECOND
        + (EIGEN_FLOPS * eigen + products) / FLOPS_PER_SECOND
        + phase / AMPLITUDES_PER_SECOND
        + redrawing_seconds(spec.splits, rows, COMPARED_MODELS)
    )
    size, read = size_of(feature_map_gates(spec.qubits, spec.feature_map)), read_rows(spec, rows)
    turned = replace(size, one_qubit_gates=size.one_qubit_gates + TURNS * spec.qubits)
    seconds += evaluation_seconds(spec.noise_evaluation, turned, spec.qubits, read * 3**spec.qubits)
    observables = 6 * AMPLITUDE_BYTES * method.components * 4**spec.qubits
    states = 3 * AMPLITUDE_BYTES * rows * 2**spec.qubits
    features = 4 * FLOAT_BYTES * rows * len(spec.datasets[0].columns.features)
    return Cost(
        size=size,
        circuits=round(circuits),
        rows_carried_max=read,
        memory_bytes=PROCESS_BYTES + observables + states + 6 * FLOAT_BYTES * rows**2 + features,
        cpu_seconds=round(seconds, 1),
    )


def read_rows(spec: ReductionSpec, rows: int) -> int:
    """How many rows the counts of the noise evaluation tell of; 0 where none is asked for."""
    evaluation = spec.noise_evaluation
    return 0 if evaluation is None else min(evaluation.rows, rows, MAX_COUNTS // 6**spec.qubits)
