"""Quadratic functions of bits: their values, their spins, and the bounds above which penalties decide."""

import itertools

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from qjobs.algorithms.errors import DatasetRefused
from qjobs.algorithms.graph import Graph
from qjobs.algorithms.optimisation.channels import channel_choice
from qjobs.algorithms.optimisation.cover import cover_choice
from qjobs.algorithms.optimisation.data import Assets
from qjobs.algorithms.optimisation.portfolio import portfolio_choice
from qjobs.algorithms.optimisation.problem import Outlook, bits_of
from qjobs.algorithms.optimisation.route import route_arcs, route_choice
from qjobs.algorithms.qubo import Ising, Qubo, square_of
from qjobs.spec.problems import ChannelAssignment, Portfolio, Route

JUST_ABOVE = 1.0001
NUMBERS = st.floats(-5, 5).map(lambda number: round(number, 3))


@st.composite
def qubos(draw):
    count = draw(st.integers(1, 6))
    numbers = draw(st.lists(NUMBERS, min_size=count * count + 1, max_size=count * count + 1))
    return Qubo(np.triu(np.array(numbers[1:]).reshape(count, count)), numbers[0])


@st.composite
def graphs(draw, most=6):
    """Up to `most` nodes in a chain with further edges."""
    nodes = draw(st.integers(3, most))
    chain = {(node, node + 1) for node in range(nodes - 1)}
    more = draw(st.sets(st.sampled_from(list(itertools.combinations(range(nodes), 2))), max_size=3))
    edges = sorted(chain | more)
    weights = draw(st.lists(st.floats(0.01, 50), min_size=len(edges), max_size=len(edges)))
    return Graph(tuple(map(str, range(nodes))), np.array(edges), np.array(weights))


@given(qubos())
@settings(max_examples=60, deadline=None)
def test_values_by_doubling_one_by_one_and_by_spins_are_the_same(qubo):
    count = len(qubo)
    every = [qubo.value(bits_of(state, count)) for state in range(2**count)]
    diagonal = np.zeros(2**count)
    for label, coefficient in Ising.of(qubo).observable().labels().items() if qubo.matrix.any() else []:
        signs = [(-1) ** (state >> wire & 1) for state in range(2**count) for wire in range(count)]
        on = [wire for wire, letter in enumerate(reversed(label)) if letter == "Z"]
        diagonal += coefficient * np.array(signs).reshape(-1, count)[:, on].prod(axis=1)

    assert np.abs(qubo.values() - every).max() < 1e-9
    if qubo.matrix.any():
        assert np.abs(diagonal + qubo.values()).max() < 1e-9


@given(qubos(), st.data())
@settings(max_examples=60, deadline=None)
def test_no_flip_changes_more_than_the_largest_step(qubo, data):
    state = data.draw(st.integers(0, 2 ** len(qubo) - 1))
    flip = data.draw(st.integers(0, len(qubo) - 1))
    values = qubo.values()

    assert abs(values[state] - values[state ^ 1 << flip]) <= qubo.largest_step() + 1e-9


@pytest.mark.parametrize(("terms", "constant"), [((1, 1, -1), 0), ((1, -1, 2), -1), ((0, 0, 1), 1)])
def test_a_square_is_that_of_the_sum(terms, constant):
    square = square_of(np.array(terms, dtype=float), constant)

    expected = [(np.dot(terms, bits_of(state, 3)) + constant) ** 2 for state in range(8)]

    assert square.values().tolist() == expected


def best_keeps_every_constraint(choice):
    energies = choice.energy(JUST_ABOVE).values()
    outlook = Outlook.of(choice, JUST_ABOVE, 1e-9)
    lowest = energies <= energies.min() + 1e-12 * max(1.0, abs(energies.min()))
    return bool(outlook.allowed[lowest].all() and outlook.optimal[lowest].all())


@given(st.integers(2, 6), st.data())
@settings(max_examples=60, deadline=None)
def test_above_its_bound_the_penalty_keeps_a_portfolios_budget(count, data):
    choose = data.draw(st.integers(1, count - 1))
    returns = data.draw(st.lists(st.lists(NUMBERS, min_size=count, max_size=count), min_size=2, max_size=5))
    problem = Portfolio(name="portfolio", choose=choose, risk_aversion=data.draw(st.floats(0, 9)))
    assume(np.abs(np.array(returns)).max() > 0)
    try:
        choice = portfolio_choice(problem, Assets(tuple("abcdef"[:count]), np.array(returns)))
    except DatasetRefused:
        assume(False)

    assert best_keeps_every_constraint(choice)
    assert choice.greedy.sum() == choose


