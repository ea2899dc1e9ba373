"""The gradient of a loss over a whole batch, whose rows share the weights of the ansatz.

What all rows share is run once for all: a real ansatz acts on real and imaginary parts as on two real states,
and where it would act on more states than there are basis states it is written out as a matrix, so that the
batch costs three matrix products and the backward pass runs over 2**q columns.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qjobs.engines.gradients import require_fit, value_gradients
from qjobs.engines.observables import PauliSum
from qjobs.engines.program import BLOCK_AMPLITUDES, BlockValues, Program, Step

LossSlopes = Callable[[NDArray], NDArray]
"""(n,) values <O> to (n,) derivatives of the loss in them."""


def loss_gradient(
    program: Program, rows: NDArray, observable: PauliSum, weights: Sequence[int], loss_slopes: LossSlopes
) -> tuple[NDArray, NDArray]:
    """<O> of each row, (n,), and the slopes of the loss in the weights, (weights,): both float64.

    `weights`: columns of `rows` that are equal in all rows.
    """
    require_fit(program, (observable,))
    rows = program.checked(rows)
    columns = list(weights)
    if (rows[:, columns] != rows[:1, columns]).any():
        raise ValueError("the weights differ between rows")
    split = program.first_step_of(columns)
    others = set(range(len(program.parameters))) - set(columns)
    if program.first_step_of(others) < split and not _any_turned(program, program.steps[split:], others):
        return _Shared.of(program, rows, split, observable).gradient(rows, columns, loss_slopes)
    values, gradients = value_gradients(program, rows, (observable,), columns)
    return values[:, 0], loss_slopes(values[:, 0]) @ gradients[:, 0]


def _any_turned(program: Program, steps: Sequence[Step], columns: set[int]) -> bool:
    depends = program.angles.depends_on(columns)
    return any(depends[angle] for step in steps for angle in step.columns)


@dataclass(frozen=True)
class _Shared:
    """encoded: (m, 2**q) states before step `split`, m = n, or 2n real ones; block: the one row of angles."""

    program: Program
    split: int
    encoded: NDArray
    observable: PauliSum
    block: BlockValues

    @classmethod
    def of(cls, program: Program, rows: NDArray, split: int, observable: PauliSum) -> "_Shared":
        angles = program.angles.values(rows)
        is_real = observable.is_real and all(step.is_real for step in program.steps[split:])
        shape = (2 * len(rows) if is_real else len(rows), 2**program.qubits)
        encoded = np.empty(shape, dtype=np.float64 if is_real else np.complex128)
        for part in program.blocks(len(rows)):
            states = program.final_states(BlockValues(angles[part], program.qubits), split)
            encoded[part] = states.real if is_real else states
            if is_real:
                encoded[part.start + len(rows) : part.stop + len(rows)] = states.imag
        return cls(program, split, encoded, observable, BlockValues(angles[:1], program.qubits))

    def gradient(self, rows: NDArray, columns: list[int], loss_slopes: LossSlopes) -> tuple[NDArray, NDArray]:
        count, dimension = self.encoded.shape
        is_written_out = dimension * self.program.matrix_pays_at < count
        matrix = self._run(np.eye(dimension, dtype=self.encoded.dtype)) if is_written_out else None
        kets = self.encoded @ matrix if matrix is not None else self._run(self.encoded)
        values = self._values(kets).reshape(-1, len(rows)).sum(axis=0)
        factors = np.tile(loss_slopes(values), count // len(rows))[:, None]
        if matrix is not None:
            slopes = self._slopes(self.encoded.conj().T @ (factors * kets), matrix, np.ones((dimension, 1)))
        else:
            slopes = self._slopes(kets, kets, factors)
        return values, self.program.angles.parameter_slopes(rows[:1], slopes)[0, columns]

    def _run(self, states: NDArray) -> NDArray:
        ran = np.empty_like(states)
        for part in self._parts(len(states)):
            ran[part] = self.program.run(states[part].copy(), self.block, self.split)
        return ran

    def _values(self, kets: NDArray) -> NDArray:
        values = np.empty(len(kets))
        for part in self._parts(len(kets)):
            applied = self.observable.apply(kets[part], self.block)
            values[part] = self.observable.expectations(kets[part], applied)
        return values

    def _slopes(self, kets: NDArray, bras: NDArray, factors: NDArray) -> NDArray:
        """Sum over rows of factor x 2 Re<bra|O d steps|ket>, (1, angles)."""
        slopes = np.zeros((1, 1, self.block.angles.shape[1]))
        for part in self._parts(len(kets)):
            bra = factors[part] * self.observable.apply(bras[part], self.block)
            self.program.add_slopes([bra], kets[part].copy(), self.block, self.split, slopes)
        return slopes[0]

    def _parts(self, rows: int) -> list[slice]:
        size = max(1, BLOCK_AMPLITUDES >> self.block.qubits)
        return [slice(start, min(start + size, rows)) for start in range(0, rows, size)]
