"""Checks a posted choice against the data.

Training is not compared by bytes: posted angles are accepted when the rebuilt landscape is flat there and no
lower than at the rebuilt angles, seed by seed. The energy of the posted bits is computed from the problem's
own terms. Every other number must follow from the posted angles within 1e-9, the samples drawn anew.
"""

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from qjobs.algorithms.checkpoints import Checkpoints
from qjobs.algorithms.circuits import as_qasm
from qjobs.algorithms.comparing import EXACT_TOLERANCE, text_findings
from qjobs.algorithms.errors import ModelRefused
from qjobs.algorithms.noise_evaluation.evaluation import judge
from qjobs.algorithms.optimisation.answers import seeds_of
from qjobs.algorithms.optimisation.card import model_card
from qjobs.algorithms.optimisation.data import ProblemData
from qjobs.algorithms.optimisation.job import angles_of_seeds, landscape_of
from qjobs.algorithms.optimisation.metrics import Evaluation, evaluate
from qjobs.algorithms.optimisation.model import ChoiceModel, read_model
from qjobs.algorithms.optimisation.problem import Choice
from qjobs.algorithms.optimisation.problems import choice_of, shown_problem
from qjobs.algorithms.optimisation.trial import choice_trial
from qjobs.algorithms.progress import OnProgress, Watch, ignore_progress, never_cancel
from qjobs.algorithms.qaoa.certificate import json_findings, training_findings
from qjobs.algorithms.qaoa.circuit import qaoa_circuit
from qjobs.algorithms.qaoa.training import Landscape
from qjobs.algorithms.result import (
    CARD_FILE,
    METRICS_FILE,
    MODEL_FILE,
    PREPROCESSING_FILE,
    QASM_FILE,
    Finding,
)
from qjobs.algorithms.usage import card_findings
from qjobs.spec import QuboSpec, spec_digest


def certify_choice(
    spec: QuboSpec, data: ProblemData, files: Mapping[str, bytes], on_progress: OnProgress = ignore_progress
) -> Iterator[Finding]:
    """Findings for every file given, in the order problem, circuit, model, metrics, card, counts."""
    method, choice = spec.algorithm, choice_of(spec, data)
    landscape = landscape_of(spec, choice)
    watch = Watch(method.seeds * method.restarts, on_progress, never_cancel)
    rebuilt = angles_of_seeds(spec, landscape, watch, Checkpoints(None, spec_digest(spec)))
    model, findings = _model_of(spec, files)
    angles = rebuilt if model is None else model.angles
    evaluation = evaluate(spec, choice, len(data), landscape, angles)
    judged = judge(spec, lambda _: choice_trial(spec, choice, angles), files)
    metrics = {**evaluation.metrics, **judged.metrics}
    card = model_card(spec, metrics).encode()
    circuit = as_qasm(qaoa_circuit(landscape.ising, method.layers))
    shown = shown_problem(spec, data, choice)
    checks: dict[str, Callable[[bytes], Iterator[Finding]]] = {
        PREPROCESSING_FILE: lambda block: json_findings(PREPROCESSING_FILE, shown, block),
        QASM_FILE: lambda block: text_findings(QASM_FILE, circuit, block),
        MODEL_FILE: lambda block: iter(findings),
        METRICS_FILE: lambda block: json_findings(METRICS_FILE, metrics, block),
        CARD_FILE: lambda block: card_findings(card, block),
    }
    if model is not None:
        findings += _angle_findings(spec, landscape, rebuilt, model)
        findings += _answer_findings(spec, choice, evaluation, model)
    for name, check in checks.items():
        if name in judged.files:
            yield from check(judged.files[name])
    yield from judged.findings


def _model_of(spec: QuboSpec, files: Mapping[str, bytes]) -> tuple[ChoiceModel | None, list[Finding]]:
    """The posted model, or why there is none."""
    if MODEL_FILE not in files:
        return None, []
    method = spec.algorithm
    try:
        model = read_model(files[MODEL_FILE], seeds=method.seeds, layers=method.layers, qubits=spec.qubits)
    except ModelRefused as error:
        return None, [Finding(MODEL_FILE, False, "a model of a choice", "unreadable", str(error))]
    return model, []


def _angle_findings(
    spec: QuboSpec, landscape: Landscape, rebuilt: np.ndarray, model: ChoiceModel
) -> Iterator[Finding]:
    for seed, wanted, found in zip(seeds_of(spec), rebuilt, model.angles, strict=True):
        yield from training_findings(landscape, wanted, found, f"{MODEL_FILE} seed {seed}", "expected energy")


def _answer_findings(
    spec: QuboSpec, choice: Choice, evaluation: Evaluation, model: ChoiceModel
) -> Iterator[Finding]:
    wanted = evaluation.metrics["answer"]["energy"]
    found = choice.energy(spec.algorithm.penalty).value(model.bits)
    agrees = abs(found - wanted) <= EXACT_TOLERANCE * max(1.0, abs(wanted))
    yield Finding(f"{MODEL_FILE} energy of the bits", agrees, f"{wanted:.9g}", f"{found:.9g}")
    expected, posted = ("".join(map(str, each.tolist())) for each in (evaluation.bits, model.bits))
    yield Finding(f"{MODEL_FILE} bits", expected == posted, expected, posted)
