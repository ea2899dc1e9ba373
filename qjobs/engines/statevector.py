"""The exact engine: batched state vectors in NumPy, compiled from the Qiskit circuit."""

from numpy.typing import NDArray
from qiskit import QuantumCircuit

from qjobs.engines.compiler import compile_circuit
from qjobs.engines.errors import StateTooLarge
from qjobs.engines.gram import TILE_ROWS, rectangular_gram, square_gram
from qjobs.engines.program import BLOCK_AMPLITUDES
from qjobs.engines.protocol import EngineFacts, StateProgram
from qjobs.spec.parts import MAX_QUBITS
from qjobs.spec.sizes import AMPLITUDE_BYTES, bytes_in_words, state_bytes

FLOAT_BYTES = 8
BLOCKS_HELD = 5
"""State, phase vectors and the temporaries of a step."""


class StatevectorEngine:
    """Simulates without noise or shots; results agree within 1e-9 on any machine."""

    facts = EngineFacts(name="statevector", version="1", max_qubits=MAX_QUBITS, determinism="exact")

    def __init__(self, memory_limit_bytes: int | None = None) -> None:
        """`memory_limit_bytes`: kernels that need more are refused before they start; None allows any."""
        self._memory_limit_bytes = memory_limit_bytes

    def compile(self, circuit: QuantumCircuit) -> StateProgram:
        if circuit.num_qubits > self.facts.max_qubits:
            raise StateTooLarge(
                f"{circuit.num_qubits} qubits need {bytes_in_words(state_bytes(circuit.num_qubits))} "
                f"for one state; the limit is {self.facts.max_qubits}"
            )
        return compile_circuit(circuit)

    def gram(self, program: StateProgram, rows: NDArray) -> NDArray:
        self._require_memory(program.qubits, len(rows), None)
        return square_gram(program.states(rows))

    def cross_gram(self, program: StateProgram, left: NDArray, right: NDArray) -> NDArray:
        self._require_memory(program.qubits, len(left), len(right))
        return rectangular_gram(program.states(left), program.states(right))

    def memory_bytes(self, qubits: int, left: int, right: int | None = None) -> int:
        states = AMPLITUDE_BYTES * (left + (right or 0)) * 2**qubits
        blocks = BLOCKS_HELD * AMPLITUDE_BYTES * max(BLOCK_AMPLITUDES, 2**qubits)
        tiles = 3 * AMPLITUDE_BYTES * TILE_ROWS * (TILE_ROWS if right is None else right)
        return states + blocks + tiles + FLOAT_BYTES * left * (left if right is None else right)

    def _require_memory(self, qubits: int, left: int, right: int | None) -> None:
        needed = self.memory_bytes(qubits, left, right)
        if self._memory_limit_bytes is not None and needed > self._memory_limit_bytes:
            raise StateTooLarge(
                f"{left} x {left if right is None else right} kernel entries on {qubits} qubits need "
                f"{bytes_in_words(needed)}; the limit is {bytes_in_words(self._memory_limit_bytes)}"
            )
