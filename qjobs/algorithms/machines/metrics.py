"""metrics.json: what was measured, the same fields on every machine; no times and no names of machines."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from qjobs.algorithms.geometry import geometry_report, picked_rows
from qjobs.algorithms.kernels import FittedKernel
from qjobs.algorithms.machines.fitting import Fitted, alignments, are_close, fitting_rows
from qjobs.algorithms.machines.ground import Ground, Landmarks
from qjobs.algorithms.machines.rows import MachineTable
from qjobs.algorithms.machines.scores import SCORE_WORDS, SCORES, redrawn_scores, row_scores, split_score
from qjobs.algorithms.machines.training import QUANTUM, Trained
from qjobs.algorithms.preprocessing import leaves_form_open
from qjobs.algorithms.statistics import METHOD, compare, corrected_mean, with_bootstrap
from qjobs.algorithms.svm import KKT_TOLERANCE, MARGIN
from qjobs.spec import MachineSpec, spec_digest
from qjobs.spec.parts import ClassColumns

SCHEMA = "qommons/metrics/machines/3"
WITHOUT_BOOTSTRAP = "qommons/metrics/machines/2"
BY_SCORES = "qommons/metrics/machines/1"
SCHEMAS = (BY_SCORES, WITHOUT_BOOTSTRAP, SCHEMA)
"""Every form of the document that a result may have been posted in; a new result is in the last one. The
first counted the rows within the margin by the scores of votes, in which one machine at 0 does not show."""

BESIDE = {"classify": ("log_loss",), "regress": ("mae",), "detect": ()}
"""Further figures of each model with an interval of their own."""

GROUP_ROWS = 10
"""As many different rows at least stand behind what is told of a group's value; before the third form a row
counted once a split."""


def forms_of(spec: MachineSpec) -> tuple[str, ...]:
    """Those that a result of this spec may be posted in: none from before what the spec asks for."""
    if spec.noise_evaluation is not None:
        return (SCHEMA,)
    return SCHEMAS if leaves_form_open(spec) else (WITHOUT_BOOTSTRAP, SCHEMA)


def metrics_of(
    spec: MachineSpec, table: MachineTable, trained: Trained, *, schema: str = SCHEMA
) -> Mapping[str, Any]:
    """The document as JSON values, in one of its forms."""
    score, columns = SCORES[spec.algorithm.task], spec.datasets[0].columns
    reports = {name: _reports(spec, table, trained, name, schema) for name in trained.answered}
    test_to_train = len(trained.splits[0].test) / len(trained.splits[0].train)
    scores = {name: [each[score] for each in found] for name, found in reports.items()}
    comparison = compare(scores, QUANTUM, test_to_train, what=SCORE_WORDS[spec.algorithm.task])
    document = {
        "schema": schema,
        "spec_digest": spec_digest(spec),
        "algorithm": spec.algorithm.name,
        "task": spec.algorithm.task,
        "score": score,
        "classes": list(columns.classes) if isinstance(columns, ClassColumns) else [],
        "rows": len(table),
        "rows_of_each": np.bincount(table.rows.strata).tolist() if spec.algorithm.task != "regress" else [],
        "features": len(table.feature_names),
        "qubits": spec.qubits,
        "splits": [
            {
                "train_rows": len(split.train),
                "test_rows": len(split.test),
                **{name: found[number] for name, found in reports.items()},
            }
            for number, split in enumerate(trained.splits)
        ],
        "models": {name: _means(spec, found, test_to_train) for name, found in reports.items()},
        "interval_method": METHOD,
        **comparison.report(),
        "final_model": _final_report(spec, table, trained),
        "geometry": _geometry(spec, table, trained),
        "groups": {
            name: _groups(spec, table, trained, name, schema)
            for name in (QUANTUM, comparison.baseline)
            if table.groups
        },
        "margin": MARGIN,
        "kkt_tolerance": KKT_TOLERANCE,
    }
    if schema != SCHEMA:
        return document
    told = zip(*trained.answered.values(), strict=True)
    parts = [
        redrawn_scores(spec, table.rows.target[split.test], [each.answers for each in said])
        for split, said in zip(trained.splits, told, strict=True)
    ]
    return with_bootstrap(document, parts, QUANTUM)


def _reports(
    spec: MachineSpec, table: MachineTable, trained: Trained, name: str, schema: str
) -> list[dict[str, Any]]:
    """A split each: the scores, and of the quantum machine what was chosen."""
    found = []
    for number, split in enumerate(trained.splits):
        said = trained.answered[name][number]
        has_chances = spec.algorithm.is_calibrated or name.startswith("boosting")
        report = split_score(spec, table.rows.target[split.test], said.answers, has_chances=has_chances)
        if spec.algorithm.task != "regress":
            is_close = are_close(spec, said.answers) if schema == BY_SCORES else said.is_close
            report["rows_within_margin"] = int(is_close.sum())
        found.append(report | (_machine_report(trained.quantum[number]) if name == QUANTUM else {}))
    return found


def _machine_report(machine: Fitted) -> dict[str, Any]:
    setting = machine.setting
    return {
        "c": setting.c,
        "epsilon": setting.epsilon,
        "bandwidth": setting.width,
        "basis_rows": int((machine.solution.weights != 0).any(axis=0).sum()),
    }


def _means(spec: MachineSpec, reports: Sequence[Mapping[str, Any]], test_to_train: float) -> dict[str, Any]:
    """The score with its interval, which lies where the score can, and what is told beside it."""
    score = SCORES[spec.algorithm.task]
    mean = corrected_mean([each[score] for each in reports], test_to_train)
    low = mean.low if score == "r2" else max(0.0, mean.low)
    found: dict[str, Any] = {f"mean_{score}": mean.mean, "interval": [low, min(1.0, mean.high)]}
    for name in BESIDE[spec.algorithm.task]:
        if name in reports[0]:
            other = corrected_mean([each[name] for each in reports], test_to_train)
            found |= {f"mean_{name}": other.mean, f"{name}_interval": [max(0.0, other.low), other.high]}
    return found


def _final_report(spec: MachineSpec, table: MachineTable, trained: Trained) -> dict[str, Any]:
    final, rows = trained.final, fitting_rows(spec, table.rows)
    gram = final.ground.gram
    off_diagonal = gram[~np.eye(len(gram), dtype=bool)]
    widths, is_labelled = spec.algorithm.bandwidth_grid, spec.algorithm.task != "detect"
    kernel = trained.final_kernel.over(rows.features)
    return {
        **_machine_report(final),
        "rows": len(rows),
        "kkt_residual": final.ground.residual(final.setting, final.solution),
        "kernel_mean": float(off_diagonal.mean()),
        "kernel_variance": float(off_diagonal.var()),
        "alignment": alignments(spec, kernel, rows, widths) if is_labelled else [],
        "landmarks": landmark_report(final.ground, kernel, final.setting.width),
    }


def landmark_report(ground: Ground, kernel: FittedKernel, width: float) -> dict[str, Any] | None:
    """How far the kernel that was used is from the one it stands for, `kernel`, on rows evenly picked; None
    where it stands for none."""
    if not isinstance(ground, Landmarks):
        return None
    picked = picked_rows(len(ground.cross))
    exact = kernel.only(picked).square(width)
    away = exact - ground.coordinates[picked] @ ground.coordinates[picked].T
    return {
        "count": len(ground.basis),
        "compared_rows": len(picked),
        "relative_error": float(np.linalg.norm(away) / np.linalg.norm(exact)),
        "largest_error": float(np.abs(away).max()),
    }


def _geometry(spec: MachineSpec, table: MachineTable, trained: Trained) -> dict[str, Any]:
    """Of the final machine's kernel, at its bandwidth."""
    features = fitting_rows(spec, table.rows).features
    picked = picked_rows(len(features))
    kernel = trained.final_kernel.over(features[picked])
    return geometry_report(spec, kernel.square(trained.final.setting.width), features[picked])


def _groups(
    spec: MachineSpec, table: MachineTable, trained: Trained, model: str, schema: str
) -> dict[str, Any]:
    """Mean figure a group value over the test rows of all splits; a value with fewer than 10 different rows
    is left out."""
    name = "mean_absolute_error" if spec.algorithm.task == "regress" else "accuracy"
    report: dict[str, Any] = {}
    for column, values in table.groups.items():
        found: dict[str, list[float]] = {}
        rows: dict[str, list[int]] = {}
        for split, said in zip(trained.splits, trained.answered[model], strict=True):
            scores = row_scores(spec, table.rows.target[split.test], said.answers)
            for row, score in zip(split.test, scores, strict=True):
                found.setdefault(values[row], []).append(float(score))
                rows.setdefault(values[row], []).append(int(row))
        report[column] = {
            value: {"test_rows": len(each), name: math.fsum(each) / len(each)}
            for value, each in sorted(found.items())
            if len(set(rows[value]) if schema == SCHEMA else each) >= GROUP_ROWS
        }
    return report
