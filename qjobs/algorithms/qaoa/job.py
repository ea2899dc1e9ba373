"""The whole job as one pure function: spec and graph in, files and metrics out."""

from typing import Any

from qjobs.algorithms.graph import Graph
from qjobs.algorithms.packing import packed
from qjobs.algorithms.progress import OnProgress, ShouldCancel, Watch, ignore_progress, never_cancel
from qjobs.algorithms.qaoa.card import model_card
from qjobs.algorithms.qaoa.circuit import qaoa_circuit
from qjobs.algorithms.qaoa.metrics import evaluate
from qjobs.algorithms.qaoa.model import QaoaModel, model_bytes
from qjobs.algorithms.qaoa.training import Landscape, trained_angles
from qjobs.algorithms.result import AlgorithmResult
from qjobs.engines.statevector import StatevectorEngine
from qjobs.spec import GraphSpec


def run_qaoa(
    spec: GraphSpec,
    graph: Graph,
    on_progress: OnProgress = ignore_progress,
    should_cancel: ShouldCancel = never_cancel,
) -> AlgorithmResult:
    """Trains, measures and packs. Raises `TrainingCancelled` soon after `should_cancel` says so."""
    layers = spec.algorithm.layers
    watch = Watch(spec.algorithm.restarts + 1, on_progress, should_cancel)
    landscape = Landscape.of(graph, layers, StatevectorEngine(spec.limits.memory_bytes))
    angles = trained_angles(spec, graph, landscape, watch)
    evaluation = evaluate(spec, graph, landscape, angles)
    watch.step("answers", "measured, and held against classical answers")
    return packed(
        model=model_bytes(QaoaModel(angles[:layers], angles[layers:], evaluation.sides)),
        preprocessing=node_order(graph),
        circuit=qaoa_circuit(graph, layers),
        metrics=evaluation.metrics,
        card=model_card(spec, evaluation.metrics),
    )


def node_order(graph: Graph) -> dict[str, Any]:
    """How the rows became qubits, as JSON values."""
    return {"nodes": list(graph.nodes), "largest_weight": float(graph.weights.max())}
