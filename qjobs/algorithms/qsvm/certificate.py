"""Checks a posted QSVM artefact against data, circuit, kernel and training rebuilt from the spec.

Training is not compared by bytes: weights are accepted when they are optimal for the rebuilt kernel (the
Karush-Kuhn-Tucker conditions of the soft-margin SVM), and labels must be equal outside the margin.
"""

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from common.strict_json import NotJson, strict_loads
from qjobs.algorithms.circuits import as_qasm, feature_map_circuit
from qjobs.algorithms.comparing import (
    EXACT_TOLERANCE,
    array_finding,
    document_findings,
    number_texts,
    posted_form,
    text_findings,
)
from qjobs.algorithms.errors import ModelRefused
from qjobs.algorithms.measured_kernels import posted_kernels
from qjobs.algorithms.noise_evaluation.evaluation import judge
from qjobs.algorithms.preprocessing import in_posted_form
from qjobs.algorithms.progress import OnProgress, ignore_progress, never_cancel
from qjobs.algorithms.qsvm.card import model_card
from qjobs.algorithms.qsvm.job import final_model
from qjobs.algorithms.qsvm.metrics import CONFUSION, forms_of, metrics_of
from qjobs.algorithms.qsvm.model import QsvmModel, read_model
from qjobs.algorithms.qsvm.training import TrainedQsvm, train
from qjobs.algorithms.qsvm.trial import kernel_trial
from qjobs.algorithms.result import (
    CARD_FILE,
    MEASUREMENTS_FILE,
    METRICS_FILE,
    MODEL_FILE,
    PREPROCESSING_FILE,
    QASM_FILE,
    Finding,
)
from qjobs.algorithms.svm import KKT_TOLERANCE, MARGIN, SvmSolution, kkt_residual
from qjobs.algorithms.table import Table
from qjobs.algorithms.usage import card_findings
from qjobs.engines.protocol import KernelEngine
from qjobs.engines.registry import open_engine
from qjobs.spec import LearningSpec
from qjobs.spec.document import EXACT_ENGINE

COUNTED = ("accuracy", "balanced_accuracy", "mean_accuracy", "mean_difference", "interval[0]", "interval[1]")
"""Fields that a row inside the margin may move."""


def certify_qsvm(
    spec: LearningSpec, table: Table, files: Mapping[str, bytes], on_progress: OnProgress = ignore_progress
) -> Iterator[Finding]:
    """Findings for every file given, in this order: pre-processing, circuit, model, metrics, card, counts."""
    spec = in_posted_form(spec, files)
    if spec.engine == EXACT_ENGINE:
        engine = open_engine(EXACT_ENGINE, spec.limits.memory_bytes)
        yield from _findings(spec, table, files, engine, on_progress)
    elif MEASUREMENTS_FILE not in files:
        yield Finding(MEASUREMENTS_FILE, None, "", "", "without it nothing can be trained on the counts")
    else:
        yield from _measured_findings(spec, table, files, on_progress)


def _measured_findings(
    spec: LearningSpec, table: Table, files: Mapping[str, bytes], on_progress: OnProgress
) -> Iterator[Finding]:
    """What follows from the posted kernel entries, then whether these are what the seed draws."""
    try:
        kernels = posted_kernels(spec, files[MEASUREMENTS_FILE])
        yield from _findings(spec, table, files, kernels, on_progress)
    except ModelRefused as error:
        yield Finding(MEASUREMENTS_FILE, False, "counts of every kernel entry", "others", str(error))
    else:
        yield from kernels.findings()


def _findings(
    spec: LearningSpec,
    table: Table,
    files: Mapping[str, bytes],
    engine: KernelEngine,
    on_progress: OnProgress,
) -> Iterator[Finding]:
    trained = train(spec, table, engine, on_progress, never_cancel)
    model, findings = _model_of(table, trained, files)
    judged = judge(spec, lambda asked: kernel_trial(spec, asked, table, trained.reduction, model), files)
    schema = posted_form(files.get(METRICS_FILE, b""), forms_of(spec))
    metrics = {**metrics_of(spec, table, trained, schema=schema), **judged.metrics}
    checks: dict[str, Callable[[bytes], Iterator[Finding]]] = {
        PREPROCESSING_FILE: lambda block: _preprocessing_findings(trained, table, block),
        QASM_FILE: lambda block: _circuit_findings(spec, block),
        MODEL_FILE: lambda block: iter(findings),
        METRICS_FILE: lambda block: _metrics_findings(metrics, trained, block),
        CARD_FILE: lambda block: card_findings(model_card(spec, metrics).encode(), block),
    }
    for name, check in checks.items():
        if name in judged.files:
            yield from check(judged.files[name])
    yield from judged.findings


def _model_of(
    table: Table, trained: TrainedQsvm, files: Mapping[str, bytes]
) -> tuple[QsvmModel, list[Finding]]:
    """The posted model and what is found of it; the rebuilt one where it is no model of this job."""
    if MODEL_FILE not in files:
        return final_model(trained), []
    findings = list(_model_findings(table, trained, files[MODEL_FILE]))
    is_sound = all(finding.agrees for finding in findings)
    return (read_model(files[MODEL_FILE]) if is_sound else final_model(trained)), findings


