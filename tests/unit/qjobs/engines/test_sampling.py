import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit.library import zz_feature_map

from qjobs.engines import sampling
from qjobs.engines.errors import StateTooLarge
from qjobs.engines.statevector import StatevectorEngine

ENGINE = StatevectorEngine()
PROGRAM = ENGINE.compile(zz_feature_map(3))
ROWS = np.random.default_rng(2).uniform(0, 1, (4, 3))


def test_equal_seeds_give_equal_shots_and_others_others():
    shots = ENGINE.sample(PROGRAM, ROWS, 200, seed=5)

    assert np.array_equal(shots, ENGINE.sample(PROGRAM, ROWS, 200, seed=5))
    assert not np.array_equal(shots, ENGINE.sample(PROGRAM, ROWS, 200, seed=6))


def test_a_part_of_the_rows_has_the_shots_that_it_has_in_the_whole():
    whole = sampling.sample(PROGRAM, ROWS, 50, seed=1)

    assert np.array_equal(sampling.sample(PROGRAM, ROWS[2:], 50, seed=1, first_row=2), whole[2:])


def test_shots_converge_to_the_distribution_at_the_right_rate():
    exact = np.abs(PROGRAM.states(ROWS)) ** 2
    for shots in (1_000, 100_000):
        counts = sampling.counts(ENGINE.sample(PROGRAM, ROWS, shots, seed=9), 3)

        squares = (counts - shots * exact) ** 2 / (shots * exact)
        assert (counts.sum(axis=1) == shots).all()
        assert squares.sum(axis=1).max() < 29.9  # chi squared, 7 degrees of freedom, 1 in 10,000


def test_a_certain_outcome_is_always_seen():
    flipped = QuantumCircuit(3)
    flipped.x(1)

    assert (ENGINE.sample(ENGINE.compile(flipped), np.zeros((2, 0)), 30, seed=0) == 2).all()


def test_no_shots_and_too_many_are_refused():
    with pytest.raises(ValueError, match="at least one shot"):
        ENGINE.sample(PROGRAM, ROWS, 0, seed=0)
    with pytest.raises(StateTooLarge, match="shots of 4 rows on 3 qubits"):
        StatevectorEngine(memory_limit_bytes=2**24).sample(PROGRAM, ROWS, 10**7, seed=0)
