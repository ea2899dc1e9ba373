"""What an algorithm asks of an engine; hardware enters only as this argument."""

from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit


@dataclass(frozen=True)
class EngineFacts:
    """What a run record says of an engine. `determinism`: "exact" agrees within 1e-9 on any machine."""

    name: str
    version: str
    max_qubits: int
    determinism: Literal["exact", "statistical"]


class StateProgram(Protocol):
    """A circuit made ready for many parameter rows."""

    @property
    def qubits(self) -> int: ...

    def states(self, rows: NDArray, dtype: Any = np.complex128) -> NDArray:
        """One state a row: (n, parameters) float64, radians -> (n, 2**qubits) complex of `dtype`.

        Columns follow `circuit.parameters`; qubit 0 is the least significant bit of a basis state.
        """
        ...


class Engine(Protocol):
    """Prepares states of a parametrised circuit and overlaps them."""

    facts: EngineFacts

    def compile(self, circuit: QuantumCircuit) -> StateProgram:
        """A program for the circuit; raises `CircuitNotSupported` where it holds more than gates."""
        ...

    def gram(self, program: StateProgram, rows: NDArray) -> NDArray:
        """|<a|b>|**2 of all pairs of rows: (n, n) float64, symmetric, diagonal exactly 1."""
        ...

    def cross_gram(self, program: StateProgram, left: NDArray, right: NDArray) -> NDArray:
        """|<a|b>|**2 of each left row with each right row: (n, m) float64."""
        ...

    def memory_bytes(self, qubits: int, left: int, right: int | None = None) -> int:
        """Bytes that `gram` (right None) or `cross_gram` holds at its peak, known before it runs."""
        ...
