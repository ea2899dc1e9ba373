"""Where the nodes of a graph stand in a picture: equal graphs always look alike."""

import math
import random
from collections.abc import Iterator, Sequence
from functools import lru_cache

MOST_MOVED = 24
ROUNDS, ORDERS = 60, 8
APART = 1e-9

Place = tuple[float, float]


@lru_cache(maxsize=256)
def node_places(count: int, pairs: tuple[tuple[int, int], ...]) -> tuple[Place, ...]:
    """Places in [0, 1] squared: on a circle, then moved until distances are as many steps apart as in the
    graph (stress majorisation, Gansner, Koren and North 2004) where there are few nodes.

    Of several orders on the circle the one that ends with the least stress; no page waits long for it.
    """
    if not 2 < count <= MOST_MOVED:
        return _fitted(_circle(range(count)))
    steps = _steps_between(count, pairs)
    found = [_relaxed(_circle(order), steps) for order in _orders(count)]
    return _fitted(min(found, key=lambda places: _stress(places, steps)))


def _orders(count: int) -> Iterator[list[int]]:
    for number in range(ORDERS):
        order = list(range(count))
        if number:
            random.Random(number).shuffle(order)  # noqa: S311 - a picture, not a secret
        yield order


def _circle(order: Sequence[int]) -> list[Place]:
    angles = [2 * math.pi * place / len(order) for place in order]
    return [(math.cos(angle), math.sin(angle)) for angle in angles]


def _relaxed(places: list[Place], steps: Sequence[Sequence[int]]) -> list[Place]:
    for _ in range(ROUNDS):
        places = [_pulled(node, places, steps[node]) for node in range(len(places))]
    return places


def _stress(places: Sequence[Place], steps: Sequence[Sequence[int]]) -> float:
    return sum(
        (math.dist(places[one], places[other]) / steps[one][other] - 1) ** 2
        for one in range(len(places))
        for other in range(one)
    )


def _steps_between(count: int, pairs: Sequence[tuple[int, int]]) -> list[list[int]]:
    """How many edges lead from each node to each; between parts of the graph one more than the longest."""
    beside: list[set[int]] = [set() for _ in range(count)]
    for one, other in pairs:
        beside[one].add(other)
        beside[other].add(one)
    found = []
    for node in range(count):
        steps, reached, turn = [0] * count, {node}, 0
        while grown := {other for each in reached for other in beside[each]} - reached:
            turn += 1
            for other in grown:
                steps[other] = turn
            reached |= grown
        found.append([each or (0 if other == node else -1) for other, each in enumerate(steps)])
    apart = 1 + max(max(row) for row in found)
    return [[apart if each < 0 else each for each in row] for row in found]


def _pulled(node: int, places: Sequence[Place], steps: Sequence[int]) -> Place:
    """Where the others want the node, the nearer ones more than the far."""
    x, y = places[node]
    weights = right = up = 0.0
    for other, (a, b) in enumerate(places):
        if other == node:
            continue
        distance = max(math.hypot(x - a, y - b), APART)
        weight = steps[other] ** -2
        weights += weight
        right += weight * (a + steps[other] * (x - a) / distance)
        up += weight * (b + steps[other] * (y - b) / distance)
    return right / weights, up / weights


def _fitted(places: Sequence[Place]) -> tuple[Place, ...]:
    """The same picture, as large as the square allows and in its middle."""
    left, right = min(x for x, _ in places), max(x for x, _ in places)
    low, high = min(y for _, y in places), max(y for _, y in places)
    span = max(right - left, high - low) or 1.0
    return tuple(
        (0.5 + (x - (left + right) / 2) / span, 0.5 + (y - (low + high) / 2) / span) for x, y in places
    )
