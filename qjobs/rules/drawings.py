"""What an answer of QAOA looks like, from two documents that anybody may have posted."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qjobs.rules.layouts import Place, node_places

MAX_MARKS, MAX_LINES = 40, 800
MAX_NAME_CHARACTERS = 60
LARGEST = 1e12
MAX_CHANNELS = 4
MAX_CUT = "max-cut"


@dataclass(frozen=True)
class Group:
    """Marks of one kind: what they are, and their names after their numbers."""

    words: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Drawing:
    """places in [0, 1] squared; groups: of each mark; lines: first, second, "plain", "on" or "wrong"."""

    title: str
    note: str
    places: tuple[Place, ...]
    groups: tuple[int, ...]
    lines: tuple[tuple[int, int, str], ...]
    legend: tuple[Group, ...]


@dataclass(frozen=True)
class _Network:
    nodes: tuple[str, ...]
    edges: list[tuple[int, int]]
    arcs: list[tuple[int, int]]


@dataclass(frozen=True)
class _Painted:
    """A network's marks and lines, and what each group of marks is."""

    lines: list[tuple[int, int, str]]
    groups: list[int]
    words: tuple[str, ...]


def drawing_of(metrics: Mapping[str, Any], shown: Mapping[str, Any]) -> Drawing | None:
    """`shown`: the pre-processing of a result of QAOA. None where the two are no such documents, or those of
    a release before there were pictures."""
    problem = shown.get("problem")
    name = problem.get("name") if isinstance(problem, Mapping) else MAX_CUT
    answer = metrics.get("sampled" if name == MAX_CUT else "answer")
    bits = answer.get("sides" if name == MAX_CUT else "bits") if isinstance(answer, Mapping) else None
    if not isinstance(bits, str) or not 0 < len(bits) <= MAX_MARKS or not set(bits) <= {"0", "1"}:
        return None
    chosen = [int(bit) for bit in bits]
    return _assets(shown, chosen) if name == "portfolio" else _drawn(name, shown, chosen)


def _drawn(name: Any, shown: Mapping[str, Any], chosen: list[int]) -> Drawing | None:
    nodes, edges = _names(shown.get("nodes")), _edges(shown.get("edges"), shown.get("nodes"))
    title, note, paint = _PAINTERS.get(name, ("", "", None)) if isinstance(name, str) else ("", "", None)
    if not nodes or edges is None or paint is None:
        return None
    painted = paint(_Network(nodes, edges, _arcs(shown.get("arcs"), len(nodes))), chosen)
    if painted is None:
        return None
    return Drawing(
        title,
        note,
        node_places(len(nodes), tuple(edges)),
        tuple(painted.groups),
        tuple(painted.lines),
        _legend(nodes, painted.groups, painted.words),
    )


def _cut(network: _Network, sides: list[int]) -> _Painted | None:
    if len(sides) != len(network.nodes):
        return None
    lines = [(one, other, "on" if sides[one] != sides[other] else "plain") for one, other in network.edges]
    return _Painted(lines, sides, ("One side", "The other side"))


def _cover(network: _Network, chosen: list[int]) -> _Painted | None:
    if len(chosen) != len(network.nodes):
        return None
    lines = [
        (one, other, "plain" if chosen[one] or chosen[other] else "wrong") for one, other in network.edges
    ]
    return _Painted(lines, chosen, ("Not chosen", "Chosen"))


def _channels(network: _Network, bits: list[int]) -> _Painted | None:
    channels, rest = divmod(len(bits), len(network.nodes))
    if rest or not 1 <= channels <= MAX_CHANNELS:
        return None
    taken = [bits[node * channels : (node + 1) * channels] for node in range(len(network.nodes))]
    groups = [each.index(1) if sum(each) == 1 else channels for each in taken]
    lines = [
        (one, other, "wrong" if groups[one] == groups[other] else "plain") for one, other in network.edges
    ]
    words = (*(f"Channel {number + 1}" for number in range(channels)), "No channel, or several")
    return _Painted(lines, groups, words)


