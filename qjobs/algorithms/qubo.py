"""Quadratic functions of bits, and the same functions of spins that a circuit turns about.

Lucas 2014 (arXiv:1302.5843); a spin is Z = 1 - 2 x.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qjobs.engines.observables import PauliSum


@dataclass(frozen=True)
class Qubo:
    """E(x) = offset + sum of matrix[i, i] x_i + sum over i < j of matrix[i, j] x_i x_j.

    matrix: (n, n) float64, upper triangular.
    """

    matrix: NDArray
    offset: float = 0.0

    @classmethod
    def zero(cls, bits: int) -> "Qubo":
        return cls(np.zeros((bits, bits)))

    def __len__(self) -> int:
        return len(self.matrix)

    def __add__(self, other: "Qubo") -> "Qubo":
        return Qubo(self.matrix + other.matrix, self.offset + other.offset)

    def scaled(self, factor: float) -> "Qubo":
        return Qubo(factor * self.matrix, factor * self.offset)

    def values(self) -> NDArray:
        """E of every basis state, (2**n,) float64; bit i of the state is x_i.

        Built by doubling: each bit adds the states in which it is 1 to those in which it is 0.
        """
        found = np.array([self.offset])
        for bit in range(len(self)):
            row = np.array([self.matrix[bit, bit]])
            for lower in range(bit):
                row = np.concatenate([row, row + self.matrix[lower, bit]])
            found = np.concatenate([found, found + row])
        return found

    def value(self, bits: NDArray) -> float:
        """E of one choice, (n,) of 0 and 1, summed entry by entry."""
        return float(bits @ self.matrix @ bits) + self.offset

    def largest_step(self) -> float:
        """No flip of one bit changes E by more: the largest sum of a bit's own and its shared entries."""
        shared = np.abs(np.triu(self.matrix, 1))
        steps = np.abs(np.diag(self.matrix)) + shared.sum(axis=0) + shared.sum(axis=1)
        return float(steps.max(initial=0.0))


def square_of(terms: NDArray, constant: float) -> Qubo:
    """(terms . x + constant) squared, for whole (n,) terms; x squared is x."""
    outer = np.outer(terms, terms)
    matrix = np.triu(2 * outer, 1) + np.diag(np.diag(outer) + 2 * constant * terms)
    return Qubo(matrix.astype(np.float64), float(constant) ** 2)


@dataclass(frozen=True)
class Ising:
    """C = constant + sum of fields[i] Z_i + sum of couplings[k] Z_a Z_b, to be as large as possible.

    fields: (n,); pairs: (m, 2) of a < b; couplings: (m,). unit: what a change of C is measured against.
    """

    constant: float
    fields: NDArray
    pairs: NDArray
    couplings: NDArray
    unit: float

    @classmethod
    def of(cls, qubo: Qubo) -> "Ising":
        """C = -E, whose largest value is the smallest of E; terms of 0 are left out."""
        shared = np.triu(qubo.matrix, 1)
        pairs = np.argwhere(shared)
        couplings = -shared[tuple(pairs.T)] / 4
        own = np.diag(qubo.matrix)
        fields = own / 2 + (shared.sum(axis=0) + shared.sum(axis=1)) / 4
        constant = -(qubo.offset + own.sum() / 2 + shared.sum() / 4)
        unit = float(np.abs(fields).sum() + np.abs(couplings).sum())
        return cls(float(constant), fields, pairs, couplings, unit)

    @property
    def qubits(self) -> int:
        return len(self.fields)

    @property
    def largest_turn(self) -> float:
        """Twice the largest factor: what angles are scaled by."""
        return float(np.abs(2 * np.concatenate([self.fields, self.couplings])).max())

    @property
    def mean_pull(self) -> float:
        """How strongly a spin is bound on average, where the strongest term is 1: the degree of a node in a
        graph whose edges are equal."""
        pulls = 2 * float(np.abs(2 * self.couplings).sum()) + float(np.abs(2 * self.fields).sum())
        return pulls / self.largest_turn / self.qubits

    def observable(self) -> PauliSum:
        """C as Pauli strings."""
        labels = {self._label(): self.constant}
        labels |= {self._label(number): float(field) for number, field in enumerate(self.fields) if field}
        labels |= {
            self._label(int(first), int(second)): float(coupling)
            for (first, second), coupling in zip(self.pairs, self.couplings, strict=True)
        }
        return PauliSum.of(labels)

    def _label(self, *wires: int) -> str:
        return "".join("Z" if wire in wires else "I" for wire in reversed(range(self.qubits)))
