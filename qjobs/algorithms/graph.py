"""Weighted graphs, read from tables of edges."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qjobs.algorithms.errors import DatasetRefused
from qjobs.algorithms.rows import TableFile, number_in, numbered_rows, open_rows, position_of
from qjobs.spec import GraphSpec
from qjobs.spec.parts import DatasetVersion, EdgeColumns

LARGEST_WEIGHT = 1e12


@dataclass(frozen=True)
class Graph:
    """nodes: names in the order of the qubits; edges: (m, 2) int, first below second; weights: (m,) float64,
    above 0."""

    nodes: tuple[str, ...]
    edges: NDArray
    weights: NDArray

    def __len__(self) -> int:
        """Edges, which are the rows of the data."""
        return len(self.edges)

    @property
    def total_weight(self) -> float:
        return float(self.weights.sum())


def read_graph(spec: GraphSpec, inputs: Mapping[int, TableFile]) -> Graph:
    """The graph in the spec's dataset, one qubit a node; raises `DatasetRefused` naming the row."""
    dataset = spec.datasets[0]
    limit = f"the spec has {spec.qubits} qubits, one a node"
    graph = read_edges(dataset, inputs[dataset.token_id], spec.qubits, limit)
    require_nodes(graph, spec.qubits, spec.qubits)
    return graph


def read_edges(dataset: DatasetVersion, file: TableFile, most_nodes: int, limit: str) -> Graph:
    """The graph in a table of edges; more nodes than `most_nodes` are refused with the words of `limit`.

    Nodes are numbered by their names, as whole numbers where all of them are.
    """
    columns = dataset.columns
    if not isinstance(columns, EdgeColumns):
        raise TypeError("a graph is read from columns of edges")
    weights: dict[frozenset[str], float] = {}
    names: set[str] = set()
    with open_rows(file, dataset.format) as (header, rows):
        places = [position_of(header, name) for name in columns.names]
        for number, cells in numbered_rows(header, rows):
            source, target, *weight = (cells[place] for place in places)
            ends = frozenset((source, target))
            if len(ends) == 1:
                raise DatasetRefused(f"row {number} joins a node to itself", field=columns.target)
            if ends in weights:
                raise DatasetRefused(f"row {number} names an edge again", field=columns.target)
            weights[ends] = _weight(weight, number, columns.weight)
            names |= ends
            if len(names) > most_nodes:
                raise DatasetRefused(f"row {number} names node {len(names)}; {limit}")
    if not names:
        raise DatasetRefused("the graph has no edge")
    return _graph(names, weights)


def require_nodes(graph: Graph, nodes: int, qubits: int) -> None:
    """Raises `DatasetRefused` unless the graph has so many nodes."""
    if len(graph.nodes) != nodes:
        raise DatasetRefused(f"the graph has {len(graph.nodes)} nodes; the spec has {qubits} qubits")


def listed_edges(graph: Graph) -> list[list[float | int]]:
    """[first node, second node, weight] of each edge, nodes by their numbers, as JSON values."""
    return [
        [int(first), int(second), float(weight)]
        for (first, second), weight in zip(graph.edges, graph.weights, strict=True)
    ]


def _weight(cells: list[str], row: int, column: str | None) -> float:
    if column is None:
        return 1.0
    weight = number_in(cells[0], row, column)
    if not 0 < weight < LARGEST_WEIGHT:
        raise DatasetRefused(
            f"row {row}, column {column!r} is no weight above 0 and below {LARGEST_WEIGHT:g}", field=column
        )
    return weight


def _graph(names: set[str], weights: Mapping[frozenset[str], float]) -> Graph:
    are_numbers = all(name.isascii() and name.isdigit() for name in names)
    nodes = tuple(sorted(names, key=lambda name: (int(name) if are_numbers else 0, name)))
    number_of = {name: number for number, name in enumerate(nodes)}
    edges = sorted((*sorted(number_of[name] for name in ends), weight) for ends, weight in weights.items())
    return Graph(
        nodes,
        np.array([edge[:2] for edge in edges], dtype=np.int64),
        np.array([edge[2] for edge in edges], dtype=np.float64),
    )
