"""Pauli sums, ready to act on batches of states."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from qjobs.engines.errors import ObservableNotSupported
from qjobs.engines.hadamard import real_parts
from qjobs.engines.steps import BlockValues, as_numpy, pauli_action

KEPT_FACTORS = 2**21
"""Up to so many factors (48 MiB with where to gather them from) are kept for the next call."""


class Observable(Protocol):
    """What can be measured in states: a Hermitian operator that acts on batches of them."""

    @property
    def qubits(self) -> int: ...

    def apply(self, states: NDArray, block: BlockValues) -> NDArray:
        """O|psi> of each row."""
        ...

    def expectations(self, states: NDArray, applied: NDArray) -> NDArray:
        """<psi|O|psi> of each row, (n,) float64 in NumPy, from states and `apply` of them."""
        ...


@dataclass(frozen=True)
class PauliSum:
    """sum of coefficient x Pauli string, grouped by the bits that a string flips.

    `groups`: x mask -> ((z mask, coefficient), ...); each group is one gather of the states times one vector.
    """

    qubits: int
    groups: Mapping[int, tuple[tuple[int, float], ...]]

    @classmethod
    def of(cls, labels: Mapping[str, float]) -> "PauliSum":
        """From labels such as {"ZZI": -1.0, "IIX": 0.5}; the last letter is on qubit 0, as in Qiskit.

        >>> PauliSum.of({"ZZ": 1.0, "IX": 0.5}).groups
        {0: ((3, 1.0),), 1: ((0, 0.5),)}
        """
        widths = {len(label) for label in labels}
        if len(widths) != 1 or not set("".join(labels)) <= set("IXYZ"):
            raise ObservableNotSupported("a Pauli sum needs labels of I, X, Y and Z, all of one length")
        groups: dict[int, list[tuple[int, float]]] = defaultdict(list)
        for label, coefficient in labels.items():
            if isinstance(coefficient, complex) or not np.isfinite(coefficient):
                raise ObservableNotSupported(f"the coefficient {coefficient} of {label} is no real number")
            x_mask, z_mask = _mask(label, "XY"), _mask(label, "ZY")
            groups[x_mask].append((z_mask, float(coefficient)))
        return cls(widths.pop(), {x_mask: tuple(terms) for x_mask, terms in groups.items()})

    @property
    def is_real(self) -> bool:
        """Whether its matrix is real: each string has an even number of Y."""
        return all(
            (x_mask & z_mask).bit_count() % 2 == 0
            for x_mask, terms in self.groups.items()
            for z_mask, _ in terms
        )

    def labels(self) -> dict[str, float]:
        """The strings and their coefficients, as `of` takes them.

        >>> PauliSum.of({"ZY": 1.0, "IX": 0.5}).labels()
        {'ZY': 1.0, 'IX': 0.5}
        """
        wires = range(self.qubits - 1, -1, -1)
        return {
            "".join("IXZY"[(x_mask >> wire & 1) + 2 * (z_mask >> wire & 1)] for wire in wires): coefficient
            for x_mask, terms in self.groups.items()
            for z_mask, coefficient in terms
        }

    def apply(self, states: NDArray, block: BlockValues) -> NDArray:
        """O|psi> of each row; real states stay real where the sum is real."""
        total: Any = None
        for source, factors in self._gathers():
            moved = states if source is None else block.xp.take(states, block.xp.asarray(source), axis=1)
            term = moved * block.constant(factors)
            total = term if total is None else total + term
        return total

    def expectations(self, states: NDArray, applied: NDArray) -> NDArray:
        """<psi|O|psi> of each row, (n,) float64 in NumPy, from states and `apply` of them."""
        sums = (real_parts(states) * real_parts(applied)).sum(axis=1)
        return as_numpy(sums).astype(np.float64)

    def _gathers(self) -> Iterable[tuple[NDArray | None, NDArray]]:
        if len(self.groups) << self.qubits <= KEPT_FACTORS:
            return self._kept_gathers
        return (self._gather(x_mask, terms) for x_mask, terms in self.groups.items())

    @cached_property
    def _kept_gathers(self) -> list[tuple[NDArray | None, NDArray]]:
        return [self._gather(x_mask, terms) for x_mask, terms in self.groups.items()]

    def _gather(self, x_mask: int, terms: tuple[tuple[int, float], ...]) -> tuple[NDArray | None, NDArray]:
        """What to gather from (None: in place) and the factors, (2**q,) or (1,), real where they are."""
        source, _ = pauli_action(x_mask, 0, self.qubits)
        factors = np.zeros(2**self.qubits, dtype=np.complex128)
        for z_mask, weight in terms:
            factors += weight * pauli_action(x_mask, z_mask, self.qubits)[1]
        kept: NDArray = factors if factors.imag.any() else factors.real
        return (source if x_mask else None), (kept if (kept != kept[0]).any() else kept[:1])


def _mask(label: str, letters: str) -> int:
    return sum(1 << wire for wire, letter in enumerate(reversed(label)) if letter in letters)
