"""Checks a posted QPCA artefact against data, circuit, kernel and components rebuilt from the spec.

Components are not compared by bytes: signs and the directions inside a shared eigenvalue are free. Posted
observables are accepted when the coordinates that they give the training rows solve the eigenvalue equation
of the rebuilt kernel, and when they are the sum over the training rows that these coordinates call for.
"""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import rfc8785

from common.strict_json import NotJson, strict_loads
from qjobs.algorithms.circuits import as_qasm, feature_map_circuit
from qjobs.algorithms.comparing import (
    EXACT_TOLERANCE,
    array_finding,
    document_findings,
    posted_form,
    text_findings,
)
from qjobs.algorithms.errors import ModelRefused
from qjobs.algorithms.noise_evaluation.evaluation import judge
from qjobs.algorithms.preprocessing import in_posted_form
from qjobs.algorithms.progress import OnProgress, ignore_progress, never_cancel
from qjobs.algorithms.qpca.card import model_card
from qjobs.algorithms.qpca.job import final_model
from qjobs.algorithms.qpca.metrics import forms_of, metrics_of
from qjobs.algorithms.qpca.model import QpcaModel, observables, preprocessing_of, read_model
from qjobs.algorithms.qpca.rows import Features
from qjobs.algorithms.qpca.training import TrainedQpca, train
from qjobs.algorithms.qpca.trial import coordinates_trial
from qjobs.algorithms.result import (
    CARD_FILE,
    METRICS_FILE,
    MODEL_FILE,
    PREPROCESSING_FILE,
    QASM_FILE,
    Finding,
)
from qjobs.algorithms.usage import card_findings
from qjobs.spec import ReductionSpec

METRICS_TOLERANCE = 1e-8
"""Shares given back come from least squares and eigenvectors of small eigenvalues."""


def certify_qpca(
    spec: ReductionSpec,
    features: Features,
    files: Mapping[str, bytes],
    on_progress: OnProgress = ignore_progress,
) -> Iterator[Finding]:
    """Findings for every file given, in the order pre-processing, circuit, model, metrics, card, counts."""
    spec = in_posted_form(spec, files)
    trained = train(spec, features, on_progress, never_cancel)
    model, findings = _model_of(spec, trained, files)
    judged = judge(
        spec, lambda asked: coordinates_trial(spec, asked, features, trained.reduction, model), files
    )
    schema = posted_form(files.get(METRICS_FILE, b""), forms_of(spec))
    metrics = {**metrics_of(spec, features, trained, schema=schema), **judged.metrics}
    prepared = strict_loads(rfc8785.dumps(preprocessing_of(trained.reduction, features.names)))
    circuit = as_qasm(feature_map_circuit(spec.qubits, spec.feature_map))
    card = model_card(spec, metrics).encode()
    checks: dict[str, Callable[[bytes], Iterator[Finding]]] = {
        PREPROCESSING_FILE: lambda block: _json_findings(
            PREPROCESSING_FILE, prepared, block, EXACT_TOLERANCE
        ),
        QASM_FILE: lambda block: text_findings(QASM_FILE, circuit, block),
        MODEL_FILE: lambda block: iter(findings),
        METRICS_FILE: lambda block: _json_findings(METRICS_FILE, dict(metrics), block, METRICS_TOLERANCE),
        CARD_FILE: lambda block: card_findings(card, block),
    }
    for name, check in checks.items():
        if name in judged.files:
            yield from check(judged.files[name])
    yield from judged.findings


def _model_of(
    spec: ReductionSpec, trained: TrainedQpca, files: Mapping[str, bytes]
) -> tuple[QpcaModel, list[Finding]]:
    """The posted model and what is found of it; the rebuilt one where it is no model of this job."""
    if MODEL_FILE not in files:
        return final_model(trained), []
    findings = list(_model_findings(spec, trained, files[MODEL_FILE]))
    if not all(finding.agrees for finding in findings):
        return final_model(trained), findings
    return read_model(files[MODEL_FILE], components=spec.algorithm.components, qubits=spec.qubits), findings


def _model_findings(spec: ReductionSpec, trained: TrainedQpca, block: bytes) -> Iterator[Finding]:
    try:
        posted = read_model(block, components=spec.algorithm.components, qubits=spec.qubits)
    except ModelRefused as error:
        yield Finding(MODEL_FILE, False, "a QPCA model", "unreadable", str(error))
        return
    rebuilt, states = trained.components, trained.states
    yield array_finding(f"{MODEL_FILE} bandwidth", np.array([trained.bandwidth]), posted.bandwidth)
    yield array_finding(f"{MODEL_FILE} eigenvalues", rebuilt.eigenvalues, posted.eigenvalues)
    scores = posted.coordinates(states)
    count, scale = len(states), np.sqrt(rebuilt.eigenvalues)
    unit = scores / (scale * count**0.5)
    yield array_finding(f"{MODEL_FILE} orthogonality", np.eye(len(scale)), unit.T @ unit)
    gram, means = np.abs(states.conj() @ states.T) ** 2, rebuilt.means
    centred = gram - means[:, None] - means[None, :] + means.mean()
    largest = float(np.abs(centred @ unit / count - unit * rebuilt.eigenvalues).max())
    yield Finding(
        f"{MODEL_FILE} components",
        largest <= EXACT_TOLERANCE,
        f"residual <= {EXACT_TOLERANCE:.0e}",
        f"{largest:.1e}",
    )
    called_for = unit / (scale * count**0.5)
    whole = observables(states, called_for)
    # Small eigenvalues magnify the last digits of what is posted.
    size = max(1.0, float(np.abs(called_for).max()) * count**0.5)
    yield array_finding(f"{MODEL_FILE} real", whole.real / size, posted.real / size)
    yield array_finding(f"{MODEL_FILE} imaginary", whole.imag / size, posted.imaginary / size)
    yield array_finding(f"{MODEL_FILE} offsets", rebuilt.means @ called_for / size, posted.offsets / size)


def _json_findings(name: str, expected: object, block: bytes, tolerance: float) -> Iterator[Finding]:
    try:
        posted = strict_loads(block)
    except NotJson:
        yield Finding(name, False, "JSON", "unreadable")
        return
    yield from document_findings(name, expected, posted, lambda path: tolerance)
