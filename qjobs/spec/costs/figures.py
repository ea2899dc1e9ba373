"""The shape of a cost, and the speeds of one core of today's servers that costs are made of."""

from dataclasses import dataclass

from qjobs.spec.circuit_size import CircuitSize
from qjobs.spec.noise import Noise
from qjobs.spec.sizes import AMPLITUDE_BYTES

PROCESS_BYTES = 400 * 2**20
"""Interpreter, NumPy, scikit-learn and Qiskit, loaded."""

START_SECONDS = 2.0
AMPLITUDES_PER_SECOND = 2.5e7
FLOPS_PER_SECOND = 1.5e10
SOLVER_ENTRIES_PER_SECOND = 2.5e7
FLOAT_BYTES = 8

NOISY_ENTRY_SECONDS = 4e-9
"""Of a gate with errors, for each entry of a density matrix."""


@dataclass(frozen=True)
class Cost:
    """One run.

    `circuits`: states prepared over the whole job. `rows_carried_max`: rows of data that the model may hold,
    since support vectors are rows. `cpu_seconds` is for one core. `refusals`: what is too large besides.
    """

    size: CircuitSize
    circuits: int
    rows_carried_max: int
    memory_bytes: int
    cpu_seconds: float
    refusals: tuple[str, ...] = ()


def refused_above(rows: int, limit: int, what: str) -> tuple[str, ...]:
    """More rows than a dataset of this kind can have, in words; nothing where they are not."""
    return (f"{rows} rows are too many: {what}; the limit is {limit}",) if rows > limit else ()


def noisy_cost(noise: Noise | None, size: CircuitSize, qubits: int, runs: int = 1) -> tuple[float, int]:
    """Seconds and bytes of so many runs of a circuit as a density matrix; none without noise."""
    if noise is None:
        return 0.0, 0
    gates = size.one_qubit_gates + 3 * size.two_qubit_gates
    return runs * gates * 4**qubits * NOISY_ENTRY_SECONDS, 4 * AMPLITUDE_BYTES * 4**qubits