@given(graphs(most=7))
@settings(max_examples=40, deadline=None)
def test_above_its_bound_the_penalty_covers_every_edge(graph):
    choice = cover_choice(graph)

    assert best_keeps_every_constraint(choice)
    assert all(choice.greedy[edge].any() for edge in graph.edges)


@given(graphs(most=5), st.integers(2, 3))
@settings(max_examples=40, deadline=None)
def test_above_its_bound_the_penalty_gives_each_node_one_channel(graph, channels):
    assume(len(graph.nodes) * channels <= 12)
    choice = channel_choice(ChannelAssignment(name="channel-assignment", channels=channels), graph)

    assert best_keeps_every_constraint(choice)
    assert (choice.greedy.reshape(-1, channels).sum(axis=1) == 1).all()


def shortest(graph, source, target):
    """By trying every order of nodes."""
    lengths = {frozenset(edge.tolist()): float(w) for edge, w in zip(graph.edges, graph.weights, strict=True)}
    others = [node for node in range(len(graph.nodes)) if node not in (source, target)]
    ways = (
        (source, *between, target)
        for count in range(len(others) + 1)
        for between in itertools.permutations(others, count)
    )
    steps = ([frozenset(pair) for pair in itertools.pairwise(way)] for way in ways)
    return min(sum(lengths[step] for step in way) for way in steps if all(step in lengths for step in way))


@given(graphs(most=5))
@settings(max_examples=40, deadline=None)
def test_above_its_bound_the_penalty_leads_the_shortest_way(graph):
    last = len(graph.nodes) - 1
    problem = Route(name="route", source="0", target=str(last))
    arcs = route_arcs(problem, graph)
    assume(len(arcs) <= 12)

    choice = route_choice(problem, graph, len(arcs))

    assert best_keeps_every_constraint(choice)
    assert Outlook.of(choice, 1.2, 1e-9).best == pytest.approx(shortest(graph, 0, last))


@given(graphs(most=7))
@settings(max_examples=30, deadline=None)
def test_a_cover_leaves_no_two_neighbours_outside_and_none_is_smaller(graph):
    outlook = Outlook.of(cover_choice(graph), 1.2, 1e-9)
    count = len(graph.nodes)
    covers = [
        state
        for state in range(2**count)
        if all(state >> int(one) & 1 or state >> int(other) & 1 for one, other in graph.edges)
    ]

    assert np.flatnonzero(outlook.allowed).tolist() == covers
    assert outlook.best == min(state.bit_count() for state in covers)


def test_a_portfolio_is_mean_less_risk_aversion_times_variance():
    returns = np.array([[0.1, -0.2, 0.3], [0.0, 0.1, 0.2], [0.2, 0.3, -0.1], [0.1, 0.1, 0.1]])
    assets = Assets(("a", "b", "c"), returns)
    outlook = Outlook.of(portfolio_choice(Portfolio(name="portfolio", choose=2), assets), 1.2, 1e-9)

    held = returns[:, [0, 2]].mean(axis=1)

    assert outlook.values[0b101] == pytest.approx(held.mean() - held.var(ddof=1), abs=1e-12)
    assert np.flatnonzero(outlook.allowed).tolist() == [0b011, 0b101, 0b110]


def test_channels_count_what_disturbs_within_one():
    graph = Graph(("a", "b", "c"), np.array([[0, 1], [0, 2], [1, 2]]), np.array([1.0, 2.0, 4.0]))
    outlook = Outlook.of(
        channel_choice(ChannelAssignment(name="channel-assignment", channels=2), graph), 1.2, 1e-9
    )

    assert outlook.allowed.sum() == 8
    assert outlook.values[0b01_10_01] == 2.0, "a and c share a channel"
    assert (outlook.best, outlook.worst) == (1.0, 7.0)
    assert outlook.qualities[0b01_10_01] == pytest.approx(5 / 6)
