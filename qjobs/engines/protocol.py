"""What an algorithm asks of an engine; hardware enters only as this argument."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit

from qjobs.engines.observables import PauliSum


@dataclass(frozen=True)
class EngineFacts:
    """What a run record says of an engine. `determinism`: "exact" agrees within 1e-9 on any machine."""

    name: str
    version: str
    max_qubits: int
    determinism: Literal["exact", "statistical"]


class AnyEngine(Protocol):
    """What every engine says of itself."""

    @property
    def facts(self) -> EngineFacts: ...

    def cpu_seconds(self, qubits: int, gates: int, rows: int) -> float:
        """About how long `rows` runs of a circuit or problem of this size take on one core."""
        ...


class StateProgram(Protocol):
    """A circuit made ready for many parameter rows."""

    @property
    def qubits(self) -> int: ...

    def states(self, rows: NDArray, dtype: Any = np.complex128) -> NDArray:
        """One state a row: (n, parameters) float64, radians -> (n, 2**qubits) complex of `dtype`.

        Columns follow `circuit.parameters`; qubit 0 is the least significant bit of a basis state.
        """
        ...


class KernelEngine(Protocol):
    """Gives the kernels of a parametrised circuit. A program is what `compile` of the same engine gave."""

    def compile(self, circuit: QuantumCircuit) -> Any:
        """A program for the circuit; raises `CircuitNotSupported` where it holds more than gates."""
        ...

    def gram(self, program: Any, rows: NDArray) -> NDArray:
        """|<a|b>|**2 of all pairs of rows: (n, n) float64, symmetric; the diagonal is exactly 1."""
        ...

    def cross_gram(self, program: Any, left: NDArray, right: NDArray) -> NDArray:
        """|<a|b>|**2 of each left row with each right row: (n, m) float64."""
        ...


class CircuitEngine(AnyEngine, KernelEngine, Protocol):
    """Runs a parametrised circuit for many rows of parameters."""

    def expectations(self, program: Any, rows: NDArray, observables: Sequence[PauliSum]) -> NDArray:
        """<O_k> in the state of each row: (n, k) float64."""
        ...

    def sample(self, program: Any, rows: NDArray, shots: int, seed: int) -> NDArray:
        """Measured basis states of each row, (n, shots) int64, qubit 0 least significant."""
        ...

    def memory_bytes(self, qubits: int, left: int, right: int | None = None) -> int:
        """Bytes that `gram` (right None) or `cross_gram` holds at its peak, known before it runs."""
        ...


class Engine(CircuitEngine, Protocol):
    """One that also holds the states themselves."""

    def compile(self, circuit: QuantumCircuit) -> StateProgram: ...
