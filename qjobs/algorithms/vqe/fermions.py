"""Second-quantised Hamiltonians as Pauli sums, by Jordan and Wigner 1928.

Orbital p is qubit p: a_p = Z_0 ... Z_(p-1) (X_p + i Y_p) / 2.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

Masks = tuple[int, int]
"""x and z bits of a product of X^x Z^z, X left of Z on each qubit."""

PHASES = (1, 1j, -1, -1j)


def molecular_terms(one_body: NDArray, two_body: NDArray, constant: float) -> dict[str, float]:
    """Labels and coefficients of sum h_pq a_p^dagger a_q + 1/2 sum (pq|rs) a_p^dagger a_r^dagger a_s a_q.

    one_body: (n, n) and two_body: (n, n, n, n), in chemists' order, over spatial orbitals; the 2 n spin
    orbitals are up and down of each in turn.
    """
    total: dict[Masks, complex] = defaultdict(complex)
    total[0, 0] += constant
    orbitals = range(len(one_body))
    for p, q in _nonzero(one_body):
        for spin in (0, 1):
            _add(total, one_body[p, q], ((2 * p + spin, True), (2 * q + spin, False)))
    for p, q, r, s in _nonzero(two_body):
        for spin in (0, 1):
            for other in (0, 1):
                ladder = ((2 * p + spin, True), (2 * r + other, True), (2 * s + other, False))
                _add(total, two_body[p, q, r, s] / 2, (*ladder, (2 * q + spin, False)))
    return labels_of(total, 2 * len(orbitals))


def labels_of(total: Mapping[Masks, complex], qubits: int) -> dict[str, float]:
    """Without what cancels; sorted, so that one Hamiltonian has one order."""
    labels = {}
    for (x_mask, z_mask), weight in total.items():
        # Y = i X Z on each qubit that has both.
        real = weight * PHASES[-(x_mask & z_mask).bit_count() % 4]
        if abs(real) > 1e-12:
            wires = range(qubits - 1, -1, -1)
            label = "".join("IXZY"[(x_mask >> wire & 1) + 2 * (z_mask >> wire & 1)] for wire in wires)
            labels[label] = float(real.real)
    return dict(sorted(labels.items()))


def _nonzero(array: NDArray) -> Iterable[tuple[int, ...]]:
    return (tuple(map(int, place)) for place in np.argwhere(np.abs(array) > 1e-14))


def _add(total: dict[Masks, complex], weight: float, ladder: Iterable[tuple[int, bool]]) -> None:
    """Adds weight times the product of raising (True) and lowering operators, left to right."""
    products: dict[Masks, complex] = {(0, 0): complex(weight)}
    for orbital, is_raising in ladder:
        below, bit = (1 << orbital) - 1, 1 << orbital
        # (X + iY)/2 = (X - XZ)/2 lowers, (X - iY)/2 = (X + XZ)/2 raises.
        parts = (((bit, below), 0.5), ((bit, below | bit), 0.5 if is_raising else -0.5))
        grown: dict[Masks, complex] = defaultdict(complex)
        for (x_mask, z_mask), left in products.items():
            for (x_part, z_part), right in parts:
                swaps = (z_mask & x_part).bit_count()
                grown[x_mask ^ x_part, z_mask ^ z_part] += left * right * (-1) ** swaps
        products = grown
    for masks, value in products.items():
        total[masks] += value
