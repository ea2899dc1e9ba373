"""The whole job as one pure function: spec and graph in, files and metrics out."""

from pathlib import Path
from typing import Any

from qjobs.algorithms.checkpoints import Checkpoints
from qjobs.algorithms.graph import Graph, listed_edges
from qjobs.algorithms.noise_evaluation import evaluation as noise
from qjobs.algorithms.packing import packed
from qjobs.algorithms.progress import OnProgress, ShouldCancel, Watch, ignore_progress, never_cancel
from qjobs.algorithms.qaoa.card import model_card
from qjobs.algorithms.qaoa.circuit import qaoa_circuit
from qjobs.algorithms.qaoa.maxcut import cut_ising
from qjobs.algorithms.qaoa.metrics import evaluate
from qjobs.algorithms.qaoa.model import QaoaModel, model_bytes
from qjobs.algorithms.qaoa.training import Landscape, trained_angles
from qjobs.algorithms.qaoa.trial import cut_trial
from qjobs.algorithms.result import AlgorithmResult
from qjobs.engines.statevector import StatevectorEngine
from qjobs.spec import GraphSpec, spec_digest


def run_qaoa(
    spec: GraphSpec,
    graph: Graph,
    on_progress: OnProgress = ignore_progress,
    should_cancel: ShouldCancel = never_cancel,
    checkpoint: Path | None = None,
) -> AlgorithmResult:
    """Trains, measures and packs. Raises `TrainingCancelled` soon after `should_cancel` says so.

    `checkpoint`: a file to go on from and to write after every start; None keeps nothing.
    """
    layers = spec.algorithm.layers
    watch = Watch(spec.algorithm.restarts + 1, on_progress, should_cancel)
    landscape = Landscape.of(cut_ising(graph), layers, StatevectorEngine(spec.limits.memory_bytes))
    kept = Checkpoints(checkpoint, spec_digest(spec))
    angles = trained_angles(spec.algorithm, landscape, watch, seed=spec.seed, kept=kept)
    evaluation = evaluate(spec, graph, landscape, angles)
    measured = noise.evaluate(spec, lambda _: cut_trial(graph, angles), watch)
    metrics = {**evaluation.metrics, **measured.metrics}
    watch.step("answers", "measured, and held against classical answers")
    return packed(
        model=model_bytes(QaoaModel(angles[:layers], angles[layers:], evaluation.sides)),
        preprocessing=node_order(graph),
        circuit=qaoa_circuit(cut_ising(graph), layers),
        metrics=metrics,
        card=model_card(spec, metrics),
        measurements=measured.files,
    )


def node_order(graph: Graph) -> dict[str, Any]:
    """How the rows became qubits, as JSON values. Documents of the first release lack the edges."""
    return {
        "nodes": list(graph.nodes),
        "largest_weight": float(graph.weights.max()),
        "edges": listed_edges(graph),
    }
