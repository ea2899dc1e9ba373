"""The form of a trained circuit that names a class or a number."""

from collections.abc import Mapping
from typing import Any

from qjobs.spec import QnnSpec
from qjobs.views.forms.feature_map import map_context
from qjobs.views.forms.fields import ENTANGLEMENTS, RUN_SECONDS, SEED, SPLITS, Field, Section
from qjobs.views.forms.form import Form, needs_features
from qjobs.views.forms.hardware import EVALUATION_ON_ROWS
from qjobs.views.forms.table import TableOffer

LAYERS = Section(
    "The trained layers",
    (
        Field(
            "algorithm.layers.name",
            "Layers",
            "choice",
            choices=(
                ("real-amplitudes", "real amplitudes: RY and CX"),
                ("efficient-su2", "efficient SU(2): RY, RZ and CX"),
                ("strongly-entangling", "strongly entangling: all rotations and rings of CX"),
            ),
            resets="algorithm.layers",
        ),
        Field("algorithm.layers.count", "How many"),
        Field(
            "algorithm.layers.entanglement",
            "Entanglement",
            "choice",
            choices=ENTANGLEMENTS,
            when="algorithm.layers.name=real-amplitudes efficient-su2",
        ),
        Field(
            "algorithm.uploads",
            "The row is written",
            "choice",
            choices=(("every-layer", "before every layer"), ("once", "once")),
        ),
        Field(
            "algorithm.readout",
            "Read out",
            "choice",
            choices=(("first", "the first qubit"), ("mean", "the mean of all"), ("product", "their product")),
        ),
    ),
)
TRAINING = Section(
    "How it is trained and measured",
    (
        Field(
            "algorithm.optimiser.name",
            "Optimiser",
            "choice",
            choices=(
                ("adam", "Adam"),
                ("l-bfgs", "L-BFGS"),
                ("spsa", "SPSA: two values a step, as on hardware"),
                ("natural-gradient", "natural gradient"),
            ),
            resets="algorithm.optimiser",
        ),
        Field("algorithm.optimiser.iterations", "Steps"),
        Field(
            "algorithm.optimiser.step",
            "Size of a step",
            when="algorithm.optimiser.name=adam spsa natural-gradient",
        ),
        Field("algorithm.optimiser.probe", "Size of a probe", when="algorithm.optimiser.name=spsa"),
        Field("algorithm.optimiser.damping", "Damping", when="algorithm.optimiser.name=natural-gradient"),
        Field("algorithm.batch_size", "Rows a step", "optional", "empty: all of them"),
        Field("algorithm.penalty", "Penalty on the slope"),
        Field("algorithm.patience", "Patience, checks without a better loss", note="0: trained to the end"),
        Field("algorithm.inner_folds", "Inner folds of the baselines"),
        *SPLITS,
        Field("shots", "Measurements afterwards", "optional", "empty: not measured"),
        SEED,
        RUN_SECONDS,
    ),
    is_folded=True,
)
TASKS = (("classify", "a class"), ("regress", "a number"))


def _problem(offer: TableOffer) -> str:
    return needs_features(offer)


def _sections(offer: TableOffer) -> tuple[Section, ...]:
    return (
        Section("The question", template="qjobs/forms/table.html"),
        Section("Where training begins", template="qjobs/forms/start.html"),
        Section("The circuit", template="qjobs/forms/feature_map.html"),
        LAYERS,
        TRAINING,
        EVALUATION_ON_ROWS,
    )


def _context(offer: TableOffer) -> Mapping[str, Any]:
    copied = offer.document.get("algorithm") or {}
    tasks = TASKS if offer.labels else TASKS[1:]
    return {
        **map_context(offer, "angle"),
        "tasks": tasks,
        "task": copied.get("task", tasks[0][0]),
        "targets": offer.numeric,
        "target": offer.copied_columns.get("label", offer.numeric[-1] if offer.numeric else ""),
    }


FORM = Form(
    algorithm="qnn",
    name="Train a quantum network",
    words="A variational circuit that names a class or a number, beside linear, RBF and boosted models.",
    kind=QnnSpec,
    problem=_problem,
    sections=_sections,
    context=_context,
    takes_parent=True,
)
