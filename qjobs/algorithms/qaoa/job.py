"""The whole job as one pure function: spec and graph in, files and metrics out."""

from typing import Any

import rfc8785

from qjobs.algorithms.circuits import as_qasm, as_qpy
from qjobs.algorithms.graph import Graph
from qjobs.algorithms.progress import OnProgress, ShouldCancel, Watch, ignore_progress, never_cancel
from qjobs.algorithms.qaoa.card import model_card
from qjobs.algorithms.qaoa.circuit import qaoa_circuit
from qjobs.algorithms.qaoa.metrics import evaluate
from qjobs.algorithms.qaoa.model import QaoaModel, model_bytes
from qjobs.algorithms.qaoa.training import Landscape, trained_angles
from qjobs.algorithms.result import (
    CARD_FILE,
    METRICS_FILE,
    MODEL_FILE,
    PREPROCESSING_FILE,
    QASM_FILE,
    QPY_FILE,
    AlgorithmResult,
)
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
    circuit = qaoa_circuit(graph, layers)
    files = {
        MODEL_FILE: model_bytes(QaoaModel(angles[:layers], angles[layers:], evaluation.sides)),
        PREPROCESSING_FILE: rfc8785.dumps(node_order(graph)),
        QASM_FILE: as_qasm(circuit),
        QPY_FILE: as_qpy(circuit),
        METRICS_FILE: rfc8785.dumps(dict(evaluation.metrics)),
        CARD_FILE: model_card(spec, evaluation.metrics).encode(),
    }
    return AlgorithmResult(files, evaluation.metrics)


def node_order(graph: Graph) -> dict[str, Any]:
    """How the rows became qubits, as JSON values."""
    return {"nodes": list(graph.nodes), "largest_weight": float(graph.weights.max())}
