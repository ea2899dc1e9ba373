"""Max-cut: part the nodes in two so that the edges between the parts weigh most.

Karp 1972, problem 21; as a QUBO in Lucas 2014 (arXiv:1302.5843, section 2.2 without the balance).
"""

import numpy as np
from numpy.typing import NDArray

from qjobs.algorithms.graph import Graph
from qjobs.algorithms.qubo import Ising


def cut_ising(graph: Graph) -> Ising:
    """C = sum of w/2 (1 - Z_a Z_b): its value in a basis state is the weight cut."""
    fields = np.zeros(len(graph.nodes))
    return Ising(graph.total_weight / 2, fields, graph.edges, -graph.weights / 2, graph.total_weight)


def qubo_of(graph: Graph) -> NDArray:
    """Q with -cut(x) = x^T Q x for bits x."""
    qubo = np.zeros((len(graph.nodes), len(graph.nodes)))
    for (first, second), weight in zip(graph.edges, graph.weights, strict=True):
        qubo[first, first] -= weight
        qubo[second, second] -= weight
        qubo[first, second] += 2 * weight
    return qubo


def cuts(graph: Graph, states: NDArray) -> NDArray:
    """The weight that each basis state cuts: (n,) int64, bit i is the side of node i -> (n,) float64."""
    weights = np.zeros(len(states))
    for (first, second), weight in zip(graph.edges, graph.weights, strict=True):
        weights += weight * ((states >> first ^ states >> second) & 1)
    return weights


def all_cuts(graph: Graph) -> NDArray:
    """The weight that every basis state cuts, (2**nodes,) float64: the exact answer by looking at all."""
    return cuts(graph, np.arange(2 ** len(graph.nodes), dtype=np.int64))


def side_of_nodes(graph: Graph, state: int) -> NDArray:
    """(nodes,) int64 of 0 and 1; the sides have no names, so the last node is on side 0."""
    bits = state >> np.arange(len(graph.nodes)) & 1
    sides: NDArray = bits ^ bits[-1]
    return sides


def state_of(sides: NDArray) -> int:
    """The basis state with these bits."""
    return int((sides.astype(np.int64) << np.arange(len(sides))).sum())
