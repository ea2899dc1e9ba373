"""The form of principal components in the space of a quantum kernel."""

from collections.abc import Mapping
from typing import Any

from qjobs.spec import ReductionSpec
from qjobs.views.forms.feature_map import map_context
from qjobs.views.forms.fields import RUN_SECONDS, SEED, SPLITS, Field, Section
from qjobs.views.forms.form import Form, needs_features
from qjobs.views.forms.hardware import EVALUATION_ON_ROWS
from qjobs.views.forms.table import TableOffer

SECTIONS = (
    Section("The question", template="qjobs/forms/table.html"),
    Section("The circuit", template="qjobs/forms/feature_map.html"),
    Section(
        "The components",
        (
            Field("algorithm.components", "Components"),
            Field("algorithm.phase_qubits", "Qubits of the phase estimation", note="0: without it"),
            Field("algorithm.copies", "Copies of the mean state"),
        ),
        note="Phase estimation reads the same spectrum from copies of the mean state, as hardware would.",
    ),
    Section(
        "How it is measured",
        (
            *SPLITS,
            Field("algorithm.inner_folds", "Inner folds"),
            SEED,
            RUN_SECONDS,
            Field("algorithm.bandwidth_grid", "Bandwidth to choose from", "grid"),
            Field("gamma_grid", "Widths of the RBF kernels beside it", "grid"),
        ),
        is_folded=True,
    ),
    EVALUATION_ON_ROWS,
)


def _sections(offer: TableOffer) -> tuple[Section, ...]:
    return SECTIONS


def _context(offer: TableOffer) -> Mapping[str, Any]:
    return {**map_context(offer, "zz"), "labels": ()}


FORM = Form(
    algorithm="qpca",
    name="Find main directions",
    words="Principal components in the space of a quantum kernel, beside plain and RBF-kernel ones.",
    kind=ReductionSpec,
    problem=needs_features,
    sections=_sections,
    context=_context,
)
