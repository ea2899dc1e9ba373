"""Checks a posted machine against data, circuit, kernel and training rebuilt from the spec.

Training is not compared by bytes: weights are accepted when they are optimal on the rebuilt kernel, and
answers must be equal outside the margin. Every machine of a pair of classes is checked so.
"""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

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
from qjobs.algorithms.machines.card import model_card
from qjobs.algorithms.machines.fitting import answered_by
from qjobs.algorithms.machines.ground import Solution
from qjobs.algorithms.machines.metrics import GROUP_ROWS, forms_of, metrics_of
from qjobs.algorithms.machines.model import MachineModel, final_model, read_model_of, table_rows
from qjobs.algorithms.machines.rows import MachineTable
from qjobs.algorithms.machines.training import Trained, train
from qjobs.algorithms.machines.trial import machine_trial
from qjobs.algorithms.noise_evaluation.evaluation import REPORT, judge
from qjobs.algorithms.preprocessing import in_posted_form
from qjobs.algorithms.progress import OnProgress, ignore_progress, never_cancel
from qjobs.algorithms.result import (
    CARD_FILE,
    METRICS_FILE,
    MODEL_FILE,
    PREPROCESSING_FILE,
    QASM_FILE,
    Finding,
)
from qjobs.algorithms.svm import KKT_TOLERANCE
from qjobs.algorithms.usage import card_findings
from qjobs.engines.registry import open_engine
from qjobs.spec import MachineSpec

TRAINED_TOLERANCE = 1e-6
"""How far numbers may be apart that hang on trained weights, which agree by their certificate alone."""

COUNTED = ("accuracy", "macro_f1", "mean_difference", "interval[0]", "interval[1]", "auc", ".t", ".p_value")
"""Fields that a row inside the margin may move."""


UNTRAINED = ("geometry", "final_model.alignment", "final_model.kernel_")
"""Fields that follow from the kernel alone."""


def certify_machine(
    spec: MachineSpec,
    table: MachineTable,
    files: Mapping[str, bytes],
    on_progress: OnProgress = ignore_progress,
) -> Iterator[Finding]:
    """Findings for every file given, in the order pre-processing, circuit, model, metrics, card, counts."""
    spec = in_posted_form(spec, files)
    engine = open_engine(spec.engine, spec.limits.memory_bytes)
    trained = train(spec, table, engine, on_progress, never_cancel)
    kernel, (model, findings) = trained.final_kernel, _model_of(spec, table, trained, files)
    judged = judge(spec, lambda asked: machine_trial(spec, asked, table.rows, kernel.reduction, model), files)
    schema = posted_form(files.get(METRICS_FILE, b""), forms_of(spec))
    metrics = {**metrics_of(spec, table, trained, schema=schema), **judged.metrics}
    reduction = kernel.reduction.as_json(table.feature_names)
    circuit, card = as_qasm(feature_map_circuit(spec.qubits, spec.feature_map)), model_card(spec, metrics)
    tests: dict[str, Callable[[bytes], Iterator[Finding]]] = {
        PREPROCESSING_FILE: lambda block: _json_findings(PREPROCESSING_FILE, reduction, block),
        QASM_FILE: lambda block: text_findings(QASM_FILE, circuit, block),
        MODEL_FILE: lambda block: iter(findings),
        METRICS_FILE: lambda block: _json_findings(METRICS_FILE, dict(metrics), block, _slack(trained)),
        CARD_FILE: lambda block: card_findings(card.encode(), block),
    }
    for name, test in tests.items():
        if name in judged.files:
            yield from test(judged.files[name])
    yield from judged.findings


def _model_of(
    spec: MachineSpec, table: MachineTable, trained: Trained, files: Mapping[str, bytes]
) -> tuple[MachineModel, list[Finding]]:
    """The posted model and what is found of it; the rebuilt one where it is no model of this job."""
    rebuilt = final_model(spec, table.rows, trained)
    if MODEL_FILE not in files:
        return rebuilt, []
    findings = list(_model_findings(spec, table, trained, files[MODEL_FILE]))
    is_sound = all(finding.agrees for finding in findings)
    return (read_model_of(spec, files[MODEL_FILE]) if is_sound else rebuilt), findings


