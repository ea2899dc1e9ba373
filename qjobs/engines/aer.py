"""Qiskit Aer without shots: state vectors, and density matrices where there is noise.

With noise, values are what infinitely many shots would give: readout flips are part of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import qiskit_aer
from numpy.typing import NDArray
from qiskit import QuantumCircuit, transpile
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer import AerSimulator

from qjobs.engines.errors import CircuitNotSupported, StateTooLarge
from qjobs.engines.gram import rectangular_gram, split_states, square_gram
from qjobs.engines.noise import BASIS_GATES, noise_model
from qjobs.engines.observables import PauliSum
from qjobs.engines.overlap import mirrored_gram, overlap_circuit, paired_rows, upper_pairs
from qjobs.engines.protocol import EngineFacts
from qjobs.engines.sampling import draw
from qjobs.spec.noise import MAX_NOISY_QUBITS, Noise
from qjobs.spec.parts import MAX_QUBITS
from qjobs.spec.sizes import AMPLITUDE_BYTES, bytes_in_words

ROWS_AT_ONCE = 64
AMPLITUDES_PER_SECOND = 3e7
CIRCUIT_SECONDS = 5e-4
"""What Aer takes for a row whatever its size."""


@dataclass(frozen=True)
class AerProgram:
    """`circuit`: as asked for. `native`: in the simulator's gates; parameters in the same order."""

    circuit: QuantumCircuit
    native: QuantumCircuit
    simulator: AerSimulator

    @property
    def qubits(self) -> int:
        count: int = self.circuit.num_qubits
        return count

    def states(self, rows: NDArray, dtype: Any = np.complex128) -> NDArray:
        return self.saved(rows, "save_statevector").astype(dtype)

    def saved(self, rows: NDArray, instruction: str) -> NDArray:
        """What the simulator's instruction keeps of each row."""
        circuit = self.native.copy()
        getattr(circuit, instruction)(label="kept")
        return np.array([np.asarray(kept["kept"]) for kept in self.results(circuit, rows)])

    def results(self, circuit: QuantumCircuit, rows: NDArray) -> list[dict[str, Any]]:
        """The saved values of each row, a part of the rows at a time."""
        kept: list[dict[str, Any]] = []
        parameters = list(circuit.parameters)
        if rows.ndim != 2 or rows.shape[1] != len(parameters):
            raise ValueError(f"rows of {len(parameters)} parameters are needed, not shape {rows.shape}")
        for start in range(0, len(rows), ROWS_AT_ONCE):
            part = rows[start : start + ROWS_AT_ONCE]
            if parameters:
                binds = [{each: part[:, at].tolist() for at, each in enumerate(parameters)}]
                job = self.simulator.run(circuit, parameter_binds=binds, shots=1)
            else:
                job = self.simulator.run([circuit] * len(part), shots=1)
            result = job.result()
            kept += [result.data(number) for number in range(len(part))]
        return kept


