"""Runs of diagonal gates, CX, X and SWAP: one phase vector and one permutation instead of a gate at a time.

Inside such a run each wire holds a parity of the run's input bits (plus a flip), so a diagonal gate adds
angle x (product of parities) to the phase of a basis state. Written as a polynomial in the input bits, with
parity(a, b) = a + b - 2ab, the whole run is exp(i polynomial(bits)) followed by a permutation of basis
states.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

CONSTANT_ANGLE = -1
"""Stands for "1 radian" where a term has no parameter."""

MAX_PARITY_BITS = 3
"""A parity of more bits has 2**bits - 1 terms: the run is ended first."""

BitPolynomial = dict[int, float]
"""Mask of multiplied bits -> coefficient."""


@dataclass(frozen=True)
class Phase:
    """exp(i sum of terms): a term's angle is (angles of the block at columns `angles`, then 1) @ `weights`.

    `masks`: the bits that a term multiplies, one a column of `weights`.
    """

    masks: tuple[int, ...]
    angles: tuple[int, ...]
    weights: NDArray

    def key(self) -> tuple[tuple[int, ...], tuple[int, ...], bytes]:
        """Equal keys mean equal phases: the layers of a feature map repeat."""
        return self.masks, self.angles, self.weights.tobytes()

    def vector(self, angles: NDArray, qubits: int, dtype: Any = np.complex128, xp: Any = np) -> NDArray:
        """(n, 2**qubits) complex of unit modulus.

        Built by doubling: an exponential a term and row, not a basis state and row.
        """
        factors = self.factors(angles, dtype, xp)
        column_of = {mask: column for column, mask in enumerate(self.masks)}
        vector = xp.empty((len(angles), 2**qubits), dtype=dtype)
        vector[:, 0] = factors[:, column_of[0]] if 0 in column_of else 1.0
        step = xp.empty_like(vector[:, : max(1, 2**qubits // 2)])
        for qubit in range(qubits):
            bit = 1 << qubit
            lower = [pair for pair in (bit | 1 << other for other in range(qubit)) if pair in column_of]
            turn = factors[:, column_of[bit], None] if bit in column_of else 1.0
            if not lower:
                xp.multiply(vector[:, :bit], turn, out=vector[:, bit : 2 * bit])
                continue
            step[:, :1] = turn
            for size in (1 << other for other in range(qubit)):
                pair = factors[:, column_of[bit | size], None] if bit | size in column_of else 1.0
                xp.multiply(step[:, :size], pair, out=step[:, size : 2 * size])
            xp.multiply(vector[:, :bit], step[:, :bit], out=vector[:, bit : 2 * bit])
        basis = np.arange(2**qubits)
        for mask, column in column_of.items():
            if mask.bit_count() > 2:
                vector[:, xp.asarray(np.flatnonzero((basis & mask) == mask))] *= factors[:, column, None]
        return vector

    def factors(self, angles: NDArray, dtype: Any = np.complex128, xp: Any = np) -> NDArray:
        """exp(i term angle), (n, terms) complex: cosine and sine apart, which is faster."""
        turns = self.turns(angles)
        factors = np.empty(turns.shape, dtype=np.complex128)
        factors.real = np.cos(turns)
        factors.imag = np.sin(turns)
        return xp.asarray(factors.astype(dtype, copy=False))

    def turns(self, angles: NDArray) -> NDArray:
        """Radians of the terms, (n, terms)."""
        return angles[:, list(self.angles)] @ self.weights[:-1] + self.weights[-1]

    def indicators(self, start: int, count: int) -> NDArray:
        """(count, terms) of 0 and 1: which terms turn the basis states from `start` on."""
        masks = np.array(self.masks)
        return ((np.arange(start, start + count)[:, None] & masks) == masks).astype(np.float64)


class PhaseRun:
    """The run that is being compiled."""

    def __init__(self, qubits: int) -> None:
        self._qubits = qubits
        self._parities = [1 << wire for wire in range(qubits)]
        self._flips = [0] * qubits
        self._terms: dict[int, dict[int, float]] = defaultdict(lambda: defaultdict(float))

    def cx(self, control: int, target: int) -> None:
        self._parities[target] ^= self._parities[control]
        self._flips[target] ^= self._flips[control]

    def x(self, wire: int) -> None:
        self._flips[wire] ^= 1

    def swap(self, first: int, second: int) -> None:
        for values in (self._parities, self._flips):
            values[first], values[second] = values[second], values[first]

    def can_take(self, wires: tuple[int, ...]) -> bool:
        """Whether the parities on these wires are short enough to be written out."""
        return all(self._parities[wire].bit_count() <= MAX_PARITY_BITS for wire in wires)

    def add(self, angle: int, factor: float, wires: tuple[int, ...]) -> None:
        """Adds factor x angle to the phase where all these wires are 1; no wires is a global phase."""
        product: BitPolynomial = {0: 1.0}
        for wire in wires:
            product = _product(product, _parity(self._parities[wire], self._flips[wire]))
        for mask, coefficient in product.items():
            self._terms[mask][angle] += factor * coefficient

    def phase(self) -> Phase | None:
        """What was collected; None where nothing turns."""
        masks = tuple(sorted(mask for mask, terms in self._terms.items() if any(terms.values())))
        if not masks:
            return None
        used = {angle for mask in masks for angle, factor in self._terms[mask].items() if factor}
        angles = tuple(sorted(used - {CONSTANT_ANGLE}))
        weights = np.zeros((len(angles) + 1, len(masks)))
        for row, angle in enumerate((*angles, CONSTANT_ANGLE)):
            weights[row] = [self._terms[mask].get(angle, 0.0) for mask in masks]
        return Phase(masks, angles, weights)

    def permutation(self) -> NDArray | None:
        """Indices to gather from, so that new = old[:, indices]; None where basis states stay in place."""
        if self._parities == [1 << wire for wire in range(self._qubits)] and not any(self._flips):
            return None
        basis = np.arange(2**self._qubits)
        target = np.zeros_like(basis)
        for wire in range(self._qubits):
            bit = (np.bitwise_count(basis & self._parities[wire]) & 1) ^ self._flips[wire]
            target |= bit.astype(basis.dtype) << wire
        source = np.empty_like(basis)
        source[target] = basis
        return source


def _parity(mask: int, flip: int) -> BitPolynomial:
    polynomial: BitPolynomial = {0: float(flip)}
    for bit in _bits(mask):
        doubled = _product(polynomial, {bit: -2.0})
        polynomial = _sum(_sum(polynomial, {bit: 1.0}), doubled)
    return polynomial


def _bits(mask: int) -> Iterator[int]:
    while mask:
        yield mask & -mask
        mask &= mask - 1


def _sum(left: BitPolynomial, right: BitPolynomial) -> BitPolynomial:
    return {mask: left.get(mask, 0.0) + right.get(mask, 0.0) for mask in left.keys() | right.keys()}


def _product(left: BitPolynomial, right: BitPolynomial) -> BitPolynomial:
    product: BitPolynomial = {}
    for left_mask, left_factor in left.items():
        for right_mask, right_factor in right.items():
            mask = left_mask | right_mask
            product[mask] = product.get(mask, 0.0) + left_factor * right_factor
    return {mask: factor for mask, factor in product.items() if factor}
