"""A program as arrays, which compiled loops can walk."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qjobs.engines.compiled.gates import empty_table
from qjobs.engines.program import Program
from qjobs.engines.steps import (
    FixedPhaseLayer,
    HadamardLayer,
    Permutation,
    PhaseLayer,
    RotationLayer,
    Step,
)

HADAMARDS, PHASE, FIXED_PHASE, PERMUTATION, ROTATIONS = range(5)


class Tables(NamedTuple):
    """`steps` (n, 3): kind and two numbers: mask; phase; index; index; first and last rotation.

    `phase_tables` (phases, q + 1, q + 1): columns of the terms among all factors, see `gates.phase_vector`.
    `fixed` (k, 2, 2**q); `sources`, `inverses` (k, 2**q); `wires` and `columns` of all rotations.
    """

    steps: NDArray
    phase_tables: NDArray
    fixed: NDArray
    sources: NDArray
    inverses: NDArray
    wires: NDArray
    columns: NDArray


def can_compile(step: Step) -> bool:
    """Whether the loops know this step."""
    if isinstance(step, PhaseLayer):
        return all(mask.bit_count() <= 2 for mask in step.phase.masks)
    return isinstance(step, HadamardLayer | FixedPhaseLayer | Permutation | RotationLayer)


def tables_of(program: Program) -> Tables:
    """The arrays of a program whose steps can all be compiled."""
    builder = _Builder(program.qubits)
    for step in program.steps:
        builder.add(step)
    return builder.tables()


class _Builder:
    def __init__(self, qubits: int) -> None:
        self._qubits = qubits
        self._steps: list[tuple[int, int, int]] = []
        self._phases: dict[int, NDArray] = {}
        self._terms = 0
        self._fixed: list[NDArray] = []
        self._sources: list[NDArray] = []
        self._rotations: list[tuple[int, int]] = []

    def add(self, step: Step) -> None:
        if isinstance(step, HadamardLayer):
            self._steps.append((HADAMARDS, step.mask, step.mask.bit_count()))
        elif isinstance(step, PhaseLayer):
            self._add_phase(step)
        elif isinstance(step, FixedPhaseLayer):
            self._steps.append((FIXED_PHASE, len(self._fixed), 0))
            self._fixed.append(np.stack([step.vector.real, step.vector.imag]))
        elif isinstance(step, Permutation):
            self._steps.append((PERMUTATION, len(self._sources), 0))
            self._sources.append(step.source)
        elif isinstance(step, RotationLayer):
            first = len(self._rotations)
            self._rotations += zip(step.wires, step.angles, strict=True)
            self._steps.append((ROTATIONS, first, len(self._rotations)))

    def tables(self) -> Tables:
        dimension, side = 2**self._qubits, self._qubits + 1
        sources = np.array(self._sources, dtype=np.int64).reshape(-1, dimension)
        rotations = np.array(self._rotations, dtype=np.int64).reshape(-1, 2)
        return Tables(
            steps=np.array(self._steps, dtype=np.int64).reshape(-1, 3),
            phase_tables=np.array(list(self._phases.values()), dtype=np.int64).reshape(-1, side, side),
            fixed=np.array(self._fixed, dtype=np.float64).reshape(-1, 2, dimension),
            sources=sources,
            inverses=np.argsort(sources, axis=1),
            wires=np.ascontiguousarray(rotations[:, 0]),
            columns=np.ascontiguousarray(rotations[:, 1]),
        )

    def _add_phase(self, step: PhaseLayer) -> None:
        if step.number not in self._phases:
            table = empty_table(self._qubits)
            for column, mask in enumerate(step.phase.masks, start=self._terms):
                high = mask.bit_length() - 1
                low = (mask & -mask).bit_length() - 1
                table[(high, low) if mask else (self._qubits, self._qubits)] = column
            self._phases[step.number] = table
            self._terms += len(step.phase.masks)
        self._steps.append((PHASE, list(self._phases).index(step.number), 0))
