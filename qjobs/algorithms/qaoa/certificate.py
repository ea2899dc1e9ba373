"""Checks a posted QAOA artefact against the graph.

Training is not compared by bytes: posted angles are accepted when the rebuilt landscape is flat there and no
lower than at the rebuilt angles. Every other number must follow from the posted angles within 1e-9.
"""

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from common.strict_json import NotJson, strict_loads
from qjobs.algorithms.checkpoints import Checkpoints
from qjobs.algorithms.circuits import as_qasm
from qjobs.algorithms.comparing import EXACT_TOLERANCE, document_findings, posted_form, text_findings
from qjobs.algorithms.errors import ModelRefused
from qjobs.algorithms.graph import Graph
from qjobs.algorithms.noise_evaluation.evaluation import judge
from qjobs.algorithms.progress import OnProgress, Watch, ignore_progress, never_cancel
from qjobs.algorithms.qaoa.card import model_card
from qjobs.algorithms.qaoa.circuit import qaoa_circuit
from qjobs.algorithms.qaoa.job import node_order
from qjobs.algorithms.qaoa.maxcut import cut_ising
from qjobs.algorithms.qaoa.metrics import Evaluation, evaluate, forms_of
from qjobs.algorithms.qaoa.model import QaoaModel, read_model
from qjobs.algorithms.qaoa.training import GRADIENT_TOLERANCE, Landscape, trained_angles
from qjobs.algorithms.qaoa.trial import cut_trial
from qjobs.algorithms.result import (
    CARD_FILE,
    METRICS_FILE,
    MODEL_FILE,
    PREPROCESSING_FILE,
    QASM_FILE,
    Finding,
)
from qjobs.algorithms.usage import card_findings
from qjobs.engines.statevector import StatevectorEngine
from qjobs.spec import GraphSpec, spec_digest

SHARE_TOLERANCE = 1e-6
"""How far the expected cut may lie below the rebuilt one, as a share of all weight."""


def certify_qaoa(
    spec: GraphSpec, graph: Graph, files: Mapping[str, bytes], on_progress: OnProgress = ignore_progress
) -> Iterator[Finding]:
    """Findings for every file given, in the order node order, circuit, model, metrics, card, counts."""
    layers = spec.algorithm.layers
    landscape = Landscape.of(cut_ising(graph), layers, StatevectorEngine(spec.limits.memory_bytes))
    watch = Watch(spec.algorithm.restarts, on_progress, never_cancel)
    unkept = Checkpoints(None, spec_digest(spec))
    rebuilt = trained_angles(spec.algorithm, landscape, watch, seed=spec.seed, kept=unkept)
    model, findings = _model_of(spec, files)
    angles = rebuilt if model is None else model.angles
    schema = posted_form(files.get(METRICS_FILE, b""), forms_of(spec))
    evaluation = evaluate(spec, graph, landscape, angles, schema=schema)
    judged = judge(spec, lambda _: cut_trial(graph, angles), files)
    metrics = {**evaluation.metrics, **judged.metrics}
    card = model_card(spec, metrics).encode()
    circuit = as_qasm(qaoa_circuit(cut_ising(graph), layers))
    checks: dict[str, Callable[[bytes], Iterator[Finding]]] = {
        PREPROCESSING_FILE: lambda block: _order_findings(spec, graph, block),
        QASM_FILE: lambda block: text_findings(QASM_FILE, circuit, block),
        MODEL_FILE: lambda block: iter(findings),
        METRICS_FILE: lambda block: json_findings(METRICS_FILE, metrics, block),
        CARD_FILE: lambda block: card_findings(card, block),
    }
    if model is not None:
        findings += training_findings(landscape, rebuilt, model.angles, MODEL_FILE)
        findings.append(_answer_finding(evaluation, model))
    for name, check in checks.items():
        if name in judged.files:
            yield from check(judged.files[name])
    yield from judged.findings


def _model_of(spec: GraphSpec, files: Mapping[str, bytes]) -> tuple[QaoaModel | None, list[Finding]]:
    """The posted model, or why there is none."""
    if MODEL_FILE not in files:
        return None, []
    try:
        return read_model(files[MODEL_FILE], layers=spec.algorithm.layers, nodes=spec.qubits), []
    except ModelRefused as error:
        return None, [Finding(MODEL_FILE, False, "a QAOA model", "unreadable", str(error))]


def training_findings(
    landscape: Landscape, rebuilt: np.ndarray, angles: np.ndarray, name: str, what: str = "expected cut"
) -> Iterator[Finding]:
    """Whether the landscape is flat at the posted angles, and no lower than at the rebuilt ones."""
    residual = landscape.residual(angles)
    allowed = max(10 * GRADIENT_TOLERANCE, 2 * landscape.residual(rebuilt))
    wanted, found = landscape.share(rebuilt)[0], landscape.share(angles)[0]
    yield Finding(f"{name} optimality", residual <= allowed, f"residual <= {allowed:.1e}", f"{residual:.1e}")
    yield Finding(
        f"{name} {what}",
        found >= wanted - SHARE_TOLERANCE,
        f"at least {wanted:.9f} of all weight",
        f"{found:.9f}",
    )


def _answer_finding(evaluation: Evaluation, model: QaoaModel) -> Finding:
    expected, found = ("".join(map(str, each.tolist())) for each in (evaluation.sides, model.sides))
    return Finding(f"{MODEL_FILE} sides", expected == found, expected, found)


def _order_findings(spec: GraphSpec, graph: Graph, block: bytes) -> Iterator[Finding]:
    """The first results told no edges; no result of a spec that asks for an evaluation is one of them."""
    order = node_order(graph)
    if spec.noise_evaluation is None and b'"edges"' not in block:
        del order["edges"]
    yield from json_findings(PREPROCESSING_FILE, order, block)


def json_findings(name: str, expected: object, block: bytes) -> Iterator[Finding]:
    """Of a posted document against the rebuilt one; numbers within 1e-9."""
    try:
        posted = strict_loads(block)
    except NotJson:
        yield Finding(name, False, "JSON", "unreadable")
        return
    yield from document_findings(name, expected, posted, lambda path: EXACT_TOLERANCE)
