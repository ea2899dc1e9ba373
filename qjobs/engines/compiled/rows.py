"""Complex states, one row after another: all steps run while the row is in first-level cache."""

import numpy as np

from qjobs.engines.compiled.gates import (
    gather,
    hadamards,
    phase_slopes,
    phase_vector,
    rotate,
    rotation_slope,
    scale,
    times_phase,
)
from qjobs.engines.compiled.jit import compiled


@compiled
def _turn(state, tables, number, sign, angles, vector, scratch):  # noqa: PLR0917 (loops are called by position)
    """One step on one state (2, 2**q), forwards with sign 1 and backwards with sign -1."""
    kind, first, last = tables.steps[number]
    if kind == 0:
        for part in range(2):
            hadamards(state[part], first)
            scale(state[part], 0.5 ** (0.5 * last))
    elif kind == 1:
        times_phase(state[0], state[1], vector[first, 0], vector[first, 1], sign)
    elif kind == 2:
        times_phase(state[0], state[1], tables.fixed[first, 0], tables.fixed[first, 1], sign)
    elif kind == 3:
        source = tables.sources[first] if sign > 0 else tables.inverses[first]
        for part in range(2):
            gather(state[part], source, scratch[0])
    else:
        for rotation in range(first, last):
            half = 0.5 * sign * angles[tables.columns[rotation]]
            for part in range(2):
                rotate(state[part], tables.wires[rotation], np.cos(half), np.sin(half))


@compiled
def _fill_vectors(tables, factors, vectors, scratch):
    for phase in range(len(vectors)):
        phase_vector(factors, tables.phase_tables[phase], vectors[phase], scratch)


@compiled
def run_rows(states, tables, first, until, angles, factors):  # noqa: PLR0917 (loops are called by position)
    """Steps first..until on each state, in place; one row of angles and factors is for all."""
    dimension = states.shape[1]
    state = np.empty((2, dimension))
    scratch = np.empty((2, dimension))
    vectors = np.empty((len(tables.phase_tables), 2, dimension))
    for row in range(len(states)):
        own = min(row, len(angles) - 1)
        if own == row:
            _fill_vectors(tables, factors[own], vectors, scratch)
        for index in range(dimension):
            state[0, index], state[1, index] = states[row, index].real, states[row, index].imag
        for number in range(first, until):
            _turn(state, tables, number, 1.0, angles[own], vectors, scratch)
        for index in range(dimension):
            states[row, index] = complex(state[0, index], state[1, index])


@compiled
def _add_slopes(bra, ket, tables, number, rotation_slopes, term_slopes, scratch):  # noqa: PLR0917 (loops are called by position)
    kind, first, last = tables.steps[number]
    if kind == 1:
        phase_slopes(bra, ket, tables.phase_tables[first], term_slopes, scratch[0], scratch[1])
    elif kind == 4:
        for rotation in range(first, last):
            wire = tables.wires[rotation]
            rotation_slopes[tables.columns[rotation]] += rotation_slope(bra[0], ket[0], wire)
            rotation_slopes[tables.columns[rotation]] += rotation_slope(bra[1], ket[1], wire)


@compiled
def walk_back(bras, kets, tables, first, angles, factors, rotation_slopes, term_slopes):  # noqa: PLR0917 (loops are called by position)
    """The adjoint method on each row: bras (k, n, 2**q), kets (n, 2**q), slopes (k, n or 1, .)."""
    count, dimension = len(bras), kets.shape[1]
    states = np.empty((count + 1, 2, dimension))
    scratch = np.empty((2, dimension))
    vectors = np.empty((len(tables.phase_tables), 2, dimension))
    for row in range(len(kets)):
        own = min(row, len(angles) - 1)
        if own == row:
            _fill_vectors(tables, factors[own], vectors, scratch)
        for index in range(dimension):
            states[count, 0, index], states[count, 1, index] = kets[row, index].real, kets[row, index].imag
            for each in range(count):
                states[each, 0, index] = bras[each, row, index].real
                states[each, 1, index] = bras[each, row, index].imag
        for number in range(len(tables.steps) - 1, first - 1, -1):
            for each in range(count):
                _add_slopes(
                    states[each],
                    states[count],
                    tables,
                    number,
                    rotation_slopes[each, own],
                    term_slopes[each, own],
                    scratch,
                )
            if number > first:
                for each in range(count + 1):
                    _turn(states[each], tables, number, -1.0, angles[own], vectors, scratch)
