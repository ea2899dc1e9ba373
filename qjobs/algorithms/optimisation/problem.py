"""A choice under constraints in the one form that every problem is brought to."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qjobs.algorithms.qubo import Qubo

KEPT = 0.5
"""A violation is a whole number: below this it is none."""


@dataclass(frozen=True)
class Choice:
    """variables: what each bit says; objective: as small as possible, or as large where `is_largest`.

    violation: 0 where every constraint is kept, else 1 or more. bound: with the violation weighed more than
    this, the best of all bits keeps every constraint. greedy: (n,) bits of the greedy answer.
    """

    variables: tuple[str, ...]
    is_largest: bool
    objective: Qubo
    violation: Qubo
    bound: float
    greedy: NDArray

    def energy(self, penalty: float) -> Qubo:
        """What is minimised, with the violation weighed `penalty` times the bound."""
        sign = -1.0 if self.is_largest else 1.0
        return self.objective.scaled(sign) + self.violation.scaled(penalty * self.bound)


@dataclass(frozen=True)
class Measured:
    """One choice. quality: 1 for the best allowed one, 0 for the worst and for one that is not allowed."""

    state: int
    energy: float
    value: float
    is_allowed: bool
    quality: float


@dataclass(frozen=True)
class Outlook:
    """Every choice looked at: energies, values, qualities (2**n,) float64; allowed, optimal (2**n,) bool."""

    energies: NDArray
    values: NDArray
    qualities: NDArray
    allowed: NDArray
    optimal: NDArray
    best: float
    worst: float

    @classmethod
    def of(cls, choice: Choice, penalty: float, tie: float) -> "Outlook":
        """`tie`: values closer than this share of the largest one are equal."""
        values, allowed = choice.objective.values(), choice.violation.values() < KEPT
        ends = float(values[allowed].min()), float(values[allowed].max())
        worst, best = ends if choice.is_largest else (ends[1], ends[0])
        near = tie * max(1e-300, float(np.abs(values).max()))
        if abs(best - worst) <= near:
            qualities = np.where(allowed, 1.0, 0.0)
        else:
            qualities = np.where(allowed, (values - worst) / (best - worst), 0.0)
        optimal = allowed & (np.abs(values - best) <= near)
        return cls(choice.energy(penalty).values(), values, qualities, allowed, optimal, best, worst)

    def measured(self, state: int) -> Measured:
        return Measured(
            state,
            float(self.energies[state]),
            float(self.values[state]),
            bool(self.allowed[state]),
            float(self.qualities[state]),
        )

    def best_of(self, states: NDArray, tie: float) -> Measured:
        """The best allowed one, else that of least energy; of equals the first."""
        kept = states[self.allowed[states]]
        if len(kept):
            qualities = self.qualities[kept]
            return self.measured(int(kept[np.flatnonzero(qualities >= qualities.max() - tie)[0]]))
        energies = self.energies[states]
        near = tie * max(1.0, abs(float(energies.min())))
        return self.measured(int(states[np.flatnonzero(energies <= energies.min() + near)[0]]))


def bits_of(state: int, count: int) -> NDArray:
    """(count,) int64 of 0 and 1; bit i of the state is variable i."""
    bits: NDArray = state >> np.arange(count) & 1
    return bits


def states_of(bits: NDArray) -> NDArray:
    """The basis states of rows of bits: (m, n) -> (m,) int64."""
    states: NDArray = (bits.astype(np.int64) << np.arange(bits.shape[1])).sum(axis=1)
    return states


def text_of(state: int, count: int) -> str:
    """One letter a variable, the first one first."""
    return "".join(map(str, bits_of(state, count)))
