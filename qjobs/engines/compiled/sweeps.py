"""Real states that all turn alike, as columns: a rotation acts on whole rows, which vectorise on any wire.

Basis states are never moved: a permutation only changes where each of them is looked up. Wires turn in
pairs, so that memory is read half as often.
"""

import numpy as np

from qjobs.engines.compiled.jit import compiled


@compiled
def _rotate_pair(x, where, low, high, turns):
    """RY on the wires of bits low and high of all columns; turns: cosine and sine of each half angle."""
    c, s, d, t = turns
    for base in range(len(where)):
        if base & (low | high):
            continue
        p, q, u, v = where[base], where[base | low], where[base | high], where[base | low | high]
        for column in range(x.shape[1]):
            zero, one = c * x[p, column] - s * x[q, column], s * x[p, column] + c * x[q, column]
            two, three = c * x[u, column] - s * x[v, column], s * x[u, column] + c * x[v, column]
            x[p, column], x[u, column] = d * zero - t * two, t * zero + d * two
            x[q, column], x[v, column] = d * one - t * three, t * one + d * three


@compiled
def _rotate_one(x, where, bit, cosine, sine):
    for base in range(len(where)):
        if base & bit:
            continue
        p, q = where[base], where[base | bit]
        for column in range(x.shape[1]):
            zero, one = x[p, column], x[q, column]
            x[p, column], x[q, column] = cosine * zero - sine * one, sine * zero + cosine * one


@compiled
def _rotations(x, where, wires, halves):
    for rotation in range(0, len(wires) - 1, 2):
        first, second = halves[rotation], halves[rotation + 1]
        turns = (np.cos(first), np.sin(first), np.cos(second), np.sin(second))
        _rotate_pair(x, where, 1 << wires[rotation], 1 << wires[rotation + 1], turns)
    if len(wires) % 2:
        half = halves[len(wires) - 1]
        _rotate_one(x, where, 1 << wires[-1], np.cos(half), np.sin(half))


@compiled
def _pair_slopes(bra, ket, where, low, high):
    of_low, of_high = 0.0, 0.0
    for base in range(len(where)):
        if base & (low | high):
            continue
        p, q, u, v = where[base], where[base | low], where[base | high], where[base | low | high]
        for column in range(bra.shape[1]):
            a, b, c, d = bra[p, column], bra[q, column], bra[u, column], bra[v, column]
            e, f, g, h = ket[p, column], ket[q, column], ket[u, column], ket[v, column]
            of_low += b * e - a * f + d * g - c * h
            of_high += c * e - a * g + d * f - b * h
    return of_low, of_high


@compiled
def _one_slope(bra, ket, where, bit):
    total = 0.0
    for base in range(len(where)):
        if base & bit:
            continue
        p, q = where[base], where[base | bit]
        for column in range(bra.shape[1]):
            total += bra[q, column] * ket[p, column] - bra[p, column] * ket[q, column]
    return total


@compiled
def _slopes(bra, ket, where, wires, columns, slopes):  # noqa: PLR0917 (loops are called by position)
    for rotation in range(0, len(wires) - 1, 2):
        of_low, of_high = _pair_slopes(bra, ket, where, 1 << wires[rotation], 1 << wires[rotation + 1])
        slopes[columns[rotation]] += of_low
        slopes[columns[rotation + 1]] += of_high
    if len(wires) % 2:
        slopes[columns[-1]] += _one_slope(bra, ket, where, 1 << wires[-1])


@compiled
def _hadamards(x, where, mask):
    bit = 1
    while bit < len(where):
        if mask & bit:
            for base in range(len(where)):
                if base & bit:
                    continue
                p, q = where[base], where[base | bit]
                for column in range(x.shape[1]):
                    zero, one = x[p, column], x[q, column]
                    x[p, column], x[q, column] = (zero + one) * 0.5**0.5, (zero - one) * 0.5**0.5
        bit *= 2


@compiled
def _signs(x, where, signs):
    for base in range(len(where)):
        if signs[base] < 0:
            for column in range(x.shape[1]):
                x[where[base], column] *= -1.0


@compiled
def _turn(x, where, tables, number, sign, angles):  # noqa: PLR0917 (loops are called by position)
    """One step on all columns; gives where each basis state is looked up after it."""
    kind, first, last = tables.steps[number]
    if kind == 0:
        _hadamards(x, where, first)
    elif kind == 2:
        _signs(x, where, tables.fixed[first, 0])
    elif kind == 3:
        return where[tables.sources[first]] if sign > 0 else where[tables.inverses[first]]
    else:
        halves = 0.5 * sign * angles[tables.columns[first:last]]
        _rotations(x, where, tables.wires[first:last], halves)
    return where


@compiled
def run_columns(x, tables, first, until, angles):
    """Steps first..until on the columns of x (2**q, n), in place; gives where each basis state is after."""
    where = np.arange(len(x))
    for number in range(first, until):
        where = _turn(x, where, tables, number, 1.0, angles)
    return where


@compiled
def walk_back_columns(bra, ket, tables, first, angles, slopes):  # noqa: PLR0917 (loops are called by position)
    """The adjoint method on columns (2**q, n), summed over them: adds to slopes (angles,)."""
    where = np.arange(len(ket))
    for number in range(len(tables.steps) - 1, first - 1, -1):
        kind, start, stop = tables.steps[number]
        if kind == 4:
            _slopes(bra, ket, where, tables.wires[start:stop], tables.columns[start:stop], slopes)
        if number > first:
            _turn(bra, where, tables, number, -1.0, angles)
            where = _turn(ket, where, tables, number, -1.0, angles)
