"""The partitions beside each other: measured, greedy, annealed, random, exact."""

import numpy as np
from numpy.typing import NDArray

from qjobs.algorithms.graph import Graph
from qjobs.algorithms.qaoa.maxcut import cuts, qubo_of, state_of
from qjobs.engines.annealer import AnnealerEngine
from qjobs.spec import GraphSpec

RANDOM_STREAM = 1
TIE = 1e-9
"""Cuts closer than this, as a share of all weight, are equal: sums in another order differ by less."""


def classical_answers(spec: GraphSpec, graph: Graph) -> dict[str, float]:
    """Weights cut by greedy flips from one random partition, by simulated annealing at the spec's budget, and
    by the best of as many random partitions as the circuit is measured."""
    engine, qubo, method = AnnealerEngine(spec.limits.memory_bytes), qubo_of(graph), spec.algorithm
    greedy = engine.descend(qubo, reads=1, seed=spec.seed)
    annealed = engine.anneal(
        qubo, reads=method.annealing_reads, sweeps=method.annealing_sweeps, seed=spec.seed
    )
    dice = np.random.default_rng([spec.seed, 0, RANDOM_STREAM])
    drawn = dice.integers(0, 2**spec.qubits, size=spec.shots, dtype=np.int64)
    found = np.array([state_of(greedy.bits), state_of(annealed.bits)])
    by_flips, by_annealing = (float(weight) for weight in cuts(graph, found))
    return {"greedy": by_flips, "annealing": by_annealing, "random": float(cuts(graph, drawn).max())}


def best_measured(graph: Graph, outcomes: NDArray) -> int:
    """The basis state that cuts most; of equals the one that was measured first."""
    weights = cuts(graph, outcomes)
    return int(outcomes[int(np.flatnonzero(weights >= weights.max() - TIE * graph.total_weight)[0])])
