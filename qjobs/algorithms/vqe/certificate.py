"""Checks a posted VQE artefact against the Hamiltonian.

Training is not compared by bytes: the posted angles of a state are accepted when the rebuilt landscape, held
away from the posted states below, is flat there and no higher than at the rebuilt angles. Every other number
must follow from the posted angles within 1e-9 of the sum of all coefficients.
"""

from collections.abc import Callable, Iterator, Mapping

from numpy.typing import NDArray

from common.strict_json import NotJson, strict_loads
from qjobs.algorithms.circuits import as_qasm
from qjobs.algorithms.comparing import EXACT_TOLERANCE, document_findings, text_findings
from qjobs.algorithms.errors import ModelRefused
from qjobs.algorithms.noise_evaluation.evaluation import judge
from qjobs.algorithms.progress import OnProgress, Watch, ignore_progress, never_cancel
from qjobs.algorithms.result import (
    CARD_FILE,
    METRICS_FILE,
    MODEL_FILE,
    PREPROCESSING_FILE,
    QASM_FILE,
    Finding,
)
from qjobs.algorithms.usage import card_findings
from qjobs.algorithms.vqe.card import model_card
from qjobs.algorithms.vqe.circuit import trial_circuit
from qjobs.algorithms.vqe.hamiltonian import Hamiltonian
from qjobs.algorithms.vqe.job import shown_terms
from qjobs.algorithms.vqe.metrics import ENERGY_TIE, metrics_of
from qjobs.algorithms.vqe.model import VqeModel, read_model
from qjobs.algorithms.vqe.training import SLOPE_TOLERANCE, Landscape, trained_angles
from qjobs.algorithms.vqe.trial import energy_trial
from qjobs.spec import EnergySpec

RESIDUAL_SLACK = 10
ENERGY_REACH = 20.0
MOST_ENERGY_SLACK = 5e-3
"""Where its iterations end a training before the slope is gone, other last digits end it elsewhere: at so
many times the slope, and higher by so many radians of it, up to a share of all coefficients. Starts moved by
1e-14 gave 3 times, 10 radians and 2e-3."""


def certify_vqe(
    spec: EnergySpec,
    hamiltonian: Hamiltonian,
    files: Mapping[str, bytes],
    on_progress: OnProgress = ignore_progress,
) -> Iterator[Finding]:
    """Findings for every file given, in this order: Hamiltonian, circuit, model, metrics, card, counts."""
    landscape = Landscape.of(spec, hamiltonian)
    watch = Watch(spec.algorithm.states * spec.algorithm.restarts, on_progress, never_cancel)
    rebuilt = trained_angles(spec, landscape, watch)
    model, findings = _model_of(spec, landscape, files)
    angles = rebuilt if model is None else model.angles
    judged = judge(spec, lambda _: energy_trial(spec, hamiltonian, angles[0]), files)
    metrics = {**metrics_of(spec, hamiltonian, landscape, angles), **judged.metrics}
    card, terms = model_card(spec, metrics).encode(), shown_terms(spec, hamiltonian)
    checks: dict[str, Callable[[bytes], Iterator[Finding]]] = {
        PREPROCESSING_FILE: lambda block: _json_findings(PREPROCESSING_FILE, terms, block, 1.0),
        QASM_FILE: lambda block: text_findings(QASM_FILE, as_qasm(trial_circuit(spec)), block),
        MODEL_FILE: lambda block: iter(findings),
        METRICS_FILE: lambda block: _json_findings(METRICS_FILE, dict(metrics), block, landscape.scale),
        CARD_FILE: lambda block: card_findings(card, block),
    }
    if model is not None:
        findings += _training_findings(landscape, rebuilt, model.angles)
        findings.append(_energy_finding(landscape, model))
    for name, check in checks.items():
        if name in judged.files:
            yield from check(judged.files[name])
    yield from judged.findings


def _model_of(
    spec: EnergySpec, landscape: Landscape, files: Mapping[str, bytes]
) -> tuple[VqeModel | None, list[Finding]]:
    """The posted model, or why there is none."""
    if MODEL_FILE not in files:
        return None, []
    shape = {"states": spec.algorithm.states, "parameters": landscape.parameters}
    try:
        return read_model(files[MODEL_FILE], **shape), []
    except ModelRefused as error:
        return None, [Finding(MODEL_FILE, False, "a VQE model", "unreadable", str(error))]


def _training_findings(landscape: Landscape, rebuilt: NDArray, posted: NDArray) -> list[Finding]:
    findings = []
    for number in range(len(posted)):
        before, own = landscape.states(posted[:number]), landscape.states(rebuilt[:number])
        residual, left = landscape.residual(posted[number], before), landscape.residual(rebuilt[number], own)
        is_done = left <= 10 * SLOPE_TOLERANCE
        allowed = 10 * SLOPE_TOLERANCE if is_done else RESIDUAL_SLACK * left
        slack = ENERGY_TIE if is_done else min(MOST_ENERGY_SLACK, ENERGY_REACH * left)
        wanted, found = landscape.value(rebuilt[number], own) + slack, landscape.value(posted[number], before)
        name = f"{MODEL_FILE} state {number}"
        findings += [
            Finding(
                f"{name} optimality",
                residual <= allowed,
                f"residual <= {allowed:.1e}",
                f"{residual:.1e}",
            ),
            Finding(
                f"{name} energy",
                found <= wanted,
                f"at most {wanted * landscape.scale:.9f}",
                f"{found * landscape.scale:.9f}",
            ),
        ]
    return findings


def _energy_finding(landscape: Landscape, model: VqeModel) -> Finding:
    """Whether the energies beside the angles are theirs."""
    differences = abs(landscape.energies(model.angles) - model.energies)
    allowed = EXACT_TOLERANCE * max(1.0, landscape.scale)
    largest = float(differences.max())
    return Finding(f"{MODEL_FILE} energies", largest <= allowed, f"within {allowed:.0e}", f"{largest:.1e}")


def _json_findings(name: str, expected: object, block: bytes, scale: float) -> Iterator[Finding]:
    try:
        posted = strict_loads(block)
    except NotJson:
        yield Finding(name, False, "JSON", "unreadable")
        return

    def tolerance(path: str) -> float:
        power = 2 if path.endswith(".variance") else 1
        return EXACT_TOLERANCE * max(1.0, scale) ** power

    yield from document_findings(name, expected, posted, tolerance)
