"""The form of a largest cut by quantum approximate optimisation."""

from qjobs.spec import GraphSpec
from qjobs.views.forms.fields import RUN_SECONDS, SEED, SHOTS, Field, Section
from qjobs.views.forms.form import Form
from qjobs.views.forms.hardware import EVALUATION
from qjobs.views.forms.table import MAX_QUBITS, USUAL_QUBITS, TableOffer

TRAINING = Section(
    "How it is trained and measured",
    (
        Field("algorithm.restarts", "Starts"),
        Field("algorithm.iterations", "Steps of each start, at most"),
        SHOTS,
        Field("algorithm.annealing_reads", "Annealing: reads", note="simulated annealing beside it"),
        Field("algorithm.annealing_sweeps", "Annealing: sweeps a read"),
        SEED,
        RUN_SECONDS,
    ),
    is_folded=True,
)


def needs_edges(offer: TableOffer) -> str:
    """For forms that read a table of edges."""
    return "" if len(offer.names) > 1 else "It needs two columns that name the ends of each edge."


def _sections(offer: TableOffer) -> tuple[Section, ...]:
    names = tuple((name, name) for name in offer.names)
    numeric = tuple((name, name) for name in offer.numeric)
    source, target, weight = likely_columns(offer)
    return (
        Section(
            "The graph",
            (
                Field("columns.source", "An edge goes from", "choice", choices=names, start=source),
                Field("columns.target", "To", "choice", choices=names, start=target),
                Field(
                    "columns.weight",
                    "Weighing",
                    "choice",
                    choices=(("", "1 each"), *numeric),
                    start=weight,
                ),
            ),
            note="Each row is an edge. The nodes are parted in two so that the edges between the parts weigh "
            "as much as possible (max-cut).",
        ),
        Section(
            "The circuit",
            (
                Field("qubits", "Qubits, one a node", start=likely_nodes(offer)),
                Field("algorithm.layers", "Layers", note="two angles each; more come closer and take longer"),
            ),
            note="There must be exactly as many qubits as the graph has nodes.",
        ),
        TRAINING,
        EVALUATION,
    )


def likely_columns(offer: TableOffer) -> tuple[str, str, str]:
    """The first two columns, and a third one that holds numbers."""
    weight = offer.names[2] if len(offer.names) > 2 and offer.names[2] in offer.numeric else ""
    return offer.names[0], offer.names[1], weight


def likely_nodes(offer: TableOffer) -> int:
    """At least as many as one of the columns names."""
    source, target, _ = likely_columns(offer)
    most = max(offer.unique.get(source, 0), offer.unique.get(target, 0))
    return most if 2 <= most <= MAX_QUBITS else USUAL_QUBITS


FORM = Form(
    algorithm="qaoa",
    name="Cut a graph",
    words="A quantum approximate optimisation circuit, beside greedy flips, annealing and the exact answer.",
    kind=GraphSpec,
    problem=needs_edges,
    sections=_sections,
)
