"""The forms of choices under constraints by quantum approximate optimisation."""

from collections.abc import Callable, Mapping
from typing import Any

from qjobs.spec import QuboSpec
from qjobs.views.forms.fields import RUN_SECONDS, SEED, SHOTS, Field, Section
from qjobs.views.forms.form import Form
from qjobs.views.forms.hardware import EVALUATION
from qjobs.views.forms.qaoa import likely_columns, likely_nodes, needs_edges
from qjobs.views.forms.table import MAX_QUBITS, Feature, TableOffer

USUAL_CHANNELS = 2
TRAINING = Section(
    "How it is trained and measured",
    (
        Field("algorithm.seeds", "Seeds", note="all of it is repeated so often, for intervals"),
        Field("algorithm.restarts", "Starts a seed"),
        Field("algorithm.iterations", "Steps of each start, at most"),
        Field(
            "algorithm.penalty",
            "Penalty",
            note="1 is the bound above which the best choice is allowed",
        ),
        SHOTS,
        Field("algorithm.annealing_reads", "Annealing: reads", note="simulated annealing beside it"),
        Field("algorithm.annealing_sweeps", "Annealing: sweeps a read"),
        SEED,
        RUN_SECONDS,
    ),
    is_folded=True,
)
LAYERS = Field("algorithm.layers", "Layers", note="two angles each; more come closer and take longer")


def _edges(offer: TableOffer, weight_label: str = "") -> tuple[Field, ...]:
    """The columns of the ends; with a label also that of the weight."""
    source, target, weight = likely_columns(offer)
    names = tuple((name, name) for name in offer.names)
    ends = (
        Field("columns.source", "An edge goes from", "choice", choices=names, start=source),
        Field("columns.target", "To", "choice", choices=names, start=target),
    )
    if not weight_label:
        return ends
    numeric = (("", "1 each"), *((name, name) for name in offer.numeric))
    return (*ends, Field("columns.weight", weight_label, "choice", choices=numeric, start=weight))


def _circuit(label: str, qubits: int, note: str) -> Section:
    return Section("The circuit", (Field("qubits", label, start=qubits), LAYERS), note=note)


def _cover(offer: TableOffer) -> tuple[Section, ...]:
    note = "Each row is an edge. The fewest nodes are looked for that have an end of every edge."
    nodes = "There must be exactly as many qubits as the graph has nodes."
    return (
        Section("The network", _edges(offer), note=note),
        _circuit("Qubits, one a node", likely_nodes(offer), nodes),
        TRAINING,
        EVALUATION,
    )


def _channels(offer: TableOffer) -> tuple[Section, ...]:
    note = "Each row is an edge: its ends disturb each other by its weight where they share a channel."
    nodes = "There must be exactly as many qubits as the graph has nodes, times the channels."
    channels = Field("algorithm.problem.channels", "Channels", start=USUAL_CHANNELS)
    qubits = min(MAX_QUBITS, USUAL_CHANNELS * likely_nodes(offer))
    return (
        Section("The network", (*_edges(offer, "Disturbing by"), channels), note=note),
        _circuit("Qubits, one a node and channel", qubits, nodes),
        TRAINING,
        EVALUATION,
    )


def _route(offer: TableOffer) -> tuple[Section, ...]:
    note = "Each row is an edge that can be gone both ways. The shortest way between two nodes is looked for."
    arcs = "There must be exactly two qubits an edge, but one where the edge is at the start or the end."
    named = next((each.values for each in offer.labels if each.name == likely_columns(offer)[0]), ())
    ends = (
        Field("algorithm.problem.source", "From node", "text", start=named[0] if named else ""),
        Field("algorithm.problem.target", "To node", "text", start=named[-1] if named else ""),
    )
    return (
        Section("The network", (*_edges(offer, "Length"), *ends), note=note),
        _circuit("Qubits, one an edge and direction", max(2, min(MAX_QUBITS, 2 * offer.rows)), arcs),
        TRAINING,
        EVALUATION,
    )


def _portfolio(offer: TableOffer) -> tuple[Section, ...]:
    return (
        Section(
            "The assets",
            template="qjobs/forms/table.html",
            note="Each row is a period and each column the returns of an asset; one qubit an asset, at most "
            f"{MAX_QUBITS}.",
        ),
        Section(
            "The choice",
            (
                Field("algorithm.problem.choose", "Assets to hold, in equal parts", start=2),
                Field("algorithm.problem.risk_aversion", "Risk aversion", note="times the variance", start=1),
                LAYERS,
            ),
        ),
        TRAINING,
        EVALUATION,
    )


def _assets(offer: TableOffer) -> Mapping[str, Any]:
    """Every numeric column; a copy chooses what its document chose, a fresh form as many as fit."""
    wanted = offer.copied_columns.get("features", offer.numeric[:MAX_QUBITS])
    return {"labels": (), "features": tuple(Feature(name, name in wanted, 0) for name in offer.numeric)}


def _needs_assets(offer: TableOffer) -> str:
    return "" if len(offer.numeric) > 1 else "It needs at least two numeric columns, one an asset."


def _form(
    problem: str,
    name: str,
    words: str,
    sections: Callable[[TableOffer], tuple[Section, ...]],
    **more: Any,
) -> Form:
    fixed = (("algorithm.problem.name", "text", problem), *more.pop("fixed", ()))
    return Form(
        algorithm="qaoa",
        name=name,
        words=f"{words} A quantum approximate optimisation circuit, beside simulated annealing, a greedy "
        "choice and the exact answer.",
        kind=QuboSpec,
        problem=more.pop("needs", needs_edges),
        sections=sections,
        own_key=problem,
        fixed=fixed,
        **more,
    )


FORMS = (
    _form("vertex-cover", "Place monitors", "Where to listen to hear every link of a network.", _cover),
    _form("channel-assignment", "Share channels", "Who sends on which channel in a network.", _channels),
    _form("route", "Find a route", "The shortest way through a network.", _route),
    _form(
        "portfolio",
        "Choose a portfolio",
        "Which assets to hold, by their returns and how these vary together.",
        _portfolio,
        needs=_needs_assets,
        fixed=(("qubits", "chosen", ""),),
        context=_assets,
    ),
)
