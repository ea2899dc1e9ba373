"""The cost of QAOA on a choice under constraints: one row is one edge, or one period of returns."""

from collections.abc import Iterator

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
from qjobs.spec.costs.qaoa import STATES_HELD, gradient_seconds, refused_edges
from qjobs.spec.problems import MAX_PERIODS, ChannelAssignment, Route, VertexCover
from qjobs.spec.qubo import QuboSpec
from qjobs.spec.sizes import AMPLITUDE_BYTES

LOAD_SECONDS = 1.0
"""Aer and the samplers."""

GRADIENTS_A_LAYER = 16
"""Of one training; penalties make the landscape rougher than a cut's."""

CACHED_QUBITS, UNCACHED = 16, 1.5
"""Above so many qubits a state no longer fits the cache, and a gradient takes so much longer."""

LOOK_SECONDS = 2e-8
"""For each basis state and qubit: every choice is looked at."""

ANNEALING_UPDATES_PER_SECOND = 2e7
VECTORS_HELD = 12


def qubo_cost(spec: QuboSpec, rows: int) -> Cost:
    """Gates as on a ring of nodes, or on every pair of assets or arcs, of which fewer may be needed."""
    size = size_of(_gates(spec))
    method, amplitudes = spec.algorithm, 2**spec.qubits
    circuits = method.seeds * method.restarts * _gradients_a_start(spec)
    updates = method.seeds * method.annealing_reads * method.annealing_sweeps * spec.qubits
    seconds = START_SECONDS + LOAD_SECONDS + sum(start_seconds(spec, rows))
    seconds += LOOK_SECONDS * amplitudes * spec.qubits + updates / ANNEALING_UPDATES_PER_SECOND
    memory = PROCESS_BYTES + (STATES_HELD * AMPLITUDE_BYTES + VECTORS_HELD * FLOAT_BYTES) * amplitudes
    seconds += evaluation_seconds(spec.noise_evaluation, size, spec.qubits, method.seeds)
    noisy_seconds, noisy_bytes = noisy_cost(spec.noise, size, spec.qubits)
    return Cost(
        size=size,
        circuits=circuits,
        rows_carried_max=rows,
        memory_bytes=memory + noisy_bytes,
        cpu_seconds=round(seconds + noisy_seconds, 1),
        refusals=_refusals(spec, rows),
    )


def start_seconds(spec: QuboSpec, _rows: int) -> list[float]:
    """Of each training, seed by seed."""
    method = spec.algorithm
    gradient = gradient_seconds(method.layers, spec.qubits)
    gradient *= UNCACHED if spec.qubits > CACHED_QUBITS else 1.0
    return [_gradients_a_start(spec) * gradient] * (method.seeds * method.restarts)


def _gradients_a_start(spec: QuboSpec) -> int:
    return min(round(1.3 * spec.algorithm.iterations), GRADIENTS_A_LAYER * spec.algorithm.layers)


def _refusals(spec: QuboSpec, rows: int) -> tuple[str, ...]:
    """More rows than the problem can have."""
    match spec.algorithm.problem:
        case VertexCover():
            return refused_edges(rows, spec.qubits)
        case ChannelAssignment(channels=channels):
            return refused_edges(rows, spec.qubits // channels)
        case Route():
            return refused_above(rows, spec.qubits, "each is an edge, which takes a qubit at least")
        case _:
            return refused_above(rows, MAX_PERIODS, "each is a period")


def example_pairs(spec: QuboSpec) -> Iterator[tuple[int, int]]:
    """The pairs of qubits that are coupled, as far as the spec alone says."""
    match spec.algorithm.problem:
        case VertexCover():
            yield from _ring(spec.qubits)
        case ChannelAssignment(channels=channels):
            for first, second in _ring(spec.qubits // channels):
                yield from ((first * channels + each, second * channels + each) for each in range(channels))
            for node in range(spec.qubits // channels):
                own = entangled_pairs(channels, "full")
                yield from ((node * channels + one, node * channels + other) for one, other in own)
        case _:
            yield from entangled_pairs(spec.qubits, "full")


def _ring(nodes: int) -> list[tuple[int, int]]:
    return sorted({(min(node, (node + 1) % nodes), max(node, (node + 1) % nodes)) for node in range(nodes)})


def _gates(spec: QuboSpec) -> Iterator[Gate]:
    qubits = [(qubit,) for qubit in range(spec.qubits)]
    pairs = sorted(example_pairs(spec))
    yield from qubits
    for _ in range(spec.algorithm.layers):
        yield from pairs
        yield from qubits
        yield from qubits
