"""Channels for the nodes of a network, so that those who share one disturb each other least."""

import numpy as np
from numpy.typing import NDArray

from qjobs.algorithms.graph import Graph
from qjobs.algorithms.optimisation.problem import Choice
from qjobs.algorithms.qubo import Qubo, square_of
from qjobs.spec.problems import ChannelAssignment


def channel_choice(problem: ChannelAssignment, graph: Graph) -> Choice:
    """Bit node x channels + c says that the node has channel c.

    Violation: the sum of (1 - channels of the node) squared. Bound: the largest weight at one node. Taking
    one channel of several away costs nothing, and giving a node one that it lacks at most that weight.
    """
    channels, nodes = problem.channels, len(graph.nodes)
    count = nodes * channels
    objective, violation = np.zeros((count, count)), Qubo.zero(count)
    for (first, second), weight in zip(graph.edges, graph.weights, strict=True):
        for channel in range(channels):
            objective[first * channels + channel, second * channels + channel] += weight
    for node in range(nodes):
        own = np.arange(count) // channels == node
        violation = violation + square_of(own.astype(np.float64), -1)
    return Choice(
        variables=tuple(f"{node}: {channel + 1}" for node in graph.nodes for channel in range(channels)),
        is_largest=False,
        objective=Qubo(objective),
        violation=violation,
        bound=float(_weights_at(graph).max()),
        greedy=_greedy(graph, channels),
    )


def _weights_at(graph: Graph) -> NDArray:
    """(nodes,) the weight of the edges at each node."""
    return np.bincount(graph.edges.ravel(), np.repeat(graph.weights, 2), minlength=len(graph.nodes))


def _greedy(graph: Graph, channels: int) -> NDArray:
    """Node by node from the heaviest, each takes the channel in which it is disturbed least."""
    bits = np.zeros((len(graph.nodes), channels), dtype=np.int64)
    for node in np.argsort(-_weights_at(graph), kind="stable"):
        disturbed = np.zeros(channels)
        for (first, second), weight in zip(graph.edges, graph.weights, strict=True):
            if node in (first, second):
                disturbed += weight * bits[second if node == first else first]
        bits[node, int(disturbed.argmin())] = 1
    return bits.ravel()
