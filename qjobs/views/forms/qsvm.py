"""The form of a quantum-kernel support vector machine."""

from collections.abc import Mapping
from typing import Any

from qjobs.spec import LearningSpec
from qjobs.views.forms.feature_map import map_context
from qjobs.views.forms.fields import RUN_SECONDS, SPLITS, Field, Section
from qjobs.views.forms.form import Form, needs_features
from qjobs.views.forms.table import TableOffer

SECTIONS = (
    Section("The question", template="qjobs/forms/table.html"),
    Section("The circuit", template="qjobs/forms/feature_map.html"),
    Section(
        "How it is trained and measured",
        (
            *SPLITS,
            Field("algorithm.inner_folds", "Inner folds"),
            Field("seed", "Seed of the folds"),
            RUN_SECONDS,
            Field("algorithm.c_grid", "C to choose from", "grid"),
            Field(
                "algorithm.bandwidth_grid",
                "Bandwidth to choose from",
                "grid",
                "factors on every angle; small ones keep the kernel from concentrating",
            ),
        ),
        is_folded=True,
    ),
)


def _problem(offer: TableOffer) -> str:
    if not offer.labels:
        return "It needs a column of 2 to 50 values to predict."
    return needs_features(offer)


def _sections(offer: TableOffer) -> tuple[Section, ...]:
    return SECTIONS


def _context(offer: TableOffer) -> Mapping[str, Any]:
    return map_context(offer, "zz")


FORM = Form(
    algorithm="qsvm",
    name="Classify rows",
    words="A quantum-kernel support vector machine, beside linear and RBF machines on the same splits.",
    kind=LearningSpec,
    problem=_problem,
    sections=_sections,
    context=_context,
)
