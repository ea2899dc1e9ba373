"""Steps of a compiled circuit: each runs on a block of states, backwards too, and knows its slopes.

The slope of a step in its angle is 2 Re<bra|d step|ket>, read off the bra and ket after the step: that is all
that the adjoint method (arXiv:2009.02823) needs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from qjobs.engines.hadamard import apply_groups, apply_hadamards, real_parts, wire_groups
from qjobs.engines.phases import Phase
from qjobs.engines.rotations import group_matrix, group_slopes

SLOPE_STATES = 2**12
"""Basis states whose phase slopes are summed by one product."""


class BlockValues:
    """What the steps of one block share: its angles, and phase vectors that the circuit repeats.

    `xp`: the array library of the states, NumPy or one with its functions. `angles`: (n, angles) float64 in
    NumPy; one row where all states of the block turn alike.
    """

    def __init__(self, angles: NDArray, qubits: int, dtype: Any = np.complex128, xp: Any = np) -> None:
        self.angles = angles
        self.qubits = qubits
        self.dtype = np.dtype(dtype)
        self.xp = xp
        self._kept: dict[Any, NDArray] = {}

    def phase_vector(self, number: int, phase: Phase) -> NDArray:
        return self.once(number, lambda: phase.vector(self.angles, self.qubits, self.dtype, self.xp))

    def once(self, key: Any, make: Callable[[], NDArray]) -> NDArray:
        """What `make` gives, made at the first call with this key."""
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]

    def column(self, values: NDArray) -> NDArray:
        """Real numbers of the rows, (n,), ready to multiply (n, ...) states in their own precision."""
        return self.xp.asarray(values.astype(self._real_dtype()))

    def constant(self, values: NDArray) -> NDArray:
        """A step's constant array in the precision of the block."""
        dtype = self.dtype if np.iscomplexobj(values) else self._real_dtype()
        return self.xp.asarray(values.astype(dtype, copy=False))

    def _real_dtype(self) -> Any:
        return np.empty(0, self.dtype).real.dtype


class Step(Protocol):
    @property
    def columns(self) -> tuple[int, ...]:
        """Angles that turn this step."""
        ...

    @property
    def is_real(self) -> bool:
        """Whether real states stay real."""
        ...

    def apply(self, states: NDArray, block: BlockValues) -> NDArray:
        """The states after this step; may write into its argument."""
        ...

    def undo(self, states: NDArray, block: BlockValues) -> NDArray:
        """The states before this step; may write into its argument."""
        ...

    def add_slopes(self, bra: NDArray, ket: NDArray, block: BlockValues, slopes: NDArray) -> None:
        """Adds 2 Re<bra|d step|ket> to the (n, angles) slopes; bra and ket are those after the step.

        Slopes of one row, (1, angles), take the sum over all states.
        """
        ...


class _Fixed:
    """A step without an angle."""

    columns: ClassVar[tuple[int, ...]] = ()

    def add_slopes(self, bra: NDArray, ket: NDArray, block: BlockValues, slopes: NDArray) -> None:
        return


@dataclass(frozen=True)
class HadamardLayer(_Fixed):
    mask: int
    is_real: ClassVar[bool] = True

    def apply(self, states: NDArray, block: BlockValues) -> NDArray:
        return apply_hadamards(states, self.mask, block.qubits, block.xp)

    undo = apply


@dataclass(frozen=True)
class PhaseLayer:
    """`number` is equal for equal phases, so that a block computes their vector once."""

    number: int
    phase: Phase
    is_real: ClassVar[bool] = False

    @property
    def columns(self) -> tuple[int, ...]:
        return self.phase.angles

    def apply(self, states: NDArray, block: BlockValues) -> NDArray:
        states *= block.phase_vector(self.number, self.phase)
        return states

    def undo(self, states: NDArray, block: BlockValues) -> NDArray:
        states *= block.phase_vector(self.number, self.phase).conj()
        return states

    def add_slopes(self, bra: NDArray, ket: NDArray, block: BlockValues, slopes: NDArray) -> None:
        for start in range(0, 2**block.qubits, SLOPE_STATES):
            part = slice(start, start + SLOPE_STATES)
            overlaps = (bra[:, part].conj() * ket[:, part]).imag
            indicators = self.phase.indicators(start, overlaps.shape[1])
            sums = as_numpy(_for_rows(slopes, overlaps) @ block.constant(indicators))
            slopes[:, list(self.phase.angles)] -= 2 * sums @ self.phase.weights[:-1].T


@dataclass(frozen=True)
class FixedPhaseLayer(_Fixed):
    vector: NDArray

    @property
    def is_real(self) -> bool:
        return not self.vector.imag.any()

    def apply(self, states: NDArray, block: BlockValues) -> NDArray:
        states *= block.constant(self._vector_for(states))
        return states

    def undo(self, states: NDArray, block: BlockValues) -> NDArray:
        states *= block.constant(self._vector_for(states).conj())
        return states

    def _vector_for(self, states: NDArray) -> NDArray:
        return self.vector if states.dtype.kind == "c" else self.vector.real


@dataclass(frozen=True)
class Permutation(_Fixed):
    """new = old[:, source]."""

    source: NDArray
    is_real: ClassVar[bool] = True

    def apply(self, states: NDArray, block: BlockValues) -> NDArray:
        return block.xp.take(states, block.xp.asarray(self.source), axis=1)

    def undo(self, states: NDArray, block: BlockValues) -> NDArray:
        return block.xp.take(states, block.xp.asarray(np.argsort(self.source)), axis=1)


