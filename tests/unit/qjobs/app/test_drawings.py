"""Cuts, choices and routes as pictures, read from what anybody may have posted."""

import json
import math
from typing import Any
from xml.etree import ElementTree

import pytest

from common.svg_graph import marks
from qjobs.algorithms.progress import ignore_progress, never_cancel
from qjobs.algorithms.registry import algorithm_of
from qjobs.algorithms.rows import TableBytes
from qjobs.rules.drawings import Drawing, drawing_of
from qjobs.rules.layouts import node_places
from tests.vectors.qjobs.choices import PROBLEMS, choice_spec
from tests.vectors.qjobs.graphs import PRISM, graph_spec

TRIANGLE = {"nodes": ["x", "y", "z"], "edges": [[0, 1, 1], [1, 2, 1], [0, 2, 1]]}
NO_NODES: list[Any] = [None, [], "xyz", {"x": 1}, ["x"], ["x"] * 41]
NO_EDGES: list[Any] = [
    None,
    "xyz",
    {"x": 1},
    ["x"],
    [[0, 9, 1]],
    [[0, 1]],
    [[0, True, 1]],
    [[-1, 0, 1]],
    [[0, 1, 1]] * 900,
]


def documents(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Metrics and pre-processing of a run of the problem."""
    spec = graph_spec() if name == "max-cut" else choice_spec(name)
    algorithm = algorithm_of(spec)
    data = algorithm.load(spec, {1: TableBytes(PRISM if name == "max-cut" else PROBLEMS[name][0])})
    files = algorithm.run(spec, data, ignore_progress, never_cancel).files
    return json.loads(files["metrics.json"]), json.loads(files["preprocessing.json"])


def legend(drawing: Drawing | None) -> dict[str, tuple[str, ...]]:
    assert drawing is not None
    return {group.words: group.names for group in drawing.legend}


def of_problem(name: str, bits: str, **shown: Any) -> Drawing | None:
    return drawing_of({"answer": {"bits": bits}}, {"problem": {"name": name}, **TRIANGLE, **shown})


@pytest.mark.parametrize("name", ["max-cut", *PROBLEMS])
def test_every_result_is_drawn_with_each_mark_named_once(name: str) -> None:
    metrics, shown = documents(name)

    drawing = drawing_of(metrics, shown)

    named = [text for names in legend(drawing).values() for text in names]
    assert sorted(named) == sorted(
        f"{number} {each}" for number, each in enumerate(shown.get("nodes") or shown["assets"], 1)
    )
    assert drawing is not None
    picture = ElementTree.fromstring(marks(drawing.places, drawing.groups, drawing.lines))
    assert len(picture.findall("{*}text")) == len(named)
    assert len(picture.findall("{*}line")) == len(shown.get("edges", ()))


def test_cut_edges_are_thick_and_sides_are_named() -> None:
    drawing = drawing_of({"sampled": {"sides": "010"}}, TRIANGLE)

    assert legend(drawing) == {"One side": ("1 x", "3 z"), "The other side": ("2 y",)}
    assert drawing is not None
    assert [tone for _, _, tone in drawing.lines] == ["on", "on", "plain"]


def test_what_breaks_a_constraint_is_shown_as_wrong() -> None:
    uncovered, shared = of_problem("vertex-cover", "100"), of_problem("channel-assignment", "100110")

    assert uncovered is not None
    assert shared is not None
    assert [tone for _, _, tone in uncovered.lines] == ["plain", "wrong", "plain"]
    assert [tone for _, _, tone in shared.lines] == ["plain", "plain", "wrong"]
    assert legend(of_problem("channel-assignment", "111010"))["No channel, or several"] == ("1 x",)


def test_a_route_goes_along_its_arcs() -> None:
    drawing = of_problem("route", "101", arcs=[[0, 1], [0, 2], [1, 2]])

    assert drawing is not None
    assert [tone for _, _, tone in drawing.lines] == ["on", "on", "plain"]
    assert legend(drawing) == {"On the way": ("1 x", "2 y", "3 z")}


def test_assets_stand_by_risk_and_return() -> None:
    shown = {
        "problem": {"name": "portfolio"},
        "assets": ["gold", "steel"],
        "means": [0.1, 0.3],
        "covariance": [[4, 0], [0, 1]],
    }

    drawing = drawing_of({"answer": {"bits": "10"}}, shown)

    assert drawing is not None
    assert drawing.places == ((1.0, 0.0), (0.0, 1.0))
    assert legend(drawing) == {"Not held": ("2 steel",), "Held": ("1 gold",)}


@pytest.mark.parametrize("bits", [None, 7, "", "01", "0102", "0" * 41, "abc", ["0", "1", "0"]])
@pytest.mark.parametrize(
    "name", ["max-cut", "vertex-cover", "channel-assignment", "route", "portfolio", "tour"]
)
def test_answers_of_another_shape_are_not_drawn(name: str, bits: Any) -> None:
    shown = {**TRIANGLE, "problem": {"name": name}, "arcs": [[0, 1]]}

    assert drawing_of({"answer": {"bits": bits}, "sampled": {"sides": bits}}, shown) is None


@pytest.mark.parametrize(
    ("key", "value"), [*(("nodes", each) for each in NO_NODES), *(("edges", each) for each in NO_EDGES)]
)
def test_graphs_of_another_shape_are_not_drawn(key: str, value: Any) -> None:
    assert drawing_of({"sampled": {"sides": "010"}}, {**TRIANGLE, key: value}) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"means": [1, "2"]},
        {"means": [1, 1e300]},
        {"covariance": [[1]]},
        {"covariance": 3},
        {"covariance": [[1, 0], [0, True]]},
        {"assets": ["one"]},
    ],
)
def test_assets_of_another_shape_are_not_drawn(changes: dict[str, Any]) -> None:
    shown = {"assets": ["gold", "steel"], "means": [0.1, 0.3], "covariance": [[4, 0], [0, 1]], **changes}

    assert drawing_of({"answer": {"bits": "10"}}, {"problem": {"name": "portfolio"}, **shown}) is None


def test_no_text_of_a_stranger_enters_a_picture() -> None:
    evil = "<script>alert(1)</script>"
    drawing = drawing_of({"sampled": {"sides": "010"}}, {**TRIANGLE, "nodes": [evil, "y", "z"]})

    assert drawing is not None
    assert "script" not in marks(drawing.places, drawing.groups, drawing.lines)
    assert legend(drawing)["One side"][0] == f"1 {evil}"


@pytest.mark.parametrize("count", [2, 3, 12, 24, 40])
def test_nodes_stay_inside_apart_and_where_they_were(count: int) -> None:
    pairs = tuple((node, (node + 1) % count) for node in range(count))

    places = node_places(count, pairs)
    node_places.cache_clear()

    assert places == node_places(count, pairs)
    assert all(-1e-9 <= number <= 1 + 1e-9 for place in places for number in place)
    gaps = [(x - a) ** 2 + (y - b) ** 2 for index, (x, y) in enumerate(places) for a, b in places[:index]]
    assert min(gaps) > (0.3 / count) ** 2


def test_a_prism_is_drawn_without_a_twist() -> None:
    drawing = drawing_of(*documents("max-cut"))

    assert drawing is not None
    spokes = [math.dist(drawing.places[node], drawing.places[node + 3]) for node in range(3)]
    assert max(spokes) < 1.2 * min(spokes)
