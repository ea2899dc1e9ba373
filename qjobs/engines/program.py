"""A compiled circuit: steps that run on a block of states at a time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from qjobs.engines.angles import AngleTable
from qjobs.engines.steps import (
    BlockValues,
    FixedMatrix,
    FixedPhaseLayer,
    HadamardLayer,
    PauliTurn,
    Permutation,
    PhaseLayer,
    RotationLayer,
    Step,
)

__all__ = [
    "BLOCK_AMPLITUDES",
    "BlockValues",
    "FixedMatrix",
    "FixedPhaseLayer",
    "HadamardLayer",
    "PauliTurn",
    "Permutation",
    "PhaseLayer",
    "Program",
    "RotationLayer",
    "Step",
]

BLOCK_AMPLITUDES = 2**15
"""States of one block together: 512 KiB of complex128; states and phases stay in second-level cache."""


@dataclass(frozen=True)
class Program:
    """Steps from |0...0>; parameter columns follow `circuit.parameters`."""

    qubits: int
    parameters: tuple[str, ...]
    angles: AngleTable
    steps: tuple[Step, ...]
    matrix_pays_at: ClassVar[int] = 1
    """States a basis state from which writing a shared ansatz out as a matrix is faster (`shared`)."""

    real_order: ClassVar[Literal["C", "F"]] = "C"
    """How real states that all turn alike lie in memory (`shared`): by rows, or by basis states."""

    def states(self, rows: NDArray, dtype: Any = np.complex128, xp: Any = np) -> NDArray:
        """One state a row: (n, parameters) float64, radians -> (n, 2**qubits) complex of `dtype`.

        Qubit 0 is the least significant bit of a basis state. `xp`: the array library that holds the states,
        NumPy or one with its functions; angles are always computed in NumPy, in float64.
        """
        angles = self.angles.values(self.checked(rows))
        states = xp.empty((len(angles), 2**self.qubits), dtype=dtype)
        for part in self.blocks(len(angles)):
            states[part] = self.final_states(BlockValues(angles[part], self.qubits, dtype, xp))
        return states

    def checked(self, rows: NDArray) -> NDArray:
        """The rows as contiguous float64; raises `ValueError` where their width is not the parameters'."""
        rows = np.ascontiguousarray(rows, dtype=np.float64)
        if rows.ndim != 2 or rows.shape[1] != len(self.parameters):
            raise ValueError(f"rows of {len(self.parameters)} parameters are needed, not shape {rows.shape}")
        return rows

    def blocks(self, rows: int) -> Iterator[slice]:
        """Slices of rows whose states together fill a block."""
        size = max(1, BLOCK_AMPLITUDES >> self.qubits)
        return (slice(start, min(start + size, rows)) for start in range(0, rows, size))

    def final_states(self, block: BlockValues, until: int | None = None) -> NDArray:
        """States of one block of angles, after all steps or after the first `until`."""
        shape = len(block.angles), 2**self.qubits
        if self.steps[:until][:1] == (HadamardLayer(shape[1] - 1),):
            return self.run(block.xp.full(shape, shape[1] ** -0.5, dtype=block.dtype), block, 1, until)
        states = block.xp.zeros(shape, dtype=block.dtype)
        states[:, 0] = 1.0
        return self.run(states, block, 0, until)

    def run(self, states: NDArray, block: BlockValues, first: int = 0, until: int | None = None) -> NDArray:
        """The states of a block after steps first..until; may write into its argument."""
        for step in self.steps[first:until]:
            states = step.apply(states, block)
        return states

    def add_slopes(
        self, bras: list[NDArray], ket: NDArray, block: BlockValues, first: int, slopes: NDArray
    ) -> None:
        """Walks back to step `first` and adds 2 Re<bra|d step|ket> of each bra to slopes (bras, n, angles).

        Slopes of one row take the sum over all states. The bras and the ket are used up.
        """
        for number, step in reversed(list(enumerate(self.steps[first:]))):
            for each, bra in enumerate(bras):
                step.add_slopes(bra, ket, block, slopes[each])
            if number == 0:
                return
            bras = [step.undo(bra, block) for bra in bras]
            ket = step.undo(ket, block)

    def first_step_of(self, columns: Iterable[int]) -> int:
        """The first step that one of these parameters turns; the number of steps where none does."""
        depends = self.angles.depends_on(columns)
        turned = (any(depends[angle] for angle in step.columns) for step in self.steps)
        return next((number for number, is_turned in enumerate(turned) if is_turned), len(self.steps))
