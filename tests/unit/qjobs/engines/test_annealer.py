import itertools

import numpy as np
import pytest

from qjobs.engines.annealer import AnnealerEngine
from qjobs.engines.errors import StateTooLarge

ENGINE = AnnealerEngine()


def random_qubo(variables: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(variables, variables))


def smallest(qubo: np.ndarray) -> float:
    every = np.array(list(itertools.product((0, 1), repeat=len(qubo))))
    return float(((every @ qubo) * every).sum(axis=1).min())


@pytest.mark.parametrize("seed", range(5))
def test_annealing_finds_the_smallest_value_of_small_problems(seed):
    qubo = random_qubo(10, seed)

    answer = ENGINE.anneal(qubo, reads=50, sweeps=200, seed=seed)

    assert answer.value == pytest.approx(smallest(qubo), abs=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_descent_ends_where_no_single_flip_helps(seed):
    qubo = random_qubo(12, seed)

    answer = ENGINE.descend(qubo, reads=1, seed=seed)

    for bit in range(12):
        flipped = answer.bits.copy()
        flipped[bit] ^= 1
        assert flipped @ qubo @ flipped >= answer.value - 1e-9
    assert answer.value >= smallest(qubo) - 1e-9


def test_the_value_is_that_of_the_bits_with_the_offset():
    qubo = random_qubo(6, 3)

    answer = ENGINE.anneal(qubo, reads=5, sweeps=50, seed=1, offset=2.5)

    assert answer.value == pytest.approx(answer.bits @ qubo @ answer.bits + 2.5, abs=1e-12)
    assert set(answer.bits) <= {0, 1}


def test_equal_seeds_give_equal_answers():
    qubo = random_qubo(30, 4)

    first, again = (ENGINE.anneal(qubo, reads=3, sweeps=10, seed=8) for _ in range(2))

    assert (first.bits == again.bits).all()


def test_of_equally_good_answers_the_first_in_order_is_given():
    qubo = np.array([[-1.0, 2.0], [0.0, -1.0]])

    answer = ENGINE.anneal(qubo, reads=40, sweeps=20, seed=1)

    assert answer.value == -1
    assert answer.bits.tolist() == [0, 1]


def test_a_problem_over_a_limit_is_refused_with_the_number():
    with pytest.raises(StateTooLarge, match="4097 variables"):
        ENGINE.anneal(np.zeros((4097, 4097)), reads=1, sweeps=1, seed=1)
    with pytest.raises(StateTooLarge, match="limit is 4096 variables and 1 MiB"):
        AnnealerEngine(2**20).anneal(np.zeros((400, 400)), reads=1, sweeps=1, seed=1)
    assert AnnealerEngine(2**30).anneal(np.zeros((4, 4)), reads=1, sweeps=1, seed=1).value == 0


@pytest.mark.parametrize("qubo", [np.full((2, 2), np.nan), np.zeros((2, 3))])
def test_what_is_no_square_of_finite_numbers_is_refused(qubo):
    with pytest.raises(ValueError, match="square matrix of finite numbers"):
        ENGINE.anneal(qubo, reads=1, sweeps=1, seed=1)


def test_the_annealer_says_what_it_is_and_that_more_costs_more():
    assert (ENGINE.facts.name, ENGINE.facts.determinism) == ("annealer", "statistical")
    assert 0 < ENGINE.cpu_seconds(10, 20, 100) < ENGINE.cpu_seconds(100, 2000, 1000)
    assert 0 < ENGINE.memory_bytes(10, 1) < ENGINE.memory_bytes(100, 10)
