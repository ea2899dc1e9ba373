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

PADDING = 4
"""Amplitudes between rows: at distances of 2**q the columns of a block meet in a few lines of the cache."""

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
    """encoded: (m, 2**q) states before step `split`, which are used up; blocks: parts of its memory and the
    rows that they belong to, for a real ansatz real and imaginary parts apart. block: the one row of angles.
    """

    program: Program
    split: int
    encoded: NDArray
    blocks: list[tuple[slice, NDArray]]
    is_written_out: bool
    observable: PauliSum
    block: BlockValues

    @classmethod
    def of(cls, program: Program, rows: NDArray, split: int, observable: PauliSum) -> "_Shared":
        angles = program.angles.values(rows)
        is_real = observable.is_real and all(step.is_real for step in program.steps[split:])
        dimension, count = 2**program.qubits, len(rows) * (2 if is_real else 1)
        is_written_out = dimension * program.matrix_pays_at < count
        encoded = np.empty((count, dimension), dtype=np.float64 if is_real else np.complex128)
        order = "C" if is_written_out or not is_real else program.real_order
        padded = np.empty((len(rows), dimension + PADDING), dtype=np.complex128)[:, :dimension]
        blocks: list[tuple[slice, NDArray]] = []
        start = 0
        for part in program.blocks(len(rows)):
            states = program.final_states(BlockValues(angles[part], program.qubits), split)
            if order == "F":
                padded[: len(states)] = states
                states = padded[: len(states)]
            for half in (states.real, states.imag) if is_real else (states,):
                own = encoded[start : start + len(half)].reshape(-1).reshape(half.shape, order=order)
                own[...] = half
                blocks.append((part, own))
                start += len(half)
        shared = BlockValues(angles[:1], program.qubits)
        return cls(program, split, encoded, blocks, is_written_out, observable, shared)

    def gradient(self, rows: NDArray, columns: list[int], loss_slopes: LossSlopes) -> tuple[NDArray, NDArray]:
        slopes = np.zeros((1, 1, self.block.angles.shape[1]))
        values = (self._by_matrix if self.is_written_out else self._by_block)(loss_slopes, slopes)
        return values, self.program.angles.parameter_slopes(rows[:1], slopes[0])[0, columns]

    def _by_matrix(self, loss_slopes: LossSlopes, slopes: NDArray) -> NDArray:
        """Values of the rows; adds to slopes (1, 1, angles)."""
        dimension = 2**self.program.qubits
        owners = np.concatenate([np.arange(part.start, part.stop) for part, _ in self.blocks])
        matrix = self._run(np.eye(dimension, dtype=self.encoded.dtype))
        kets = self.encoded @ matrix
        values = np.bincount(owners, self._values(kets))
        kets *= loss_slopes(values)[owners, None]
        self._add_slopes(self.encoded.conj().T @ kets, matrix, np.ones((dimension, 1)), slopes)
        return values

    def _by_block(self, loss_slopes: LossSlopes, slopes: NDArray) -> NDArray:
        """As `_by_matrix`."""
        values = np.zeros(self.blocks[-1][0].stop)
        for part, states in self.blocks:
            values[part] += self._values(self._run(states))
        factors = loss_slopes(values)[:, None]
        for part, states in self.blocks:
            self._add_slopes(states, states, factors[part], slopes)
        return values

    def _run(self, states: NDArray) -> NDArray:
        """The states after all steps, in their own memory: fresh pages cost as much as the steps."""
        for part in self._parts(len(states)):
            ran = self.program.run(states[part], self.block, self.split)
            if not np.may_share_memory(ran, states):
                states[part] = ran
        return states

    def _values(self, kets: NDArray) -> NDArray:
        values = np.empty(len(kets))
        for part in self._parts(len(kets)):
            applied = self.observable.apply(kets[part], self.block)
            values[part] = self.observable.expectations(kets[part], applied)
        return values

    def _add_slopes(self, kets: NDArray, bras: NDArray, factors: NDArray, slopes: NDArray) -> None:
        """Adds the sum over rows of factor x 2 Re<bra|O d steps|ket> to slopes (1, 1, angles)."""
        for part in self._parts(len(kets)):
            bra = self.observable.apply(bras[part], self.block)
            bra *= factors[part]
            self.program.add_slopes([bra], kets[part], self.block, self.split, slopes)

    def _parts(self, rows: int) -> list[slice]:
        size = max(1, BLOCK_AMPLITUDES >> self.block.qubits)
        return [slice(start, min(start + size, rows)) for start in range(0, rows, size)]