def _preprocessing_findings(trained: TrainedQsvm, table: Table, block: bytes) -> Iterator[Finding]:
    try:
        posted = strict_loads(block)
    except NotJson:
        yield Finding(PREPROCESSING_FILE, False, "JSON", "unreadable")
        return
    rebuilt = trained.reduction.as_json(table.feature_names)
    yield from document_findings(PREPROCESSING_FILE, rebuilt, posted, lambda path: EXACT_TOLERANCE)


def _circuit_findings(spec: LearningSpec, block: bytes) -> Iterator[Finding]:
    circuit = feature_map_circuit(spec.qubits, spec.feature_map)
    yield from text_findings(QASM_FILE, as_qasm(circuit), block)


def _model_findings(table: Table, trained: TrainedQsvm, block: bytes) -> Iterator[Finding]:
    try:
        posted = read_model(block)
    except ModelRefused as error:
        yield Finding(MODEL_FILE, False, "a QSVM model", "unreadable", str(error))
        return
    rebuilt = final_model(trained)
    for name in ("c", "bandwidth"):
        expected, found = getattr(rebuilt, name), getattr(posted, name)
        left, right = (repr(expected), repr(found)) if expected == found else number_texts(expected, found)
        yield Finding(f"{MODEL_FILE} {name}", expected == found, left, right)
    rows = posted.support_rows
    if not len(rows) or rows[0] < 0 or rows[-1] >= len(table) or (np.diff(rows) <= 0).any():
        yield Finding(f"{MODEL_FILE} support_rows", False, f"increasing rows below {len(table)}", "others")
        return
    # A row without a weight would be there for the circuits of the noise evaluation alone.
    weighty, count = int(np.count_nonzero(posted.dual_coef)), len(rebuilt.support_rows)
    if not weighty == len(rows) == count:
        found_rows = f"{len(rows)} rows, {weighty} with a weight"
        yield Finding(f"{MODEL_FILE} support_rows", False, f"{count} rows, each with a weight", found_rows)
        return
    angles = trained.final_kernel.angles[rows]
    yield array_finding(f"{MODEL_FILE} support_vectors", angles, posted.support_vectors)
    sampled = rows[: len(posted.kernel_sample)]
    kernel_sample = trained.final.gram[np.ix_(sampled, sampled)]
    yield array_finding(f"{MODEL_FILE} kernel_sample", kernel_sample, posted.kernel_sample)
    yield from _optimality_findings(table, trained, posted)


def _optimality_findings(table: Table, trained: TrainedQsvm, posted: QsvmModel) -> Iterator[Finding]:
    weights = np.zeros(len(table))
    weights[posted.support_rows] = posted.dual_coef
    solution = SvmSolution(weights, posted.intercept)
    final = trained.final
    residual = kkt_residual(final.gram, table.positive, final.chosen.c, solution)
    allowed = max(KKT_TOLERANCE, 2 * kkt_residual(final.gram, table.positive, final.chosen.c, final.solution))
    note = "" if residual <= allowed else _farthest_weight(final.solution, solution)
    yield Finding(
        f"{MODEL_FILE} optimality",
        bool(residual <= allowed),
        f"residual <= {allowed:.1e}",
        f"{residual:.1e}",
        note,
    )
    decision, rebuilt = solution.decision(final.gram), final.solution.decision(final.gram)
    clear = np.abs(rebuilt) > MARGIN
    different = int((((decision > 0) != (rebuilt > 0)) & clear).sum())
    yield Finding(f"{MODEL_FILE} labels", different == 0, "0 rows differ", f"{different} rows differ")


def _farthest_weight(rebuilt: SvmSolution, posted: SvmSolution) -> str:
    differences = np.abs(rebuilt.weights - posted.weights)
    row = int(np.nan_to_num(differences, nan=np.inf).argmax())
    if not differences[row] > abs(rebuilt.intercept - posted.intercept):
        return f"intercept says {posted.intercept:.6g}, rebuilt {rebuilt.intercept:.6g}"
    return f"the weight of row {row} says {posted.weights[row]:.6g}, rebuilt {rebuilt.weights[row]:.6g}"


def _metrics_findings(metrics: Mapping[str, object], trained: TrainedQsvm, block: bytes) -> Iterator[Finding]:
    """The posted document against the rebuilt one of the same form."""
    try:
        posted = strict_loads(block)
    except NotJson:
        yield Finding(METRICS_FILE, False, "JSON", "unreadable")
        return
    slack, rows = _slack(trained), _rows_within_margin(trained)

    def tolerance(path: str) -> float:
        if path.endswith("kkt_residual"):
            return KKT_TOLERANCE
        if f".{CONFUSION}." in path:
            return max(EXACT_TOLERANCE, rows)
        return max(EXACT_TOLERANCE, slack) if path.endswith(COUNTED) else EXACT_TOLERANCE

    yield from document_findings(METRICS_FILE, dict(metrics), posted, tolerance)


def _slack(trained: TrainedQsvm) -> float:
    """How much rows inside the margin could move an accuracy: 0 where there are none, as is usual."""
    shares = [
        outcome.rows_within_margin / len(outcome.decision)
        for outcomes in trained.outcomes.values()
        for outcome in outcomes
    ]
    return 2 * max(shares)


def _rows_within_margin(trained: TrainedQsvm) -> int:
    """The most rows of one test part whose label a last digit could turn."""
    return max(each.rows_within_margin for outcomes in trained.outcomes.values() for each in outcomes)
