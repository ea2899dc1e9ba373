"""The shortest way between two nodes, as a flow of one from the one to the other."""

import numpy as np
from numpy.typing import NDArray

from qjobs.algorithms.errors import DatasetRefused
from qjobs.algorithms.graph import Graph
from qjobs.algorithms.optimisation.problem import Choice
from qjobs.algorithms.qubo import Qubo, square_of
from qjobs.spec.problems import Route

Arc = tuple[int, int, float]


def route_arcs(problem: Route, graph: Graph) -> list[Arc]:
    """(from, to, length) of each edge in both directions, but for those into the source and out of the
    target, in the order of the edges; raises `DatasetRefused` where an end is no node."""
    for end in (problem.source, problem.target):
        if end not in graph.nodes:
            raise DatasetRefused(f"no edge names the node {end!r}")
    source, target = graph.nodes.index(problem.source), graph.nodes.index(problem.target)
    return [
        (int(one), int(other), float(weight))
        for edge, weight in zip(graph.edges, graph.weights, strict=True)
        for one, other in (edge, edge[::-1])
        if other != source and one != target
    ]


def route_choice(problem: Route, graph: Graph, qubits: int) -> Choice:
    """One bit an arc. Violation: the sum over nodes of (arcs out - arcs in - 1 at the source, + 1 at the
    target) squared; it is 0 for a way, to which circles apart may be added at their length.

    Bound: half the length of the longest edges, one fewer than the nodes. No shortest way is longer than
    these, and a violation is 2 at least, since what the nodes lack or have too much adds up to 0.
    """
    arcs, nodes = route_arcs(problem, graph), len(graph.nodes)
    if len(arcs) != qubits:
        raise DatasetRefused(
            f"{len(graph)} edges give {len(arcs)} qubits, one a direction; the spec has {qubits}"
        )
    source, target = graph.nodes.index(problem.source), graph.nodes.index(problem.target)
    if target not in _reachable(arcs, source):
        raise DatasetRefused(f"no way leads from {problem.source!r} to {problem.target!r}")
    violation = Qubo.zero(qubits)
    for node in range(nodes):
        flow = np.array([(one == node) - (other == node) for one, other, _ in arcs], dtype=np.float64)
        violation = violation + square_of(flow, (node == target) - (node == source))
    longest = np.sort(graph.weights)[::-1][: nodes - 1]
    return Choice(
        variables=tuple(f"{graph.nodes[one]} > {graph.nodes[other]}" for one, other, _ in arcs),
        is_largest=False,
        objective=Qubo(np.diag([length for _, _, length in arcs])),
        violation=violation,
        bound=float(longest.sum()) / 2,
        greedy=_greedy(arcs, source, target),
    )


def _reachable(arcs: list[Arc], source: int) -> set[int]:
    found, grown = set[int](), {source}
    while grown != found:
        found = grown
        grown = found | {other for one, other, _ in arcs if one in found}
    return found


def _greedy(arcs: list[Arc], source: int, target: int) -> NDArray:
    """Always along the shortest arc to a node not seen yet, until the target or a dead end."""
    bits, here, seen = np.zeros(len(arcs), dtype=np.int64), source, {source}
    while here != target:
        onward = [
            (length, number)
            for number, (one, other, length) in enumerate(arcs)
            if one == here and other not in seen
        ]
        if not onward:
            break
        number = min(onward)[1]
        bits[number] = 1
        here = arcs[number][1]
        seen.add(here)
    return bits
