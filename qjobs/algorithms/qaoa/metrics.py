"""metrics.json: what the trained circuit gives, beside classical answers; the same on every machine."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qjobs.algorithms.graph import Graph
from qjobs.algorithms.qaoa.answers import TIE, best_measured, classical_answers
from qjobs.algorithms.qaoa.circuit import qaoa_circuit
from qjobs.algorithms.qaoa.maxcut import all_cuts, cut_ising, cuts, side_of_nodes
from qjobs.algorithms.qaoa.training import Landscape
from qjobs.algorithms.statistics import CLASSICAL_WINS, NO_DIFFERENCE, QUANTUM_WINS
from qjobs.engines.aer import AerEngine
from qjobs.spec import GraphSpec, spec_digest

SCHEMA = "qommons/metrics/qaoa/2"
WITHOUT_SIDES = "qommons/metrics/qaoa/1"
SCHEMAS = (WITHOUT_SIDES, SCHEMA)
"""Documents of the first, without the side of each node, still verify."""


def forms_of(spec: GraphSpec) -> tuple[str, ...]:
    """Those that a result of this spec may be posted in: none from before what the spec asks for."""
    return SCHEMAS if spec.noise_evaluation is None else (SCHEMA,)


INTERVAL_METHOD = "normal, 95 %, over the measurements"
NORMAL_95 = 1.959963984540054


@dataclass(frozen=True)
class Evaluation:
    """metrics: the document as JSON values; sides: (nodes,) the best partition measured."""

    metrics: Mapping[str, Any]
    sides: NDArray


def evaluate(
    spec: GraphSpec, graph: Graph, landscape: Landscape, angles: NDArray, *, schema: str = SCHEMA
) -> Evaluation:
    """Everything that follows from the angles; equal angles give equal documents. `schema`: one of
    `SCHEMAS`."""
    weights = all_cuts(graph)
    exact = float(weights.max())
    is_optimum = weights >= exact - TIE * graph.total_weight
    chances = landscape.engine.probabilities(landscape.program, angles[None, :])[0]
    outcomes = landscape.engine.sample(landscape.program, angles[None, :], spec.shots, spec.seed)[0]
    best = best_measured(graph, outcomes)
    measured = float(cuts(graph, np.array([best]))[0])
    sides = side_of_nodes(graph, best)
    named = {} if schema == WITHOUT_SIDES else {"sides": "".join(map(str, sides.tolist()))}
    sampled = {**_sampled_report(weights[outcomes], is_optimum[outcomes]), **named}
    classical = classical_answers(spec, graph)
    answers = {"qaoa": measured, **classical, "exact": exact}
    verdict = _verdict(measured, max(classical.values()), TIE * graph.total_weight)
    metrics = {
        "schema": schema,
        "spec_digest": spec_digest(spec),
        "algorithm": spec.algorithm.name,
        "problem": spec.algorithm.problem,
        "rows": len(graph),
        "nodes": len(graph.nodes),
        "total_weight": graph.total_weight,
        "qubits": spec.qubits,
        "layers": spec.algorithm.layers,
        "expected_cut": float(chances @ weights),
        "expected_ratio": float(chances @ weights) / exact,
        "optimum_probability": float(chances[is_optimum].sum()),
        "sampled": {"shots": spec.shots, "best_cut": measured, **sampled},
        "interval_method": INTERVAL_METHOD,
        "answers": {name: {"cut": cut, "ratio": cut / exact} for name, cut in answers.items()},
        "noisy": _noisy_report(spec, graph, angles, weights, is_optimum),
        "verdict": verdict,
        "verdict_sentence": _sentence(verdict, spec.shots, answers, sampled),
    }
    return Evaluation(metrics, sides)


def _sampled_report(weights: NDArray, is_optimum: NDArray) -> dict[str, Any]:
    mean = float(weights.mean())
    half = NORMAL_95 * float(weights.std()) / len(weights) ** 0.5
    return {
        "mean_cut": mean,
        "interval": [mean - half, mean + half],
        "optimum_share": float(is_optimum.mean()),
    }


def _noisy_report(
    spec: GraphSpec, graph: Graph, angles: NDArray, weights: NDArray, is_optimum: NDArray
) -> dict[str, Any] | None:
    """The same circuit on the spec's noisy device, as infinitely many shots would show it."""
    if spec.noise is None:
        return None
    engine = AerEngine(spec.limits.memory_bytes, noise=spec.noise)
    program = engine.compile(qaoa_circuit(cut_ising(graph), spec.algorithm.layers))
    chances = engine.probabilities(program, angles[None, :])[0]
    return {
        "noise": spec.noise.model_dump(mode="json"),
        "expected_cut": float(chances @ weights),
        "optimum_probability": float(chances[is_optimum].sum()),
    }


def _verdict(measured: float, best_classical: float, tie: float) -> str:
    if abs(measured - best_classical) <= tie:
        return NO_DIFFERENCE
    return QUANTUM_WINS if measured > best_classical else CLASSICAL_WINS


def _sentence(verdict: str, shots: int, answers: Mapping[str, float], sampled: Mapping[str, Any]) -> str:
    said = "Quantum wins on this graph" if verdict == QUANTUM_WINS else verdict.capitalize()
    low, high = sampled["interval"]
    return (
        f"{said}: the best of {shots} measurements cuts {answers['qaoa']:g}, simulated annealing "
        f"{answers['annealing']:g}, greedy flips {answers['greedy']:g}, the best of {shots} random "
        f"partitions {answers['random']:g}; the largest cut there is weighs {answers['exact']:g}. One "
        f"measurement cuts {sampled['mean_cut']:.4g} on average (95 % interval {low:.4g} to {high:.4g})."
    )
