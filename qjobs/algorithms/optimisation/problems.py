"""From a spec and its data to the choice that it asks for, and what of it the result's files say."""

from typing import Any

import numpy as np
from qiskit import QuantumCircuit

from qjobs.algorithms.graph import Graph, listed_edges
from qjobs.algorithms.optimisation.channels import channel_choice
from qjobs.algorithms.optimisation.cover import cover_choice
from qjobs.algorithms.optimisation.data import Assets, ProblemData
from qjobs.algorithms.optimisation.portfolio import portfolio_choice
from qjobs.algorithms.optimisation.problem import Choice
from qjobs.algorithms.optimisation.route import route_arcs, route_choice
from qjobs.algorithms.qaoa.circuit import qaoa_circuit
from qjobs.algorithms.qubo import Ising, Qubo
from qjobs.spec import QuboSpec
from qjobs.spec.costs.qubo import example_pairs
from qjobs.spec.problems import ChannelAssignment, Portfolio, Route, VertexCover


def choice_of(spec: QuboSpec, data: ProblemData) -> Choice:
    """The problem of the spec on the data; raises `DatasetRefused` where they do not fit."""
    match spec.algorithm.problem, data:
        case Portfolio() as problem, Assets():
            return portfolio_choice(problem, data)
        case VertexCover(), Graph():
            return cover_choice(data)
        case ChannelAssignment() as problem, Graph():
            return channel_choice(problem, data)
        case Route() as problem, Graph():
            return route_choice(problem, data, spec.qubits)
    raise TypeError(f"{spec.algorithm.problem.name} is not chosen on {type(data).__name__}")


def shown_problem(spec: QuboSpec, data: ProblemData, choice: Choice) -> dict[str, Any]:
    """How the rows became qubits, as JSON values; nodes of edges and arcs by their numbers."""
    shown: dict[str, Any] = {
        "problem": spec.algorithm.problem.model_dump(mode="json"),
        "variables": list(choice.variables),
        "penalty_bound": choice.bound,
    }
    if isinstance(data, Assets):
        return {
            **shown,
            "assets": list(data.names),
            "means": data.means.tolist(),
            "covariance": data.covariance.tolist(),
        }
    shown |= {"nodes": list(data.nodes), "edges": listed_edges(data)}
    if isinstance(spec.algorithm.problem, Route):
        shown["arcs"] = [[one, other] for one, other, _ in route_arcs(spec.algorithm.problem, data)]
    return shown


def example_choice_circuit(spec: QuboSpec) -> QuantumCircuit:
    """The circuit with as many qubits on terms of weight 1: before the vote nobody may look at the data."""
    matrix = np.eye(spec.qubits)
    for first, second in example_pairs(spec):
        matrix[first, second] = 1
    return qaoa_circuit(Ising.of(Qubo(matrix)), spec.algorithm.layers)
