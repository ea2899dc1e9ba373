"""Cosines and sines of many angles: the C library takes them one by one, this loop a vector at a time.

Reduction by multiples of pi/2 in three parts (Cody and Waite) and the minimax polynomials of Cephes' `sin.c`
(S. Moshier); right to 2e-16 for angles up to MOST_ANGLE.
"""

import numpy as np
from numpy.typing import NDArray

from qjobs.engines.compiled.jit import compiled_strictly

MOST_ANGLE = 1e6


@compiled_strictly
def _fill(angles, cosines, sines):
    for index in range(len(angles)):
        angle = angles[index]
        quarter = np.floor(angle * 0.6366197723675814 + 0.5)
        rest = angle - quarter * 1.5707962512969970703125
        rest -= quarter * 7.54978941586159635335e-8
        rest -= quarter * 5.39030285815811905290e-15
        square = rest * rest
        sine = 1.58962301576546568060e-10 * square - 2.50507477628578072866e-8
        sine = sine * square + 2.75573136213857245213e-6
        sine = sine * square - 1.98412698295895385996e-4
        sine = sine * square + 8.33333333332211858878e-3
        sine = sine * square - 1.66666666666666307295e-1
        sine = rest + rest * square * sine
        cosine = -1.13585365213876817300e-11 * square + 2.08757008419747316778e-9
        cosine = cosine * square - 2.75573141792967388112e-7
        cosine = cosine * square + 2.48015872888517045348e-5
        cosine = cosine * square - 1.38888888888730564116e-3
        cosine = cosine * square + 4.16666666666665929218e-2
        cosine = 1.0 - 0.5 * square + square * square * cosine
        half = np.floor(0.5 * quarter)
        is_odd = quarter - 2.0 * half
        sign = 1.0 - 2.0 * (half - 2.0 * np.floor(0.5 * half))
        cosines[index] = sign * (cosine - is_odd * (cosine + sine))
        sines[index] = sign * (sine + is_odd * (cosine - sine))


def unit_factors(turns: NDArray) -> NDArray:
    """exp(i turns), complex128 of the same shape, for float64 radians."""
    if np.abs(turns).max(initial=0.0) > MOST_ANGLE:
        return np.exp(1j * turns)
    flat = np.ascontiguousarray(turns).ravel()
    cosines, sines = np.empty_like(flat), np.empty_like(flat)
    _fill(flat, cosines, sines)
    factors = np.empty(turns.shape, dtype=np.complex128)
    factors.real = cosines.reshape(turns.shape)
    factors.imag = sines.reshape(turns.shape)
    return factors
