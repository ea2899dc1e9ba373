"""What a choice is made on: a graph, or the returns of assets."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qjobs.algorithms.errors import DatasetRefused
from qjobs.algorithms.graph import Graph, read_edges, require_nodes
from qjobs.algorithms.rows import TableFile, number_in, numbered_rows, open_rows, position_of
from qjobs.spec import QuboSpec
from qjobs.spec.problems import MAX_PERIODS, ChannelAssignment, Portfolio, Route

LARGEST_RETURN = 1e6


@dataclass(frozen=True)
class Assets:
    """names: of the assets, in the order of the qubits; returns: (periods, assets) float64."""

    names: tuple[str, ...]
    returns: NDArray

    def __len__(self) -> int:
        """Periods, which are the rows of the data."""
        return len(self.returns)

    @property
    def means(self) -> NDArray:
        """(assets,) float64."""
        means: NDArray = self.returns.mean(axis=0)
        return means

    @property
    def covariance(self) -> NDArray:
        """(assets, assets) float64, divided by one less than the periods."""
        return np.atleast_2d(np.cov(self.returns, rowvar=False))


ProblemData = Graph | Assets


def read_problem_data(spec: QuboSpec, inputs: Mapping[int, TableFile]) -> ProblemData:
    """What the spec's dataset holds; raises `DatasetRefused` naming the row."""
    dataset = spec.datasets[0]
    problem, file = spec.algorithm.problem, inputs[dataset.token_id]
    if isinstance(problem, Portfolio):
        return _read_assets(spec, file)
    if isinstance(problem, Route):
        limit = f"{spec.qubits} qubits hold no route through so many"
        return read_edges(dataset, file, 2 * spec.qubits, limit)
    channels = problem.channels if isinstance(problem, ChannelAssignment) else 1
    nodes = spec.qubits // channels
    each = f"{channels} a node" if channels > 1 else "one a node"
    graph = read_edges(dataset, file, nodes, f"the spec has {spec.qubits} qubits, {each}")
    require_nodes(graph, nodes, spec.qubits)
    return graph


def _read_assets(spec: QuboSpec, file: TableFile) -> Assets:
    dataset = spec.datasets[0]
    columns, returns = dataset.columns.names, []
    with open_rows(file, dataset.format) as (header, rows):
        places = [position_of(header, name) for name in columns]
        for number, cells in numbered_rows(header, rows):
            returns.append(
                [_return(cells[place], number, name) for place, name in zip(places, columns, strict=True)]
            )
            if len(returns) > MAX_PERIODS:
                raise DatasetRefused(f"the dataset has more than {MAX_PERIODS} periods")
    if len(returns) < 2:
        raise DatasetRefused(f"the dataset has {len(returns)} periods; a covariance needs 2")
    return Assets(columns, np.array(returns, dtype=np.float64))


def _return(cell: str, row: int, column: str) -> float:
    number = number_in(cell, row, column)
    if not (math.isfinite(number) and abs(number) < LARGEST_RETURN):
        raise DatasetRefused(
            f"row {row}, column {column!r} is no return: a number below {LARGEST_RETURN:g}", field=column
        )
    return number
