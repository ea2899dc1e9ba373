"""A vertex cover: the fewest nodes that have an end of every edge."""

import numpy as np
from numpy.typing import NDArray

from qjobs.algorithms.graph import Graph
from qjobs.algorithms.optimisation.problem import Choice
from qjobs.algorithms.qubo import Qubo


def cover_choice(graph: Graph) -> Choice:
    """Violation: how many edges have no end chosen. Bound 1: one more node mends one edge at least."""
    count = len(graph.nodes)
    matrix = np.zeros((count, count))
    for first, second in graph.edges:
        matrix[first, second] += 1
        matrix[first, first] -= 1
        matrix[second, second] -= 1
    return Choice(
        variables=graph.nodes,
        is_largest=False,
        objective=Qubo(np.eye(count)),
        violation=Qubo(matrix, float(len(graph))),
        bound=1.0,
        greedy=_greedy(graph),
    )


def _greedy(graph: Graph) -> NDArray:
    """Chooses the node with the most edges left until none is; of equals the first."""
    chosen, left = np.zeros(len(graph.nodes), dtype=np.int64), graph.edges
    while len(left):
        node = int(np.bincount(left.ravel(), minlength=len(chosen)).argmax())
        chosen[node] = 1
        left = left[(left != node).all(axis=1)]
    return chosen
