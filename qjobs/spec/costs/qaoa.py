"""The cost of QAOA on a graph of so many edges: one row is one edge."""

from collections.abc import Iterator
from itertools import islice

from qjobs.spec.circuit_size import Gate, entangled_pairs, size_of
from qjobs.spec.costs.figures import (
    FLOAT_BYTES,
    PROCESS_BYTES,
    START_SECONDS,
    Cost,
    noisy_cost,
    refused_above,
)
from qjobs.spec.costs.measuring import evaluation_seconds
from qjobs.spec.graph import GraphSpec
from qjobs.spec.sizes import AMPLITUDE_BYTES

GRADIENTS_A_LAYER = 13
"""Of one training, until the slope is gone; the line search may take 1.3 an iteration."""

GRADIENT_SECONDS = 5e-4
LAYER_SECONDS = 3e-4
AMPLITUDE_SECONDS = 7e-8
"""A gradient: whatever its size, for each layer, and for each amplitude, layer and qubit with two more."""

CUT_SECONDS = 1e-8
"""For each edge and basis state."""

STATES_HELD = 8


def qaoa_cost(spec: GraphSpec, rows: int) -> Cost:
    """Depth as if the edges were the first pairs in order: without the data nobody knows which they are."""
    size = size_of(_gates(spec, rows))
    method, amplitudes = spec.algorithm, 2**spec.qubits
    circuits = method.restarts * _gradients_a_start(spec)
    seconds = START_SECONDS + circuits * gradient_seconds(method.layers, spec.qubits)
    seconds += 2 * CUT_SECONDS * rows * amplitudes
    memory = PROCESS_BYTES + (STATES_HELD * AMPLITUDE_BYTES + 4 * FLOAT_BYTES) * amplitudes
    seconds += evaluation_seconds(spec.noise_evaluation, size, spec.qubits, 1)
    noisy_seconds, noisy_bytes = noisy_cost(spec.noise, size, spec.qubits)
    return Cost(
        size=size,
        circuits=circuits,
        rows_carried_max=rows,
        memory_bytes=memory + noisy_bytes,
        cpu_seconds=round(seconds + noisy_seconds, 1),
        refusals=refused_edges(rows, spec.qubits),
    )


def start_seconds(spec: GraphSpec, _rows: int) -> list[float]:
    """Of each training."""
    method = spec.algorithm
    each = _gradients_a_start(spec) * gradient_seconds(method.layers, spec.qubits)
    return [each] * method.restarts


def _gradients_a_start(spec: GraphSpec) -> int:
    return min(round(1.3 * spec.algorithm.iterations), GRADIENTS_A_LAYER * spec.algorithm.layers)


def refused_edges(rows: int, nodes: int) -> tuple[str, ...]:
    """More edges than so many nodes can have."""
    return refused_above(rows, nodes * (nodes - 1) // 2, f"each is an edge between two of {nodes} nodes")


def gradient_seconds(layers: int, qubits: int) -> float:
    """One value with its slopes."""
    return GRADIENT_SECONDS + layers * (LAYER_SECONDS + AMPLITUDE_SECONDS * 2**qubits * (qubits + 2))


def _gates(spec: GraphSpec, edges: int) -> Iterator[Gate]:
    qubits = [(qubit,) for qubit in range(spec.qubits)]
    yield from qubits
    for _ in range(spec.algorithm.layers):
        yield from islice(entangled_pairs(spec.qubits, "full"), edges)
        yield from qubits