@dataclass(frozen=True)
class FixedMatrix(_Fixed):
    """A gate without parameters on up to three wires; the first wire is the least significant bit."""

    matrix: NDArray
    wires: tuple[int, ...]

    @property
    def is_real(self) -> bool:
        return not self.matrix.imag.any()

    def apply(self, states: NDArray, block: BlockValues) -> NDArray:
        return self._times(self.matrix, states, block)

    def undo(self, states: NDArray, block: BlockValues) -> NDArray:
        return self._times(self.matrix.conj().T, states, block)

    def _times(self, matrix: NDArray, states: NDArray, block: BlockValues) -> NDArray:
        xp = block.xp
        kept = block.constant(matrix if states.dtype.kind == "c" else matrix.real)
        shape = (len(states),) + (2,) * block.qubits
        axes = [block.qubits - wire for wire in reversed(self.wires)]
        front = list(range(1, len(axes) + 1))
        moved = xp.moveaxis(states.reshape(shape), axes, front)
        flat = moved.reshape(len(states), 2 ** len(axes), -1)
        turned = (kept @ flat).reshape(moved.shape)
        return xp.ascontiguousarray(xp.moveaxis(turned, front, axes)).reshape(states.shape)


@dataclass(frozen=True)
class RotationLayer:
    """RY on several wires: `angles[i]` is the column of the angle on wire `wires[i]`, wires ascending.

    Neighbouring wires turn together, by one real matrix: one a row, or one for all where all turn alike.
    """

    wires: tuple[int, ...]
    angles: tuple[int, ...]
    is_real: ClassVar[bool] = True

    @property
    def columns(self) -> tuple[int, ...]:
        return self.angles

    def apply(self, states: NDArray, block: BlockValues) -> NDArray:
        return self._turned(states, block, 1.0)

    def undo(self, states: NDArray, block: BlockValues) -> NDArray:
        return self._turned(states, block, -1.0)

    def add_slopes(self, bra: NDArray, ket: NDArray, block: BlockValues, slopes: NDArray) -> None:
        column_of = dict(zip(self.wires, self.angles, strict=True))
        left, right = real_parts(bra), real_parts(ket)
        for lowest, count in wire_groups(self._mask, block.qubits):
            inner = left.shape[1] >> block.qubits << lowest
            found = group_slopes(left, right, (lowest, count), inner=inner, rows=len(slopes), xp=block.xp)
            for position in range(count):
                slopes[:, column_of[lowest + position]] += as_numpy(found[:, position])

    @property
    def _mask(self) -> int:
        return sum(1 << wire for wire in self.wires)

    def _turned(self, states: NDArray, block: BlockValues, sign: float) -> NDArray:
        column_of = dict(zip(self.wires, self.angles, strict=True))
        groups = []
        for lowest, count in wire_groups(self._mask, block.qubits):
            columns = [column_of[lowest + position] for position in range(count)]
            groups.append((lowest, count, block.constant(group_matrix(sign * block.angles[:, columns]))))
        return apply_groups(states, groups, block.xp)


@dataclass(frozen=True)
class PauliTurn:
    """exp(-i factor angle/2 P) for a Pauli string P = i**|x & z| X**x Z**z: RX, RXX, RYY, RZX and their like.

    `x_mask`, `z_mask`: the wires of P with an X or Y, and with a Z or Y.
    """

    angle: int
    factor: float
    x_mask: int
    z_mask: int
    is_real: ClassVar[bool] = False

    @property
    def columns(self) -> tuple[int, ...]:
        return (self.angle,)

    def apply(self, states: NDArray, block: BlockValues) -> NDArray:
        return self._turned(states, block, self.factor)

    def undo(self, states: NDArray, block: BlockValues) -> NDArray:
        return self._turned(states, block, -self.factor)

    def add_slopes(self, bra: NDArray, ket: NDArray, block: BlockValues, slopes: NDArray) -> None:
        overlaps = _for_rows(slopes, (bra.conj() * self._flipped(ket, block)).imag)
        slopes[:, self.angle] += self.factor * as_numpy(overlaps.sum(axis=1))

    def _turned(self, states: NDArray, block: BlockValues, factor: float) -> NDArray:
        half = factor * block.angles[:, self.angle, None] / 2
        turned = block.column(np.sin(half)) * self._flipped(states, block)
        turned *= -1j
        turned += block.column(np.cos(half)) * states
        return turned

    def _flipped(self, states: NDArray, block: BlockValues) -> NDArray:
        source, signs = pauli_action(self.x_mask, self.z_mask, block.qubits)
        return block.xp.take(states, block.xp.asarray(source), axis=1) * block.constant(signs)


def as_numpy(values: Any) -> NDArray:
    """An array of any library in NumPy: CuPy's has `get`."""
    return np.asarray(values.get() if hasattr(values, "get") else values)


def _for_rows(slopes: NDArray, overlaps: NDArray) -> NDArray:
    return overlaps.sum(axis=0, keepdims=True) if len(slopes) < len(overlaps) else overlaps


def pauli_action(x_mask: int, z_mask: int, qubits: int) -> tuple[NDArray, NDArray]:
    """P|psi> = signs * psi[source] for the Pauli string with these masks: int64 and complex128, (2**q,)."""
    basis = np.arange(2**qubits)
    source = basis ^ x_mask
    odd = np.bitwise_count(source & z_mask) & 1
    return source, (1j) ** ((x_mask & z_mask).bit_count() % 4) * (1.0 - 2.0 * odd)
