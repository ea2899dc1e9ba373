"""Principal axes of standardised rows, the same on every machine up to rounding.

Two things are free in the textbook's answer: the sign of an axis, and the basis of a space in which rows
spread alike to every side. Columns that repeat or exclude each other make both depend on last digits, and
leave directions in which rows do not spread at all. Here each is settled by what rounding cannot turn.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

LEAST_SPREAD = 1e-6
"""Of the largest spread, or of 1 where there is none: a standardised column spreads by the root of the rows.
What spreads less is rounding, once it is stretched to the range of an angle."""

TIE = 1e-6
"""Spreads this close, in parts of the largest, are equal; entries this close to the largest are as large.
Adding up in another order then moves an angle by 1e-13. Of spreads that are just not equal it moves axes by
rounding over their distance, angles by up to 3e-9, and by less than 1e-9 from three times this limit on; rows
that are no copies of each other have such spreads hardly ever, since spreads repel."""

PIVOT_SHARE = 2**0.5 - 1
"""Of the mean share of a column: below 1 some column has it, and no count of columns gives it exactly."""


def principal_axes(standard: NDArray, count: int) -> NDArray:
    """(d, count) orthonormal columns by falling spread of the rows (n, d); zeros for those without spread."""
    triangle = np.linalg.qr(standard, mode="r")
    _, spreads, rows = np.linalg.svd(triangle, full_matrices=False)
    kept = int((spreads > LEAST_SPREAD * max(1.0, spreads[0])).sum())
    axes = np.zeros((standard.shape[1], max(count, kept)))
    ends = np.flatnonzero(spreads[:-1] - spreads[1:] > TIE * spreads[0]) + 1
    for start, stop in pairwise([0, *ends[ends < kept].tolist(), kept] if kept else []):
        axes[:, start:stop] = _settled(rows[start:stop].T)
    return axes[:, :count]


def _settled(basis: NDArray) -> NDArray:
    """The same space as that of the orthonormal columns (d, m), in a basis that depends on it alone."""
    if basis.shape[1] != 1:
        basis = _pivoted(basis @ basis.T, basis.shape[1])
    sizes = np.abs(basis)
    largest = (sizes >= (1 - TIE) * sizes.max(axis=0)).argmax(axis=0)
    settled: NDArray = basis * np.sign(basis[largest, np.arange(basis.shape[1])])
    return settled


def _pivoted(projector: NDArray, dimension: int) -> NDArray:
    """Gram-Schmidt on columns of a projector (d, d), each time the first with enough of what is left."""
    found = []
    for left in range(dimension, 0, -1):
        share = PIVOT_SHARE * left / len(projector)
        chosen = int((np.diag(projector) > share).argmax())
        found.append(projector[:, chosen] / np.linalg.norm(projector[:, chosen]))
        projector = projector - np.outer(found[-1], found[-1])
    return np.column_stack(found)
