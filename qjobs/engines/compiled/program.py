"""A program whose blocks run in compiled loops where these know its steps, and in NumPy where not."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from qjobs.engines.compiled.jit import IS_AVAILABLE
from qjobs.engines.compiled.rows import run_rows, walk_back
from qjobs.engines.compiled.sweeps import run_columns, walk_back_columns
from qjobs.engines.compiled.tables import Tables, can_compile, tables_of
from qjobs.engines.compiled.turns import unit_factors
from qjobs.engines.program import Program
from qjobs.engines.steps import BlockValues, PhaseLayer

SWEEP_COLUMNS = 64
"""Columns that are swept together: 1024 basis states of them are 512 KiB, half of second-level cache."""


def is_available() -> bool:
    """Whether numba is installed."""
    return IS_AVAILABLE


def compiled_program(program: Program) -> Program:
    """An equal program that runs compiled; the same one without numba or with a step that loops lack."""
    if not IS_AVAILABLE or not all(can_compile(step) for step in program.steps):
        return program
    return CompiledProgram(
        program.qubits, program.parameters, program.angles, program.steps, tables_of(program)
    )


@dataclass(frozen=True)
class CompiledProgram(Program):
    """Complex128 blocks in NumPy run compiled, and real ones that all turn alike; any other as before."""

    tables: Tables
    matrix_pays_at: ClassVar[int] = 4
    real_order: ClassVar[Literal["C", "F"]] = "F"

    def run(self, states: NDArray, block: BlockValues, first: int = 0, until: int | None = None) -> NDArray:
        stop = len(self.steps) if until is None else min(until, len(self.steps))
        if self._is_complex(states, block):
            states = np.ascontiguousarray(states)
            run_rows(states, self.tables, first, stop, block.angles, self._factors(block))
            return states
        if self._is_swept(states, block):
            return self._swept(states, block, first, stop)
        return super().run(states, block, first, until)

    def add_slopes(
        self, bras: list[NDArray], ket: NDArray, block: BlockValues, first: int, slopes: NDArray
    ) -> None:
        if bras and self._is_complex(ket, block) and all(self._is_complex(bra, block) for bra in bras):
            self._walk_back(np.stack(bras), ket, block, first, slopes)
        elif self._is_swept(ket, block) and slopes.shape[1] == 1:
            for bra, own in zip(bras, slopes, strict=True):
                self._sweep_back(bra, ket, block, first, own[0])
        else:
            super().add_slopes(bras, ket, block, first, slopes)

    def _is_complex(self, states: NDArray, block: BlockValues) -> bool:
        return block.xp is np and states.dtype == np.complex128

    def _is_swept(self, states: NDArray, block: BlockValues) -> bool:
        return block.xp is np and states.dtype == np.float64 and len(block.angles) == 1

    @cached_property
    def _phases(self) -> list[PhaseLayer]:
        """The layers by number, in the order of the tables."""
        found: dict[int, PhaseLayer] = {}
        for step in self.steps:
            if isinstance(step, PhaseLayer):
                found.setdefault(step.number, step)
        return list(found.values())

    def _factors(self, block: BlockValues) -> NDArray:
        return block.once("factors", lambda: self._made_factors(block))

    def _made_factors(self, block: BlockValues) -> NDArray:
        factors = [unit_factors(layer.phase.turns(block.angles)) for layer in self._phases]
        return np.hstack([np.empty((len(block.angles), 0), dtype=np.complex128), *factors])

    def _walk_back(
        self, bras: NDArray, ket: NDArray, block: BlockValues, first: int, slopes: NDArray
    ) -> None:
        factors = self._factors(block)
        shape = (len(bras), len(block.angles))
        rotations = np.zeros((*shape, block.angles.shape[1]))
        terms = np.zeros((*shape, factors.shape[1]))
        walk_back(bras, ket, self.tables, first, block.angles, factors, rotations, terms)
        start = 0
        for layer in self._phases:
            own = terms[:, :, start : start + len(layer.phase.masks)]
            rotations[:, :, list(layer.phase.angles)] += own @ layer.phase.weights[:-1].T
            start += len(layer.phase.masks)
        slopes += rotations if slopes.shape[1] == shape[1] else rotations.sum(axis=1, keepdims=True)

    def _swept(self, states: NDArray, block: BlockValues, first: int, stop: int) -> NDArray:
        for part in _column_parts(len(states)):
            columns = np.ascontiguousarray(states[part].T)
            where = run_columns(columns, self.tables, first, stop, block.angles[0])
            states[part] = columns.take(where, axis=0).T
        return states

    def _sweep_back(
        self, bra: NDArray, ket: NDArray, block: BlockValues, first: int, slopes: NDArray
    ) -> None:
        for part in _column_parts(len(ket)):
            bra_columns, ket_columns = np.ascontiguousarray(bra[part].T), np.ascontiguousarray(ket[part].T)
            walk_back_columns(bra_columns, ket_columns, self.tables, first, block.angles[0], slopes)


def _column_parts(rows: int) -> list[slice]:
    return [slice(start, start + SWEEP_COLUMNS) for start in range(0, rows, SWEEP_COLUMNS)]
