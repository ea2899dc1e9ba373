"""Expectation values and their gradients by the adjoint method (arXiv:2009.02823), a block of rows at a time.

Forwards once; backwards each step is undone on the ket and on a bra an observable. The cost is that of a few
runs of the circuit, whatever the number of parameters.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qjobs.engines.errors import ObservableNotSupported
from qjobs.engines.observables import Observable
from qjobs.engines.program import BlockValues, Program


def expectations(
    program: Program,
    rows: NDArray,
    observables: Sequence[Observable],
    dtype: Any = np.complex128,
    xp: Any = np,
) -> NDArray:
    """<O_k> in the state of each row: (n, k) float64. States are never held beyond a block."""
    require_fit(program, observables)
    angles = program.angles.values(program.checked(rows))
    values = np.empty((len(angles), len(observables)))
    for part in program.blocks(len(angles)):
        block = BlockValues(angles[part], program.qubits, dtype, xp)
        states = program.final_states(block)
        for number, observable in enumerate(observables):
            values[part, number] = observable.expectations(states, observable.apply(states, block))
    return values


def value_gradients(
    program: Program,
    rows: NDArray,
    observables: Sequence[Observable],
    columns: Sequence[int] | None = None,
    *,
    dtype: Any = np.complex128,
    xp: Any = np,
) -> tuple[NDArray, NDArray]:
    """<O_k> of each row and its slopes: (n, k) and (n, k, columns) float64.

    `columns`: the parameters that are asked for, None for all; steps before the first of them are not undone.
    """
    require_fit(program, observables)
    rows = program.checked(rows)
    angles = program.angles.values(rows)
    wanted = list(range(len(program.parameters)) if columns is None else columns)
    first = program.first_step_of(wanted)
    values = np.empty((len(rows), len(observables)))
    slopes = np.zeros((len(observables), *angles.shape))
    for part in program.blocks(len(rows)):
        block = BlockValues(angles[part], program.qubits, dtype, xp)
        ket = program.final_states(block)
        bras = [observable.apply(ket, block) for observable in observables]
        for number, (observable, bra) in enumerate(zip(observables, bras, strict=True)):
            values[part, number] = observable.expectations(ket, bra)
        program.add_slopes(bras, ket, block, first, slopes[:, part])
    gradients = [program.angles.parameter_slopes(rows, each)[:, wanted] for each in slopes]
    return values, np.stack(gradients, axis=1) if gradients else np.empty((len(rows), 0, len(wanted)))


def require_fit(program: Program, observables: Sequence[Observable]) -> None:
    """Raises `ObservableNotSupported` where an observable has another number of qubits than the circuit."""
    for observable in observables:
        if observable.qubits != program.qubits:
            raise ObservableNotSupported(
                f"the observable has {observable.qubits} qubits, the circuit {program.qubits}"
            )
