"""The forms of a quantum-kernel support vector machine: on exact kernels, and on measured ones."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from qjobs.spec import LearningSpec
from qjobs.views.forms.feature_map import map_context
from qjobs.views.forms.fields import RUN_SECONDS, SPLITS, Field, Section
from qjobs.views.forms.form import Form, needs_features
from qjobs.views.forms.hardware import EVALUATION_ON_ROWS, MEASURED_KERNEL
from qjobs.views.forms.table import TableOffer

QUESTION = Section("The question", template="qjobs/forms/table.html")
CIRCUIT = Section("The circuit", template="qjobs/forms/feature_map.html")
COUNT, *SHARE_AND_SEED = SPLITS
FOLDS = Field("algorithm.inner_folds", "Inner folds")
BANDWIDTHS = Field(
    "algorithm.bandwidth_grid",
    "Bandwidth to choose from",
    "grid",
    "factors on every angle; small ones keep the kernel from concentrating",
)


def _training(count: Field, folds: Field, bandwidths: Field) -> Section:
    return Section(
        "How it is trained and measured",
        (
            count,
            *SHARE_AND_SEED,
            folds,
            Field("seed", "Seed of the folds"),
            RUN_SECONDS,
            Field("algorithm.c_grid", "C to choose from", "grid"),
            bandwidths,
        ),
        is_folded=True,
    )


EXACT = (QUESTION, CIRCUIT, _training(COUNT, FOLDS, BANDWIDTHS), EVALUATION_ON_ROWS)
FEW = _training(replace(COUNT, start=3), replace(FOLDS, start=2), replace(BANDWIDTHS, start=(0.2, 1.0)))
"""A hundred rows on four qubits, with a thousand shots an entry, then take minutes and not an hour."""

MEASURED = (QUESTION, CIRCUIT, MEASURED_KERNEL, FEW)


def _problem(offer: TableOffer) -> str:
    if not offer.labels:
        return "It needs a column of 2 to 50 values to predict."
    return needs_features(offer)


def _context(offer: TableOffer) -> Mapping[str, Any]:
    return map_context(offer, "zz")


FORM = Form(
    algorithm="qsvm",
    name="Classify rows",
    words="A quantum-kernel support vector machine, beside linear and RBF machines on the same splits.",
    kind=LearningSpec,
    problem=_problem,
    sections=lambda offer: EXACT,
    context=_context,
)
MEASURED_FORM = Form(
    algorithm="qsvm",
    own_key="measured",
    name="Classify rows, measured",
    words="The same machine as hardware would train it: every kernel entry is the share of all zeros among "
    "so many measurements of a circuit, without errors, on a noisy device, or on a fake backend of IBM's.",
    kind=LearningSpec,
    problem=_problem,
    sections=lambda offer: MEASURED,
    context=_context,
)