class AerEngine:
    """Simulates what the spec's noise does, exactly; without noise it is a second opinion on every state."""

    def __init__(self, memory_limit_bytes: int | None = None, *, noise: Noise | None = None) -> None:
        """`noise` None: pure states, up to 20 qubits; else density matrices, up to 10."""
        self.facts = EngineFacts(
            name="aer",
            version=qiskit_aer.__version__,
            max_qubits=MAX_QUBITS if noise is None else MAX_NOISY_QUBITS,
            determinism="exact",
        )
        self._memory_limit_bytes = memory_limit_bytes
        self._noise = noise
        method = "statevector" if noise is None else "density_matrix"
        options = {} if noise is None else {"noise_model": noise_model(noise)}
        self._simulator = AerSimulator(method=method, max_parallel_threads=1, **options)

    def compile(self, circuit: QuantumCircuit) -> AerProgram:
        require_gates(circuit, self.facts.max_qubits)
        if self._noise is None:
            native = transpile(circuit, self._simulator, optimization_level=0)
        else:
            native = transpile(circuit, basis_gates=list(BASIS_GATES), optimization_level=0)
        return AerProgram(circuit, native, self._simulator)

    def probabilities(self, program: AerProgram, rows: NDArray) -> NDArray:
        """The chance of measuring each basis state, (n, 2**qubits) float64."""
        self._require(program.qubits, len(rows), None)
        exact = program.saved(rows, "save_probabilities")
        return exact if self._noise is None else _misread(exact, self._noise.readout_error)

    def expectations(self, program: AerProgram, rows: NDArray, observables: Sequence[PauliSum]) -> NDArray:
        damping = 1 - 2 * self._noise.readout_error if self._noise else 1.0
        circuit = program.native.copy()
        for number, observable in enumerate(observables):
            terms = [
                (label, weight * damping ** (len(label) - label.count("I")))
                for label, weight in observable.labels().items()
            ]
            operator = SparsePauliOp.from_list(terms)
            circuit.save_expectation_value(operator, range(program.qubits), label=f"value_{number}")
        kept = program.results(circuit, rows)
        return np.array([[each[f"value_{at}"] for at in range(len(observables))] for each in kept])

    def sample(self, program: AerProgram, rows: NDArray, shots: int, seed: int) -> NDArray:
        return draw(self.probabilities(program, rows), shots, seed)

    def gram(self, program: AerProgram, rows: NDArray) -> NDArray:
        self._require(program.qubits, len(rows), None)
        if self._noise is None:
            return square_gram(split_states(program.states(rows)))
        return mirrored_gram(len(rows), self._fidelities(program, upper_pairs(rows)))

    def cross_gram(self, program: AerProgram, left: NDArray, right: NDArray) -> NDArray:
        self._require(program.qubits, len(left), len(right))
        if self._noise is None:
            return rectangular_gram(*(split_states(program.states(rows)) for rows in (left, right)))
        return self._fidelities(program, paired_rows(left, right)).reshape(len(left), len(right))

    def cpu_seconds(self, qubits: int, gates: int, rows: int) -> float:
        amplitudes = 2**qubits if self._noise is None else 4**qubits
        return rows * (CIRCUIT_SECONDS + gates * amplitudes / AMPLITUDES_PER_SECOND)

    def memory_bytes(self, qubits: int, left: int, right: int | None = None) -> int:
        rows, entries = left + (right or 0), left * (left if right is None else right)
        if self._noise is None:
            return 2 * AMPLITUDE_BYTES * rows * 2**qubits + 8 * entries
        return 2 * AMPLITUDE_BYTES * 4**qubits + 3 * 8 * entries * max(ROWS_AT_ONCE, 2**qubits)

    def _fidelities(self, program: AerProgram, pairs: NDArray) -> NDArray:
        overlaps = self.compile(overlap_circuit(program.circuit))
        chances: NDArray = self.probabilities(overlaps, pairs)[:, 0]
        return chances

    def _require(self, qubits: int, left: int, right: int | None) -> None:
        needed = self.memory_bytes(qubits, left, right)
        if self._memory_limit_bytes is not None and needed > self._memory_limit_bytes:
            raise StateTooLarge(
                f"{left} rows on {qubits} qubits need {bytes_in_words(needed)}; "
                f"the limit is {bytes_in_words(self._memory_limit_bytes)}"
            )


def require_gates(circuit: QuantumCircuit, max_qubits: int) -> None:
    """Raises where the circuit is too wide or holds more than gates."""
    if circuit.num_qubits > max_qubits:
        raise StateTooLarge(f"{circuit.num_qubits} qubits; the limit is {max_qubits}")
    for instruction in circuit.data:
        if instruction.clbits or instruction.operation.name == "reset":
            raise CircuitNotSupported(f"{instruction.operation.name} is no gate; only gates run")


def _misread(probabilities: NDArray, flip: float) -> NDArray:
    """The distribution after each bit is read wrongly with this chance."""
    qubits = probabilities.shape[1].bit_length() - 1
    for wire in range(qubits):
        bits = probabilities.reshape(len(probabilities), -1, 2, 2**wire)
        probabilities = ((1 - flip) * bits + flip * bits[:, :, ::-1]).reshape(len(probabilities), -1)
    return probabilities
