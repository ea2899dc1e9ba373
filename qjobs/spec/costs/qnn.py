"""The cost of a trained circuit: gradients over all rows, the classical models beside it, and noise."""

from collections.abc import Iterator

from qjobs.spec.circuit_size import Gate, feature_map_gates, size_of
from qjobs.spec.costs.figures import FLOAT_BYTES, PROCESS_BYTES, START_SECONDS, Cost
from qjobs.spec.optimisers import Lbfgs, Spsa
from qjobs.spec.qnn import NaturalGradient, QnnSpec
from qjobs.spec.qnn_gates import entangling_gates, rotation_gates
from qjobs.spec.sizes import AMPLITUDE_BYTES

GATE_AMPLITUDE_SECONDS = 1.1e-8
"""Of a gradient by the adjoint method: forwards, backwards on two states, and the slopes."""

GATE_BLOCK_SECONDS = 6e-5
BLOCK_AMPLITUDES = 2**15
SPSA_VALUES = 3
SOLVER_ENTRIES_PER_SECOND = 2e7
TREE_CELL_SECONDS = 4e-7
TREE_SECONDS = 4e-4
NOISY_ENTRY_SECONDS = 4e-9
REPORTED_ROWS = 64
"""So many rows at most are evaluated with noise."""

FOLDED = 4
"""The circuit itself, and once more folded to three times its length."""


def qnn_cost(spec: QnnSpec, rows: int) -> Cost:
    """Without early stopping, whose moment depends on the rows."""
    size = size_of(_gates(spec))
    gates, amplitudes = size.one_qubit_gates + size.two_qubit_gates, 2**spec.qubits
    train_rows = rows * (1 - spec.splits.test_fraction)
    fitted_rows = spec.splits.count * train_rows + rows
    steps = spec.algorithm.optimiser.iterations
    runs = _runs_a_step(spec)
    batch = spec.algorithm.batch_size
    at_once = min(batch or rows, rows)
    row_runs = runs * steps * (fitted_rows if batch is None else (spec.splits.count + 1) * at_once)
    calls = runs * steps * (spec.splits.count + 1)
    blocks = max(calls, row_runs * amplitudes / BLOCK_AMPLITUDES)
    seconds = START_SECONDS + gates * (
        row_runs * amplitudes * GATE_AMPLITUDE_SECONDS + blocks * GATE_BLOCK_SECONDS
    )
    seconds += _baseline_seconds(spec, train_rows)
    memory = PROCESS_BYTES + 4 * AMPLITUDE_BYTES * rows * amplitudes + 4 * FLOAT_BYTES * rows * rows
    if spec.noise is not None:
        seconds += FOLDED * 3 * gates * min(rows, REPORTED_ROWS) * 4**spec.qubits * NOISY_ENTRY_SECONDS
        memory += 4 * AMPLITUDE_BYTES * 4**spec.qubits
    return Cost(
        size=size,
        circuits=round(row_runs),
        rows_carried_max=0,
        memory_bytes=round(memory),
        cpu_seconds=round(seconds, 1),
    )


def _runs_a_step(spec: QnnSpec) -> float:
    """Runs of the circuit over the batch, in gradients."""
    optimiser = spec.algorithm.optimiser
    if isinstance(optimiser, Spsa):
        return SPSA_VALUES / 3
    if isinstance(optimiser, Lbfgs):
        return 1.3
    if isinstance(optimiser, NaturalGradient):
        return 1 + spec.algorithm.weights(spec.qubits) / 6
    return 1


def _baseline_seconds(spec: QnnSpec, train_rows: float) -> float:
    baselines, folds = spec.baselines, spec.algorithm.inner_folds
    fits = len(baselines.features) * len(baselines.c_grid)
    fits *= sum(len(baselines.gamma_grid) if model == "rbf" else 1 for model in baselines.models)
    seconds = spec.splits.count * fits * folds * train_rows**2 / SOLVER_ENTRIES_PER_SECOND
    if spec.boosting is not None:
        features = len(spec.datasets[0].columns.features)
        trees = spec.boosting.trees * len(baselines.features) * spec.splits.count
        cells = train_rows * features
        grown = sum(
            (folds + 1) * (TREE_SECONDS + depth * cells * TREE_CELL_SECONDS / 10)
            for depth in spec.boosting.depths
        )
        seconds += trees * grown
    return seconds


def _gates(spec: QnnSpec) -> Iterator[Gate]:
    layers = spec.algorithm.layers
    for number in range(layers.count):
        if number == 0 or spec.algorithm.uploads == "every-layer":
            yield from feature_map_gates(spec.qubits, spec.feature_map)
        yield from (wires for _, wires in rotation_gates(spec.qubits, layers))
        yield from (wires for _, wires in entangling_gates(spec.qubits, layers, number))
    yield from (wires for _, wires in rotation_gates(spec.qubits, layers))
