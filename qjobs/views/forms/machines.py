"""The forms of quantum-kernel machines with a task: several classes, a number, the unusual."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from qjobs.spec import MachineSpec
from qjobs.spec.parts import MAX_CLASSES
from qjobs.views.forms.feature_map import map_context
from qjobs.views.forms.fields import RUN_SECONDS, SPLITS, Field, Section
from qjobs.views.forms.form import Form, needs_features
from qjobs.views.forms.hardware import EVALUATION_ON_ROWS
from qjobs.views.forms.table import LabelColumn, TableOffer

QUESTION = Section("The question", template="qjobs/forms/machine.html")
CIRCUIT = Section("The circuit", template="qjobs/forms/feature_map.html")
FOLDS = (Field("algorithm.inner_folds", "Inner folds"), Field("seed", "Seed of the folds"), RUN_SECONDS)
BANDWIDTHS = Field("algorithm.bandwidth_grid", "Bandwidth to choose from", "grid", "factors on every angle")
C = Field("algorithm.c_grid", "C to choose from", "grid")
BY = Field(
    "algorithm.bandwidth_by",
    "Bandwidth chosen by",
    "choice",
    choices=(("validation", "rows right in the inner folds"), ("alignment", "alignment with the labels")),
)
LANDMARKS = Field("algorithm.landmarks", "Landmarks", "optional", "for many rows; empty: every row counts")
CHANCES = Field(
    "algorithm.is_calibrated",
    "Chances of the classes",
    "flag",
    choices=(("false", "not asked for"), ("true", "calibrated inside the training part")),
)
EPSILONS = Field(
    "algorithm.epsilon_grid", "Epsilon to choose from", "grid", "errors that cost nothing, in deviations"
)
SHARE = Field("algorithm.outlier_share", "Usual rows it may call unusual, per cent", "percent")
MEASURED = "How it is trained and measured"


def _sections(*fields: Field) -> tuple[Section, ...]:
    trained = Section(MEASURED, (*fields, *SPLITS, *FOLDS, BANDWIDTHS), is_folded=True)
    return QUESTION, CIRCUIT, trained, EVALUATION_ON_ROWS


def _labels(offer: TableOffer, most: int) -> tuple[LabelColumn, ...]:
    """Columns with no more values; the one chosen among all of them, or else the last."""
    fitting = [each for each in offer.labels if len(each.values) <= most]
    chosen = next((each.name for each in fitting if each.is_chosen), fitting[-1].name if fitting else "")
    return tuple(replace(each, is_chosen=each.name == chosen) for each in fitting)


def _context(offer: TableOffer, **more: Any) -> Mapping[str, Any]:
    return {**map_context(offer, "zz"), "labels": (), **more}


def _classes_problem(offer: TableOffer) -> str:
    if not _labels(offer, MAX_CLASSES):
        return f"It needs a column of 2 to {MAX_CLASSES} values to predict."
    return needs_features(offer)


def _classes_context(offer: TableOffer) -> Mapping[str, Any]:
    labels = _labels(offer, MAX_CLASSES)
    values = next((each.values for each in labels if each.is_chosen), ())
    classes = offer.copied_columns.get("classes", values)
    return _context(offer, class_labels=labels, classes="\n".join(classes))


def _number_problem(offer: TableOffer) -> str:
    return (
        "" if len(offer.numeric) > 2 else "It needs at least three numeric columns, one of them to predict."
    )


def _number_context(offer: TableOffer) -> Mapping[str, Any]:
    """The column to predict is no feature, so one qubit fewer fits."""
    usual = offer.numeric[-1] if offer.numeric else ""
    qubits = min(offer.qubits, len(offer.numeric) - 1)
    target = offer.copied_columns.get("label", usual)
    return _context(offer, targets=offer.numeric, target=target, qubits=qubits)


def _unusual_problem(offer: TableOffer) -> str:
    if not _labels(offer, 2):
        return "It needs a column of 2 values, one of which marks the unusual rows."
    return needs_features(offer)


def _unusual_context(offer: TableOffer) -> Mapping[str, Any]:
    return _context(offer, labels=_labels(offer, 2))


def _fixed(task: str) -> tuple[tuple[str, str, str], ...]:
    return (("algorithm.task", "text", task),)


FORMS = (
    Form(
        algorithm="qsvm",
        own_key="classify",
        name="Name one of several classes",
        words="Quantum-kernel machines, one a pair of classes, beside linear, RBF and boosted models.",
        kind=MachineSpec,
        problem=_classes_problem,
        sections=lambda offer: _sections(BY, CHANCES, LANDMARKS, C),
        context=_classes_context,
        fixed=_fixed("classify"),
    ),
    Form(
        algorithm="qsvm",
        own_key="regress",
        name="Predict a number",
        words="Support vector regression on a quantum kernel, beside ridge, RBF and boosted models.",
        kind=MachineSpec,
        problem=_number_problem,
        sections=lambda offer: _sections(BY, LANDMARKS, C, EPSILONS),
        context=_number_context,
        fixed=_fixed("regress"),
    ),
    Form(
        algorithm="qsvm",
        own_key="detect",
        name="Find the unusual",
        words="A one-class machine on a quantum kernel that sees usual rows alone, beside classical ones.",
        kind=MachineSpec,
        problem=_unusual_problem,
        sections=lambda offer: _sections(SHARE),
        context=_unusual_context,
        fixed=_fixed("detect"),
    ),
)
"""By the task that each fixes."""