def _model_findings(
    spec: MachineSpec, table: MachineTable, trained: Trained, block: bytes
) -> Iterator[Finding]:
    try:
        posted = read_model_of(spec, block)
    except ModelRefused as error:
        yield Finding(MODEL_FILE, False, "a model of the spec", "unreadable", str(error))
        return
    rebuilt = final_model(spec, table.rows, trained)
    yield array_finding(f"{MODEL_FILE} setting", rebuilt.setting, posted.setting)
    yield array_finding(f"{MODEL_FILE} scale", rebuilt.scale, posted.scale)
    basis = table_rows(spec, table.rows)[trained.final.ground.basis]
    places = np.searchsorted(basis, posted.rows)
    if (np.diff(posted.rows) <= 0).any() or not np.array_equal(basis[places % len(basis)], posted.rows):
        yield Finding(f"{MODEL_FILE} rows", False, "rising rows of the basis", "others")
        return
    # A row without a weight would be there for the circuits of the noise evaluation alone.
    weighty, count = int((posted.weights != 0).any(axis=0).sum()), len(rebuilt.rows)
    if not weighty == len(posted.rows) == count:
        found = f"{len(posted.rows)} rows, {weighty} with a weight"
        yield Finding(f"{MODEL_FILE} rows", False, f"{count} rows, each with a weight", found)
        return
    yield array_finding(f"{MODEL_FILE} basis", trained.final_kernel.angles[places], posted.basis)
    sampled = places[: len(posted.kernel_sample)]
    expected = trained.final.ground.gram[np.ix_(sampled, sampled)]
    yield array_finding(f"{MODEL_FILE} kernel_sample", expected, posted.kernel_sample)
    weights = np.zeros_like(trained.final.solution.weights)
    weights[:, places] = posted.weights
    yield from _training_findings(spec, trained, posted, Solution(weights, posted.intercepts))


def _training_findings(
    spec: MachineSpec, trained: Trained, posted: MachineModel, solution: Solution
) -> Iterator[Finding]:
    """Whether weights are optimal, chances follow from them, and no row is answered otherwise."""
    final = trained.final
    residual = final.ground.residual(final.setting, solution)
    allowed = max(KKT_TOLERANCE, 2 * final.ground.residual(final.setting, final.solution))
    is_optimal = bool(residual <= allowed)
    yield Finding(f"{MODEL_FILE} optimality", is_optimal, f"residual <= {allowed:.1e}", f"{residual:.1e}")
    if len(final.sigmoids):
        yield _near(f"{MODEL_FILE} sigmoids", final.sigmoids, posted.sigmoids)
    mine, theirs = (
        answered_by(spec, final.ground.outputs(each), final.scale, sigmoids)
        for each, sigmoids in ((final.solution, final.sigmoids), (solution, posted.sigmoids))
    )
    if mine.answers.ndim == 1:
        yield _near(f"{MODEL_FILE} answers", mine.answers, theirs.answers)
        return
    is_other = mine.answers.argmax(axis=1) != theirs.answers.argmax(axis=1)
    different = int((is_other & ~mine.is_close).sum())
    yield Finding(f"{MODEL_FILE} classes", different == 0, "0 rows differ", f"{different} rows differ")


def _near(name: str, expected: NDArray, found: NDArray) -> Finding:
    scale = np.maximum(1.0, np.abs(expected))
    away = float(np.max(np.abs(expected - found) / scale, initial=0.0))
    return Finding(name, away <= TRAINED_TOLERANCE, f"within {TRAINED_TOLERANCE:.0e}", f"within {away:.1e}")


def _slack(trained: Trained) -> Mapping[str, float]:
    """How much rows inside the margin could move a share and a count: 0 where there are none, as is usual."""
    close = [each.is_close for said in trained.answered.values() for each in said]
    of_a_model = [sum(int(each.is_close.sum()) for each in said) for said in trained.answered.values()]
    return {
        "share": 2 * max(float(each.mean()) for each in close),
        "rows": float(max(int(each.sum()) for each in close)),
        "group": max(of_a_model) / GROUP_ROWS,
    }


def _json_findings(
    name: str, expected: object, block: bytes, slack: Mapping[str, float] | None = None
) -> Iterator[Finding]:
    """`slack` None: nothing in the document hangs on trained weights."""
    try:
        posted = strict_loads(block)
    except NotJson:
        yield Finding(name, False, "JSON", "unreadable")
        return

    def tolerance(path: str) -> float:
        if slack is None or path.startswith(UNTRAINED):
            return EXACT_TOLERANCE
        if path.startswith(REPORT):
            return TRAINED_TOLERANCE
        if path.startswith("groups.") and path.endswith("accuracy"):
            return max(TRAINED_TOLERANCE, slack["group"])
        if ".confusion" in path:
            return max(EXACT_TOLERANCE, slack["rows"])
        return max(TRAINED_TOLERANCE, slack["share"] if path.endswith(COUNTED) else 0.0)

    yield from document_findings(name, expected, posted, tolerance)
