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
    """blocks: rows and their states before step `split`, (m, 2**q), which are used up; for a real ansatz real
    and imaginary parts are blocks of their own. block: the one row of angles.
    """

    program: Program
    split: int
    blocks: list[tuple[slice, NDArray]]
    observable: PauliSum
    block: BlockValues

    @classmethod
    def of(cls, program: Program, rows: NDArray, split: int, observable: PauliSum) -> "_Shared":
        angles = program.angles.values(rows)
        is_real = observable.is_real and all(step.is_real for step in program.steps[split:])
        parts = list(program.blocks(len(rows)))
        shape = (len(parts), 2 if is_real else 1, parts[0].stop << program.qubits)
        room = np.empty(shape, dtype=np.float64 if is_real else np.complex128)
        blocks: list[tuple[slice, NDArray]] = []
        for part, places in zip(parts, room, strict=True):
            states = program.final_states(BlockValues(angles[part], program.qubits), split)
            for place, half in zip(places, (states.real, states.imag) if is_real else (states,), strict=True):
                own = place[: states.size].reshape(states.shape, order=program.real_order)
                own[...] = half
                blocks.append((part, own))
        return cls(program, split, blocks, observable, BlockValues(angles[:1], program.qubits))

    def gradient(self, rows: NDArray, columns: list[int], loss_slopes: LossSlopes) -> tuple[NDArray, NDArray]:
        dimension = 2**self.program.qubits
        count = sum(len(states) for _, states in self.blocks)
        is_written_out = dimension * self.program.matrix_pays_at < count
        matrix = self._run(np.eye(dimension, dtype=self.blocks[0][1].dtype)) if is_written_out else None
        kets = [self._run(states) if matrix is None else states @ matrix for _, states in self.blocks]
        values = np.zeros(len(rows))
        for (part, _), ket in zip(self.blocks, kets, strict=True):
            values[part] += self.observable.expectations(ket, self.observable.apply(ket, self.block))
        factors = loss_slopes(values)[:, None]
        slopes = np.zeros((1, 1, self.block.angles.shape[1]))
        found = zip(self.blocks, kets, strict=True)
        if matrix is None:
            for (part, _), ket in found:
                self._add_slopes(ket, ket, factors[part], slopes)
        else:
            sums = sum(states.conj().T @ (factors[part] * ket) for (part, states), ket in found)
            self._add_slopes(sums, matrix, np.ones((dimension, 1)), slopes)
        return values, self.program.angles.parameter_slopes(rows[:1], slopes[0])[0, columns]

    def _run(self, states: NDArray) -> NDArray:
        """The states after all steps, in their own memory: fresh pages cost as much as the steps."""
        for part in self._parts(len(states)):
            ran = self.program.run(states[part], self.block, self.split)
            if not np.may_share_memory(ran, states):
                states[part] = ran
        return states

    def _add_slopes(self, kets: NDArray, bras: NDArray, factors: NDArray, slopes: NDArray) -> None:
        """Adds the sum over rows of factor x 2 Re<bra|O d steps|ket> to slopes (1, 1, angles)."""
        for part in self._parts(len(kets)):
            bra = self.observable.apply(bras[part], self.block)
            bra *= factors[part]
            self.program.add_slopes([bra], kets[part], self.block, self.split, slopes)

    def _parts(self, rows: int) -> list[slice]:
        size = max(1, BLOCK_AMPLITUDES >> self.block.qubits)
        return [slice(start, min(start + size, rows)) for start in range(0, rows, size)]
