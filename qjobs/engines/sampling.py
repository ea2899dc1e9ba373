"""Shots: basis states drawn from the exact distribution of each row."""

import numpy as np
from numpy.typing import NDArray

from qjobs.engines.program import Program


def sample(program: Program, rows: NDArray, shots: int, seed: int, first_row: int = 0) -> NDArray:
    """Measured basis states, (n, shots) int64 with qubit 0 the least significant bit, in the order drawn.

    Row i draws from a generator of its own, seeded by (seed, first_row + i): a part of the rows gives the
    shots that it has in the whole.
    """
    if shots < 1:
        raise ValueError(f"at least one shot is needed, not {shots}")
    outcomes = np.empty((len(rows), shots), dtype=np.int64)
    for part in program.blocks(len(rows)):
        states = program.states(rows[part])
        chances = states.real**2 + states.imag**2
        outcomes[part] = draw(chances, shots, seed, first_row + part.start)
    return outcomes


def draw(probabilities: NDArray, shots: int, seed: int, first_row: int = 0) -> NDArray:
    """Basis states drawn from (n, 2**qubits) distributions: (n, shots) int64, seeded as in `sample`."""
    cumulative = np.cumsum(probabilities, axis=1)
    outcomes = np.empty((len(cumulative), shots), dtype=np.int64)
    for number, row in enumerate(cumulative):
        draws = np.random.default_rng([seed, first_row + number]).random(shots)
        outcomes[number] = np.searchsorted(row, draws * row[-1], side="right")
    return outcomes


def counts(outcomes: NDArray, qubits: int) -> NDArray:
    """How often each basis state was seen: (n, 2**qubits) int64 from `sample`."""
    return np.stack([np.bincount(row, minlength=2**qubits) for row in outcomes])
