"""The cost of a trained circuit: gradients over all rows, the classical models beside it, and noise."""

from collections.abc import Iterator

from qjobs.spec.circuit_size import CircuitSize, Gate, feature_map_gates, size_of
from qjobs.spec.costs.figures import (
    FLOAT_BYTES,
    NOISY_ENTRY_SECONDS,
    PROCESS_BYTES,
    START_SECONDS,
    Cost,
)
from qjobs.spec.costs.measuring import evaluation_seconds
from qjobs.spec.optimisers import Lbfgs
from qjobs.spec.qnn import NaturalGradient, QnnSpec
from qjobs.spec.qnn_gates import entangling_gates, rotation_gates
from qjobs.spec.sizes import AMPLITUDE_BYTES

TURN_AMPLITUDE_SECONDS = 1.3e-8
"""Of a rotation in a gradient by the adjoint method: forwards, backwards on two states, and its slope."""

CHEAP_SHARE = 0.1
"""Of gates that move or turn amplitudes in place: CX and RZ."""

FORWARD_SHARE = 0.3
GATE_BLOCK_SECONDS = 6e-5
BLOCK_AMPLITUDES = 2**15
FIT_SECONDS = 1.6e-3
FIT_ENTRY_SECONDS = 1.5e-8
"""Of a support vector machine: whatever its size, and for each pair of rows."""

TREE_SECONDS = 6e-4
TREE_CELL_SECONDS = 9e-8
"""Of a boosted tree: whatever its size, and for each number in the table and level."""

REPORTED_ROWS = 64
"""So many rows at most are evaluated with noise."""

FOLDED = 4
"""The circuit itself, and once more folded to three times its length."""


def qnn_cost(spec: QnnSpec, rows: int) -> Cost:
    """Without early stopping, whose moment depends on the rows."""
    size = size_of(_gates(spec))
    amplitudes, splits = 2**spec.qubits, spec.splits.count
    train_rows = rows * (1 - spec.splits.test_fraction)
    batch = spec.algorithm.batch_size or rows
    runs = _runs_a_step(spec) * spec.algorithm.optimiser.iterations
    row_runs = runs * (splits * min(batch, train_rows) + min(batch, rows))
    seconds = START_SECONDS + _gradient_seconds(spec, size, runs * (splits + 1), row_runs)
    seconds += splits * _baseline_seconds(spec, train_rows)
    tried = min(rows, spec.noise_evaluation.rows) if spec.noise_evaluation else 0
    seconds += evaluation_seconds(spec.noise_evaluation, size, spec.qubits, tried)
    memory = PROCESS_BYTES + 4 * AMPLITUDE_BYTES * rows * amplitudes + 4 * FLOAT_BYTES * rows * rows
    if spec.noise is not None:
        gates = size.one_qubit_gates + size.two_qubit_gates
        seconds += FOLDED * 3 * gates * min(rows, REPORTED_ROWS) * 4**spec.qubits * NOISY_ENTRY_SECONDS
        memory += 4 * AMPLITUDE_BYTES * 4**spec.qubits
    return Cost(
        size=size,
        circuits=round(row_runs),
        rows_carried_max=0,
        memory_bytes=round(memory),
        cpu_seconds=round(seconds, 1),
    )


def training_seconds(spec: QnnSpec, rows: int) -> list[float]:
    """Of each split's training, and of the one on all rows."""
    size, batch = size_of(_gates(spec)), spec.algorithm.batch_size or rows
    runs = _runs_a_step(spec) * spec.algorithm.optimiser.iterations
    parts = [rows * (1 - spec.splits.test_fraction)] * spec.splits.count + [rows]
    return [_gradient_seconds(spec, size, runs, runs * min(batch, part)) for part in parts]


def _gradient_seconds(spec: QnnSpec, size: CircuitSize, calls: float, row_runs: float) -> float:
    """Features that are written once run forwards only, and what follows may be written out as a matrix."""
    amplitudes, layers = 2**spec.qubits, spec.algorithm.layers
    encoding = size_of(feature_map_gates(spec.qubits, spec.feature_map))
    names = [name for name, _ in rotation_gates(spec.qubits, layers)] * (layers.count + 1)
    turns = names.count("ry") + CHEAP_SHARE * (names.count("rz") + size.two_qubit_gates)
    if spec.algorithm.uploads == "once":
        states = min(row_runs, calls * amplitudes)
        work = turns * states + FORWARD_SHARE * encoding.one_qubit_gates * row_runs
    else:
        states = row_runs
        work = (turns + layers.count * encoding.one_qubit_gates) * states
    blocks = max(calls, states * amplitudes / BLOCK_AMPLITUDES)
    gates = size.one_qubit_gates + size.two_qubit_gates
    return work * amplitudes * TURN_AMPLITUDE_SECONDS + gates * blocks * GATE_BLOCK_SECONDS


def _runs_a_step(spec: QnnSpec) -> float:
    """Runs of the circuit over the batch, in gradients."""
    optimiser = spec.algorithm.optimiser
    if isinstance(optimiser, NaturalGradient):
        return 1 + spec.algorithm.weights(spec.qubits) / 6
    return 1.3 if isinstance(optimiser, Lbfgs) else 1


def _baseline_seconds(spec: QnnSpec, rows: float) -> float:
    """On one training part of so many rows."""
    baselines, folds = spec.baselines, spec.algorithm.inner_folds
    widths = sum(len(baselines.gamma_grid) if model == "rbf" else 1 for model in baselines.models)
    fits = len(baselines.features) * len(baselines.c_grid) * widths * folds
    seconds = fits * (FIT_SECONDS + rows**2 * FIT_ENTRY_SECONDS)
    if spec.boosting is None:
        return seconds
    for kind in baselines.features:
        cells = rows * (spec.qubits if kind == "reduced" else len(spec.datasets[0].columns.features))
        grown = (TREE_SECONDS + depth * cells * TREE_CELL_SECONDS for depth in spec.boosting.depths)
        seconds += spec.boosting.trees * (folds + 0.5) * sum(grown)
    return seconds


def _gates(spec: QnnSpec) -> Iterator[Gate]:
    layers = spec.algorithm.layers
    for number in range(layers.count):
        if number == 0 or spec.algorithm.uploads == "every-layer":
            yield from feature_map_gates(spec.qubits, spec.feature_map)
        yield from (wires for _, wires in rotation_gates(spec.qubits, layers))
        yield from (wires for _, wires in entangling_gates(spec.qubits, layers, number))
    yield from (wires for _, wires in rotation_gates(spec.qubits, layers))