def _route(network: _Network, chosen: list[int]) -> _Painted | None:
    if len(network.arcs) != len(chosen):
        return None
    gone = [arc for arc, bit in zip(network.arcs, chosen, strict=True) if bit]
    lines = [
        (one, other, "on" if (one, other) in gone or (other, one) in gone else "plain")
        for one, other in network.edges
    ]
    on_way = {node for arc in gone for node in arc}
    groups = [int(node in on_way) for node in range(len(network.nodes))]
    return _Painted(lines, groups, ("Off the way", "On the way"))


_PAINTERS: Mapping[str, tuple[str, str, Callable[[_Network, list[int]], _Painted | None]]] = {
    MAX_CUT: ("The cut", "Thick lines are the edges that are cut.", _cut),
    "vertex-cover": ("The chosen nodes", "An edge without a chosen end would be red.", _cover),
    "channel-assignment": ("The channels", "Red lines join nodes that share a channel.", _channels),
    "route": ("The route", "Thick lines are the edges that are gone along.", _route),
}
"""By the problem's name: title, note and what paints it."""


def _assets(shown: Mapping[str, Any], chosen: Sequence[int]) -> Drawing | None:
    names, means = _names(shown.get("assets")), _numbers(shown.get("means"))
    covariance = shown.get("covariance")
    rows = [_numbers(row) for row in covariance] if isinstance(covariance, list) else []
    if not (len(names) == len(means) == len(rows) == len(chosen)) or any(
        len(row) != len(names) for row in rows
    ):
        return None
    risks = [math.sqrt(max(rows[asset][asset], 0.0)) for asset in range(len(names))]
    places = zip(_scaled(risks), _scaled(means), strict=True)
    return Drawing(
        "The assets",
        "Further right is more risk (standard deviation of the returns), further up a higher mean return.",
        tuple(places),
        tuple(chosen),
        (),
        _legend(names, chosen, ("Not held", "Held")),
    )


def _legend(names: Sequence[str], groups: Sequence[int], words: Sequence[str]) -> tuple[Group, ...]:
    found = [
        Group(
            text,
            tuple(f"{number} {name}" for number, name in enumerate(names, 1) if groups[number - 1] == group),
        )
        for group, text in enumerate(words)
    ]
    return tuple(each for each in found if each.names)


def _scaled(numbers: Sequence[float]) -> list[float]:
    low, high = min(numbers), max(numbers)
    return [(number - low) / (high - low) if high > low else 0.5 for number in numbers]


def _names(found: Any) -> tuple[str, ...]:
    if not isinstance(found, list) or not 2 <= len(found) <= MAX_MARKS:
        return ()
    return tuple(str(name)[:MAX_NAME_CHARACTERS] for name in found)


def _numbers(found: Any) -> tuple[float, ...]:
    if not isinstance(found, list) or len(found) > MAX_MARKS:
        return ()
    are_numbers = all(
        isinstance(each, int | float) and not isinstance(each, bool) and abs(each) <= LARGEST
        for each in found
    )
    return tuple(map(float, found)) if are_numbers else ()


def _edges(found: Any, nodes: Any) -> list[tuple[int, int]] | None:
    """The ends of [first, second, weight]; None for what is no such list."""
    if not isinstance(found, list) or not isinstance(nodes, list) or len(found) > MAX_LINES:
        return None
    if not all(isinstance(each, list) and len(each) == 3 for each in found):
        return None
    pairs = _arcs([each[:2] for each in found], len(nodes))
    return pairs if len(pairs) == len(found) else None


def _arcs(found: Any, nodes: int) -> list[tuple[int, int]]:
    """Pairs of numbers of nodes; nothing for what is no such list."""
    if not isinstance(found, list) or len(found) > MAX_LINES:
        return []
    are_pairs = all(
        isinstance(each, list)
        and len(each) == 2
        and all(type(node) is int and 0 <= node < nodes for node in each)
        for each in found
    )
    return [(one, other) for one, other in found] if are_pairs else []
