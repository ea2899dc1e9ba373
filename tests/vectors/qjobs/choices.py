"""Choices under constraints and their job specs that the tests of qjobs share."""

from typing import Any

from qjobs.algorithms.optimisation.data import read_problem_data
from qjobs.algorithms.optimisation.problem import Choice
from qjobs.algorithms.optimisation.problems import choice_of
from qjobs.algorithms.rows import TableBytes
from qjobs.spec import QuboSpec, build_spec
from tests.vectors.qjobs.graphs import graph_fields

RETURNS = (
    b"gold,steel,wheat,paper\n"
    b"0.010,0.030,-0.010,0.004\n0.012,-0.020,0.015,0.006\n0.008,0.040,-0.012,0.005\n"
    b"0.011,-0.010,0.020,0.003\n0.009,0.035,0.001,0.007\n"
)
"""Returns of four assets over five periods."""

FIELD = b"from,to,weight\ngate,a,2\ngate,b,1\na,c,2\nb,c,4\nb,d,7\nc,sink,3\nd,sink,1\n"
"""A small sensor network; the shortest way from gate to sink is gate, a, c, sink of length 7."""

PROBLEMS: dict[str, tuple[bytes, int, dict[str, Any]]] = {
    "portfolio": (RETURNS, 4, {"choose": 2, "risk_aversion": 2.0}),
    "vertex-cover": (FIELD, 6, {}),
    "channel-assignment": (FIELD, 12, {"channels": 2}),
    "route": (FIELD, 10, {"source": "gate", "target": "sink"}),
}
"""By name: the dataset, the qubits that it takes, and what the problem says besides."""


def choice_fields(name: str, **changes: Any) -> dict[str, Any]:
    """A valid small spec of the problem, with the given fields replaced; `method` and `problem` add to the
    algorithm's and to the problem's."""
    content, qubits, said = PROBLEMS[name]
    content = changes.pop("content", content)
    problem = {"name": name, **said, **changes.pop("problem", {})}
    method = {"name": "qaoa", "layers": 1, "restarts": 1, "seeds": 2, **changes.pop("method", {})}
    fields = graph_fields(content, title="", qubits=qubits, algorithm={**method, "problem": problem})
    dataset = fields["datasets"][0]
    if name == "portfolio":
        dataset["columns"] = {"features": content.decode().partition("\n")[0].split(",")}
    if name == "vertex-cover":
        del dataset["columns"]["weight"]
    return {**fields, **changes}


def choice_spec(name: str, **changes: Any) -> QuboSpec:
    spec = build_spec(choice_fields(name, **changes))
    if not isinstance(spec, QuboSpec):
        raise TypeError(f"{spec.algorithm.name} chooses nothing")
    return spec


def small_choice(name: str, **changes: Any) -> tuple[QuboSpec, Choice]:
    """A spec, and its problem on its data."""
    content = changes.get("content", PROBLEMS[name][0])
    spec = choice_spec(name, **changes)
    return spec, choice_of(spec, read_problem_data(spec, {1: TableBytes(content)}))
