"""The cost of circuits that are measured one by one, on a simulated device."""

from collections.abc import Iterator

from qjobs.spec.circuit_size import CircuitSize
from qjobs.spec.noise import AnyDevice, NoiseEvaluation, RuntimeDevice

CIRCUIT_SECONDS = 7e-4
GATE_SECONDS = 4e-6
AMPLITUDE_SECONDS = 4e-8
ENTRY_SECONDS = 6e-9
"""Of a gate, for each amplitude of a state, and for each entry of a density matrix."""

SHOT_SECONDS = 8e-7
RUNTIME_SECONDS = 1.5
"""Opening a fake backend, and laying circuits out on it."""

RUN_SECONDS = 3e-3
RUNTIME_RUN_SECONDS = 0.09
"""Of a run of the simulator, whatever it runs; a fake backend's noise model is read in each."""

SETTING_SECONDS = 0.15
REDRAWN_SECONDS = 2e-5
"""For each count that is posted: a hundred redraws."""

FOLDED = 3
MEASURED_SETTINGS = 3
MAX_COUNTS = 2**18
"""Numbers that one setting may post: 256 circuits of 10 qubits, 1 MiB."""

MAX_ENTRIES = 2**22
"""Kernel entries that one job may measure: 16 MiB of counts."""


def measuring_seconds(
    size: CircuitSize, qubits: int, circuits: float, shots: int, device: AnyDevice | None
) -> float:
    """Of so many circuits of this size; `device` None: without errors."""
    gates = size.one_qubit_gates + 3 * size.two_qubit_gates
    state = AMPLITUDE_SECONDS * 2**qubits if device is None else ENTRY_SECONDS * 4**qubits
    one = CIRCUIT_SECONDS + gates * (GATE_SECONDS + state) + shots * SHOT_SECONDS
    return circuits * one + (RUNTIME_SECONDS if isinstance(device, RuntimeDevice) else 0.0)


def evaluation_seconds(
    evaluation: NoiseEvaluation | None,
    size: CircuitSize,
    qubits: int,
    circuits: float,
    settings: int = 1,
    *,
    runs: float = 0,
) -> float:
    """Of a trial of so many circuits, as far as a result may hold them, in `settings` shapes; `runs`: parts
    that are drawn apart; 0 where none is asked for."""
    if evaluation is None:
        return 0.0
    circuits = min(circuits, MAX_COUNTS // 2**qubits)
    folded = CircuitSize(size.depth, FOLDED * size.one_qubit_gates, FOLDED * size.two_qubit_gates)
    shots, device = evaluation.shots, evaluation.device
    a_run = RUNTIME_RUN_SECONDS if isinstance(device, RuntimeDevice) else RUN_SECONDS
    return (
        measuring_seconds(size, qubits, circuits, shots, None)
        + measuring_seconds(size, qubits, circuits, shots, device)
        + measuring_seconds(folded, qubits, circuits, shots, device)
        - (RUNTIME_SECONDS if isinstance(device, RuntimeDevice) else 0.0)
        + SETTING_SECONDS * MEASURED_SETTINGS * settings
        + (RUN_SECONDS + 2 * a_run) * runs
        + REDRAWN_SECONDS * MEASURED_SETTINGS * circuits * 2**qubits
    )


def doubled(size: CircuitSize) -> CircuitSize:
    """Of the circuit that measures an overlap: one row written in, the other out."""
    return CircuitSize(2 * size.depth, 2 * size.one_qubit_gates, 2 * size.two_qubit_gates)


def refused_counts(
    evaluation: NoiseEvaluation | None, vectors: int, qubits: int, least_rows: int = 1
) -> Iterator[str]:
    """In words, where a model of up to so many rows has more outcomes than a result may hold, with as few
    rows to try it on as a score needs."""
    counts = least_rows * vectors * 2**qubits
    if evaluation is not None and counts > MAX_COUNTS:
        tried = "a row" if least_rows == 1 else f"on the {least_rows} rows that a score needs"
        yield (
            f"the noise evaluation of up to {vectors} support vectors on {qubits} qubits posts {counts} "
            f"counts {tried}; the limit is {MAX_COUNTS}"
        )
