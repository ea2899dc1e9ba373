"""The exact engine: batched state vectors, compiled from the Qiskit circuit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit

from qjobs.engines import gradients, sampling, shared
from qjobs.engines.compiler import compile_circuit
from qjobs.engines.errors import StateTooLarge
from qjobs.engines.gram import SCRATCH_BYTES, overlaps, rectangular_gram, split_states, square_gram
from qjobs.engines.observables import Observable, PauliSum
from qjobs.engines.program import BLOCK_AMPLITUDES, Program
from qjobs.engines.protocol import EngineFacts, StateProgram
from qjobs.spec.parts import MAX_QUBITS
from qjobs.spec.sizes import AMPLITUDE_BYTES, bytes_in_words, state_bytes

FLOAT_BYTES = 8
AMPLITUDES_PER_SECOND = 5e7
"""Amplitudes times gates, on one core; fused runs of gates are faster."""
BLOCKS_HELD = 5
"""State, phase vectors and the temporaries of a step."""


@dataclass(frozen=True)
class Precision:
    """`error`: how far an entry of a kernel may be from the exact one (measured up to 12 qubits)."""

    dtype: Any
    amplitude_bytes: int
    error: float


DOUBLE = Precision(np.complex128, AMPLITUDE_BYTES, 1e-12)
SINGLE = Precision(np.complex64, AMPLITUDE_BYTES // 2, 2e-6)
"""Half the memory; for kernels of models that do not hang on small eigenvalues, never for energies."""


class StatevectorEngine:
    """Simulates without noise or shots; in double precision results agree within 1e-9 on any machine."""

    facts = EngineFacts(name="statevector", version="1", max_qubits=MAX_QUBITS, determinism="exact")

    def __init__(
        self,
        memory_limit_bytes: int | None = None,
        *,
        precision: Precision = DOUBLE,
        finish: Callable[[Program], Program] | None = None,
    ) -> None:
        """`memory_limit_bytes`: what needs more is refused before it starts; None allows any.

        `finish`: turns a program into a faster equal one (`compiled.compiled_program`); None leaves NumPy.
        """
        self.precision = precision
        self._memory_limit_bytes = memory_limit_bytes
        self._finish = finish

    def compile(self, circuit: QuantumCircuit) -> Program:
        if circuit.num_qubits > self.facts.max_qubits:
            raise StateTooLarge(
                f"{circuit.num_qubits} qubits need {bytes_in_words(state_bytes(circuit.num_qubits))} "
                f"for one state; the limit is {self.facts.max_qubits}"
            )
        program = compile_circuit(circuit)
        return program if self._finish is None else self._finish(program)

    def gram(self, program: StateProgram, rows: NDArray) -> NDArray:
        self._require_kernel_memory(program.qubits, len(rows), None)
        return square_gram(split_states(self._states(program, rows)))

    def cross_gram(self, program: StateProgram, left: NDArray, right: NDArray) -> NDArray:
        self._require_kernel_memory(program.qubits, len(left), len(right))
        return rectangular_gram(*(split_states(self._states(program, rows)) for rows in (left, right)))

    def overlaps(self, program: StateProgram, left: NDArray, right: NDArray) -> NDArray:
        """<a|b> of each left row with each right row: (n, m) complex."""
        self._require_kernel_memory(program.qubits, len(left), len(right))
        return overlaps(self._states(program, left), self._states(program, right))

    def expectations(self, program: Program, rows: NDArray, observables: Sequence[Observable]) -> NDArray:
        """<O_k> in the state of each row: (n, k) float64."""
        self._require_gradient_memory(program, len(rows), len(observables))
        return gradients.expectations(program, rows, observables, self.precision.dtype)

    def value_gradients(
        self,
        program: Program,
        rows: NDArray,
        observables: Sequence[Observable],
        columns: Sequence[int] | None = None,
    ) -> tuple[NDArray, NDArray]:
        """<O_k> of each row, (n, k), and its slopes in the parameters `columns` (None: all), (n, k, .)."""
        self._require_gradient_memory(program, len(rows), len(observables))
        return gradients.value_gradients(program, rows, observables, columns, dtype=self.precision.dtype)

    def loss_gradient(
        self,
        program: Program,
        rows: NDArray,
        observable: PauliSum,
        weights: Sequence[int],
        loss_slopes: shared.LossSlopes,
    ) -> tuple[NDArray, NDArray]:
        """<O> of each row, (n,), and the slopes of the loss in weights that all rows share; always double.

        `loss_slopes` gives the derivatives of the loss in the values.
        """
        self._require_gradient_memory(program, len(rows), 1, is_batch=True)
        return shared.loss_gradient(program, rows, observable, weights, loss_slopes)

    def sample(self, program: Program, rows: NDArray, shots: int, seed: int) -> NDArray:
        """Measured basis states of each row, (n, shots) int64, qubit 0 least significant."""
        self._require(
            2 * self._block_bytes(program.qubits) + FLOAT_BYTES * len(rows) * shots,
            f"{shots} shots of {len(rows)} rows on {program.qubits} qubits",
        )
        return sampling.sample(program, rows, shots, seed)

    def probabilities(self, program: Program, rows: NDArray) -> NDArray:
        """The chance of each basis state, (n, 2**qubits) float64."""
        self._require(
            2 * self.precision.amplitude_bytes * len(rows) * 2**program.qubits,
            f"{len(rows)} distributions on {program.qubits} qubits",
        )
        states = self._states(program, rows)
        probabilities: NDArray = np.square(states.real) + np.square(states.imag)
        return probabilities

    def cpu_seconds(self, qubits: int, gates: int, rows: int) -> float:
        return gates * rows * 2**qubits / AMPLITUDES_PER_SECOND

    def memory_bytes(self, qubits: int, left: int, right: int | None = None) -> int:
        states = self.precision.amplitude_bytes * (left + (right or 0)) * 2**qubits
        entries = FLOAT_BYTES * left * (left if right is None else right)
        return states + self._block_bytes(qubits) + SCRATCH_BYTES + entries

    def gradient_memory_bytes(
        self, program: Program, rows: int, observables: int = 1, *, is_batch: bool = False
    ) -> int:
        """Bytes that `value_gradients` holds at its peak; with `is_batch` those of `loss_gradient`."""
        slopes = 3 * FLOAT_BYTES * rows * observables * (len(program.angles) + len(program.parameters))
        whole = 3 * AMPLITUDE_BYTES * rows * 2**program.qubits if is_batch else 0
        return slopes + whole + (2 + observables) * self._block_bytes(program.qubits)

    def _states(self, program: StateProgram, rows: NDArray) -> NDArray:
        return program.states(rows, self.precision.dtype)

    def _block_bytes(self, qubits: int) -> int:
        return BLOCKS_HELD * AMPLITUDE_BYTES * max(BLOCK_AMPLITUDES, 2**qubits)

    def _require_gradient_memory(
        self, program: Program, rows: int, observables: int, *, is_batch: bool = False
    ) -> None:
        needed = self.gradient_memory_bytes(program, rows, observables, is_batch=is_batch)
        self._require(needed, f"{rows} rows, {observables} observables on {program.qubits} qubits")

    def _require_kernel_memory(self, qubits: int, left: int, right: int | None) -> None:
        needed = self.memory_bytes(qubits, left, right)
        self._require(
            needed, f"{left} x {left if right is None else right} kernel entries on {qubits} qubits"
        )

    def _require(self, needed: int, what: str) -> None:
        if self._memory_limit_bytes is not None and needed > self._memory_limit_bytes:
            raise StateTooLarge(
                f"{what} need {bytes_in_words(needed)}; "
                f"the limit is {bytes_in_words(self._memory_limit_bytes)}"
            )
