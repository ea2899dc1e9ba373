"""One evaluation from end to end: measured for a result, or judged and followed from a posted one."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from common.strict_json import NotJson, strict_loads
from qjobs.algorithms.errors import ModelRefused
from qjobs.algorithms.noise_evaluation.measurements import Counts, counts_bytes, measured, read_counts
from qjobs.algorithms.noise_evaluation.report import noise_report
from qjobs.algorithms.noise_evaluation.trial import Setting, Trial, settings
from qjobs.algorithms.progress import Watch
from qjobs.algorithms.redrawing import redrawn_finding
from qjobs.algorithms.result import CARD_FILE, MEASUREMENTS_FILE, METRICS_FILE, Finding
from qjobs.engines.environment import drawn_with
from qjobs.spec import JobSpec
from qjobs.spec.noise import NoiseEvaluation

REPORT = "noise_evaluation"
"""The evaluation's place in the metrics."""

TrialMaker = Callable[[NoiseEvaluation], Trial]


@dataclass(frozen=True)
class Evaluation:
    """`metrics`: what is added to the document; `files`: to the artefact; empty where none is asked for."""

    metrics: Mapping[str, Any]
    files: Mapping[str, bytes]


def evaluate(spec: JobSpec, trial: TrialMaker, watch: Watch) -> Evaluation:
    """Measures as the spec asks, by its seed; `trial` is called only where it asks."""
    evaluation = spec.noise_evaluation
    if evaluation is None:
        return Evaluation({}, {})

    def told(name: str) -> None:
        watch.check()
        watch.tell("noise", f"measuring: {name.replace('_', ' ')}")

    tried = trial(evaluation)
    counts = measured(settings(evaluation, tried), shots=evaluation.shots, seed=spec.seed, told=told)
    report = noise_report(evaluation, tried, counts)
    return Evaluation({REPORT: report}, {MEASUREMENTS_FILE: counts_bytes(counts)})


@dataclass(frozen=True)
class Judged:
    """`metrics`: what follows from the posted counts, to add to the document; `files`: those that can be
    compared with what is rebuilt: without counts, nothing that tells of them."""

    metrics: Mapping[str, Any]
    files: Mapping[str, bytes]
    findings: tuple[Finding, ...]


def judge(spec: JobSpec, trial: TrialMaker, files: Mapping[str, bytes]) -> Judged:
    """The posted counts beside those that the rebuilt circuits give, drawn again by the spec's seed."""
    evaluation = spec.noise_evaluation
    if evaluation is None:
        return Judged({}, files, ())
    if MEASUREMENTS_FILE not in files:
        note = "without it nothing is said of the noise evaluation"
        missing = Finding(MEASUREMENTS_FILE, None, "", "", note)
        return Judged({}, _without_report(files), (missing,))
    tried = trial(evaluation)
    to_measure = settings(evaluation, tried)
    shapes = {each.name: each.shape for each in to_measure}
    try:
        counts = read_counts(files[MEASUREMENTS_FILE], shapes, evaluation.shots)
    except ModelRefused as error:
        refused = Finding(MEASUREMENTS_FILE, False, "counts of every setting", "unreadable", str(error))
        return Judged({}, _without_report(files), (refused,))
    drawn = measured(to_measure, shots=evaluation.shots, seed=spec.seed, told=_ignore)
    findings = tuple(_drawn_findings(drawn_with([evaluation.device]), to_measure, counts, drawn))
    return Judged({REPORT: noise_report(evaluation, tried, counts)}, files, findings)


def _ignore(name: str) -> None:
    """A check does not tell which setting it measures."""


def _drawn_findings(
    versions: Mapping[str, str], to_measure: tuple[Setting, ...], posted: Counts, drawn: Counts
) -> Iterator[Finding]:
    for setting in to_measure:
        yield redrawn_finding(
            f"{MEASUREMENTS_FILE} {setting.name}",
            posted[setting.name],
            drawn[setting.name],
            setting.chances,
            versions=versions,
            tests=len(to_measure),
        )


def _without_report(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    kept = {name: block for name, block in files.items() if name != CARD_FILE}
    try:
        metrics = strict_loads(kept.get(METRICS_FILE, b""))
    except NotJson:
        return kept
    if isinstance(metrics, dict):
        metrics.pop(REPORT, None)
        kept[METRICS_FILE] = json.dumps(metrics).encode()
    return kept
