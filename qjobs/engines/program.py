"""A compiled circuit: steps that run on a block of states at a time."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from qjobs.engines.angles import AngleTable
from qjobs.engines.hadamard import apply_hadamards
from qjobs.engines.phases import Phase

BLOCK_AMPLITUDES = 2**16
"""States of one block together: 1 MiB of complex128, so that a block stays in second-level cache."""


class BlockValues:
    """What the steps of one block share: its angles, and phase vectors that the circuit repeats."""

    def __init__(self, angles: NDArray, qubits: int) -> None:
        self.angles = angles
        self.qubits = qubits
        self._vectors: dict[int, NDArray] = {}

    def phase_vector(self, number: int, phase: Phase) -> NDArray:
        if number not in self._vectors:
            self._vectors[number] = phase.vector(self.angles, self.qubits)
        return self._vectors[number]


class Step(Protocol):
    def apply(self, states: NDArray, block: BlockValues) -> NDArray:
        """The states after this step; may write into its argument."""
        ...


@dataclass(frozen=True)
class HadamardLayer:
    mask: int

    def apply(self, states: NDArray, block: BlockValues) -> NDArray:
        return apply_hadamards(states, self.mask, block.qubits)


@dataclass(frozen=True)
class PhaseLayer:
    """`number` is equal for equal phases, so that a block computes their vector once."""

    number: int
    phase: Phase

    def apply(self, states: NDArray, block: BlockValues) -> NDArray:
        states *= block.phase_vector(self.number, self.phase)
        return states


@dataclass(frozen=True)
class FixedPhaseLayer:
    vector: NDArray

    def apply(self, states: NDArray, block: BlockValues) -> NDArray:
        states *= self.vector
        return states


@dataclass(frozen=True)
class Permutation:
    source: NDArray

    def apply(self, states: NDArray, block: BlockValues) -> NDArray:
        return np.take(states, self.source, axis=1)


@dataclass(frozen=True)
class FixedMatrix:
    """A gate without parameters on up to three wires; the first wire is the least significant bit."""

    matrix: NDArray
    wires: tuple[int, ...]

    def apply(self, states: NDArray, block: BlockValues) -> NDArray:
        shape = (len(states),) + (2,) * block.qubits
        axes = [block.qubits - wire for wire in reversed(self.wires)]
        front = list(range(1, len(axes) + 1))
        moved = np.moveaxis(states.reshape(shape), axes, front)
        flat = moved.reshape(len(states), 2 ** len(axes), -1)
        turned = (self.matrix @ flat).reshape(moved.shape)
        return np.ascontiguousarray(np.moveaxis(turned, front, axes)).reshape(states.shape)


@dataclass(frozen=True)
class RealRotation:
    """RY on one wire, its angle a column of the block's angles."""

    angle: int
    wire: int

    def apply(self, states: NDArray, block: BlockValues) -> NDArray:
        half = block.angles[:, self.angle, None, None] / 2
        cosine, sine = np.cos(half), np.sin(half)
        pairs = states.reshape(len(states), -1, 2, 1 << self.wire)
        zero, one = pairs[:, :, 0], pairs[:, :, 1]
        turned = np.empty_like(pairs)
        turned[:, :, 0] = cosine * zero - sine * one
        turned[:, :, 1] = sine * zero + cosine * one
        return turned.reshape(states.shape)


@dataclass(frozen=True)
class Program:
    """Steps from |0...0>; parameter columns follow `circuit.parameters`."""

    qubits: int
    parameters: tuple[str, ...]
    angles: AngleTable
    steps: tuple[Step, ...]

    def states(self, rows: NDArray) -> NDArray:
        """One state a row: (n, parameters) float64, radians -> (n, 2**qubits) complex128.

        Qubit 0 is the least significant bit of a basis state.
        """
        rows = np.ascontiguousarray(rows, dtype=np.float64)
        if rows.ndim != 2 or rows.shape[1] != len(self.parameters):
            raise ValueError(f"rows of {len(self.parameters)} parameters are needed, not shape {rows.shape}")
        angles = self.angles.values(rows)
        states = np.empty((len(rows), 2**self.qubits), dtype=np.complex128)
        block_rows = max(1, BLOCK_AMPLITUDES >> self.qubits)
        for start in range(0, len(rows), block_rows):
            block = slice(start, start + block_rows)
            states[block] = self._block_states(angles[block])
        return states

    def _block_states(self, angles: NDArray) -> NDArray:
        block = BlockValues(angles, self.qubits)
        steps = self.steps
        dimension = 2**self.qubits
        states = np.zeros((len(angles), dimension), dtype=np.complex128)
        if steps and isinstance(steps[0], HadamardLayer) and steps[0].mask == dimension - 1:
            states[...] = dimension**-0.5
            steps = steps[1:]
        else:
            states[:, 0] = 1.0
        for step in steps:
            states = step.apply(states, block)
        return states
