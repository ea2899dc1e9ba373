"""The cost of machines with a task: kernels of every fold and bandwidth, and solving on them."""

from qjobs.spec.circuit_size import feature_map_gates, size_of
from qjobs.spec.costs.figures import (
    AMPLITUDES_PER_SECOND,
    FLOAT_BYTES,
    FLOPS_PER_SECOND,
    PROCESS_BYTES,
    START_SECONDS,
    Cost,
)
from qjobs.spec.costs.measuring import doubled, evaluation_seconds, refused_counts
from qjobs.spec.costs.qnn import TREE_CELL_SECONDS, TREE_SECONDS
from qjobs.spec.costs.redrawing import redrawing_seconds
from qjobs.spec.machines import LEAST_EVALUATED_ROWS, KernelDetector, MachineSpec
from qjobs.spec.parts import ClassColumns
from qjobs.spec.sizes import AMPLITUDE_BYTES

FIT_SECONDS = 2e-3
"""Of one machine, whatever its rows."""

FIT_ENTRY_SECONDS = {"classify": 6e-8, "regress": 1.8e-7, "detect": 3e-8}
"""Of one machine, for each entry of its kernel: numbers leave most rows with a weight."""

KEPT_SHARE = {"classify": 0.35, "regress": 0.95}
"""Of the rows, as those with a weight: known only after training. Of a detector it is little more than the
share that it may call unusual."""

LANDMARK_FIT_SECONDS = 1e-3
NEWTON_STEPS = 5


def machine_cost(spec: MachineSpec, rows: int) -> Cost:
    """Seconds, bytes and states of the whole job on `rows` rows."""
    method, splits = spec.algorithm, spec.splits
    train = rows * (1 - splits.test_fraction)
    fold = 1 - 1 / method.inner_folds
    widths = len(method.bandwidth_grid)
    parts = [train] * splits.count + [rows]
    circuits = sum(part * (method.inner_folds * widths + 2) for part in parts)
    entries = sum(_entries(spec, part * fold) * method.inner_folds * widths for part in parts)
    reps = getattr(spec.feature_map, "reps", 1)
    seconds = START_SECONDS + circuits * 2**spec.qubits * reps / AMPLITUDES_PER_SECOND
    seconds += entries * 8 * 2**spec.qubits / FLOPS_PER_SECOND
    grid = len(method.c_grid) * len(method.epsilon_grid)
    for part in parts:
        seconds += method.inner_folds * widths * grid * _fit_seconds(spec, part * fold)
    seconds += splits.count * _baseline_seconds(spec, train)
    score = "ranks" if method.task == "detect" else "mean"
    seconds += redrawing_seconds(splits, rows, _models(spec), score=score)
    carried = rows if method.landmarks is None else min(rows, method.landmarks)
    size, evaluation = size_of(feature_map_gates(spec.qubits, spec.feature_map)), spec.noise_evaluation
    vectors = _kept_share(spec) * carried
    pairs = (evaluation.rows if evaluation else 0) * vectors
    seconds += evaluation_seconds(evaluation, doubled(size), spec.qubits, pairs, runs=vectors)
    least = LEAST_EVALUATED_ROWS[method.task]
    return Cost(
        size=size,
        circuits=round(circuits),
        rows_carried_max=carried,
        memory_bytes=_memory_bytes(spec, rows),
        cpu_seconds=round(seconds, 1),
        refusals=tuple(refused_counts(evaluation, carried, spec.qubits, least)),
    )


def _models(spec: MachineSpec) -> int:
    """That are compared, at the most."""
    kinds = len(spec.baselines.models) + (spec.algorithm.boosting is not None)
    return 1 + len(spec.baselines.features) * kinds


def _kept_share(spec: MachineSpec) -> float:
    """Of the rows that the model may carry, those that it is expected to: landmarks all count."""
    method = spec.algorithm
    if isinstance(method, KernelDetector):
        return method.outlier_share
    return KEPT_SHARE[method.task] if method.landmarks is None else 1.0


def _memory_bytes(spec: MachineSpec, rows: int) -> int:
    states = AMPLITUDE_BYTES * rows * 2**spec.qubits
    landmarks = spec.algorithm.landmarks
    kernels = 4 * rows * rows if landmarks is None else 6 * rows * min(rows, landmarks)
    features = 4 * rows * len(spec.datasets[0].columns.features)
    return PROCESS_BYTES + states + FLOAT_BYTES * (kernels + features)


def _entries(spec: MachineSpec, rows: float) -> float:
    """Of a kernel of so many rows, and of those left out against them."""
    landmarks = spec.algorithm.landmarks
    return 1.5 * rows * (rows if landmarks is None else min(rows, landmarks))


def _fit_seconds(spec: MachineSpec, rows: float) -> float:
    """All machines of one setting."""
    columns, method = spec.datasets[0].columns, spec.algorithm
    classes = len(columns.classes) if isinstance(columns, ClassColumns) else 2
    machines, own = classes * (classes - 1) / 2, rows * 2 / classes
    if method.landmarks is None:
        return machines * (FIT_SECONDS + own**2 * FIT_ENTRY_SECONDS[method.task])
    flops = 2 * own * min(rows, method.landmarks) ** 2
    return machines * (LANDMARK_FIT_SECONDS + NEWTON_STEPS * flops / FLOPS_PER_SECOND)


def _baseline_seconds(spec: MachineSpec, rows: float) -> float:
    """On one training part of so many rows."""
    method, baselines = spec.algorithm, spec.baselines
    kernels = len(baselines.gamma_grid) * ("rbf" in baselines.models)
    kernels += ("linear" in baselines.models) * (method.task == "classify")
    grid = 1 if method.task == "detect" else len(baselines.c_grid) * len(method.epsilon_grid)
    fits = len(baselines.features) * kernels * grid * method.inner_folds
    seconds = fits * _fit_seconds(spec, rows * (1 - 1 / method.inner_folds))
    if method.boosting is None:
        return seconds
    columns = spec.datasets[0].columns
    classes = len(columns.classes) if isinstance(columns, ClassColumns) else 0
    trees = method.boosting.trees * (classes if classes > 2 else 1)
    for kind in baselines.features:
        cells = rows * (spec.qubits if kind == "reduced" else len(columns.features))
        grown = sum(TREE_SECONDS + depth * cells * TREE_CELL_SECONDS for depth in method.boosting.depths)
        seconds += trees * (method.inner_folds + 0.5) * grown
    return seconds
