"""The cost of VQE: slopes of the trial circuit, exact energies, and the noise that is asked for."""

from collections.abc import Mapping

from qjobs.spec.ansatz_gates import TrialGate, trial_gates
from qjobs.spec.circuit_size import size_of
from qjobs.spec.costs.figures import PROCESS_BYTES, START_SECONDS, Cost, noisy_cost, refused_above
from qjobs.spec.costs.measuring import evaluation_seconds
from qjobs.spec.energy import MAX_DENSE_QUBITS, MAX_EXACT_QUBITS, EnergySpec
from qjobs.spec.hamiltonians import MAX_TERMS, DatasetHamiltonian, Lattice, bonds
from qjobs.spec.optimisers import Adam, Lbfgs, Spsa
from qjobs.spec.sizes import AMPLITUDE_BYTES

LOAD_SECONDS = 1.0
"""Aer and the optimisers."""

CALL_SECONDS = 3e-4
"""A gradient, whatever its size."""

GATE_SECONDS: Mapping[str, tuple[float, float]] = {
    "hardware-efficient": (1e-5, 1.5e-8),
    "number-preserving": (4e-5, 2.4e-8),
    "hamiltonian-variational": (4e-5, 2.4e-8),
    "ucc-sd": (2e-4, 5e-8),
}
"""A gradient, for each gate with an angle, and for each of those and amplitude."""

GROUP_SECONDS, GROUP_AMPLITUDE_SECONDS = 1e-5, 5e-9
"""For each set of bits that strings of the Hamiltonian flip."""

MOLECULE_GROUPS = 27
MOLECULE_SHAPES = {4: 5, 6: 39, 8: 69}
VALUE_SHARE = 0.3
"""What an energy costs of an energy with its slopes."""

CALLS_A_START, CALLS_AN_ANGLE, CALLS_A_STEP = 30, 10, 1.05
"""Gradients of L-BFGS until the slope is gone, no more than its iterations allow."""

DENSE_SECONDS, LANCZOS_SECONDS = 1.5e-10, 1e-5
NOISY_RUNS = 5
"""The circuit with and without readout flips, and folded, which is three of it."""

STATES_HELD = 20


def vqe_cost(spec: EnergySpec, rows: int) -> Cost:
    """Seconds, bytes and gradients of the whole job; `rows` are Pauli strings of the dataset."""
    gates = list(trial_gates(spec.qubits, spec.ansatz, spec.hamiltonian))
    size = size_of(gate.wires for gate in gates)
    method, amplitudes = spec.algorithm, 2**spec.qubits
    starts = method.states * method.restarts
    circuits = starts * _calls_a_start(spec, gates)
    seconds = START_SECONDS + LOAD_SECONDS + starts * _start_seconds(spec, gates, rows)
    seconds += _exact_seconds(spec)
    shapes = _measured_shapes(spec, rows)
    seconds += evaluation_seconds(spec.noise_evaluation, size, spec.qubits, shapes, shapes)
    memory = PROCESS_BYTES + (STATES_HELD + 2 * method.states) * AMPLITUDE_BYTES * amplitudes
    if spec.qubits <= MAX_DENSE_QUBITS:
        memory += 3 * AMPLITUDE_BYTES * 4**spec.qubits
    noisy_seconds, noisy_bytes = noisy_cost(spec.noise, size, spec.qubits, NOISY_RUNS)
    return Cost(
        size=size,
        circuits=circuits,
        rows_carried_max=0,
        memory_bytes=memory + noisy_bytes,
        cpu_seconds=round(seconds + noisy_seconds, 1),
        refusals=_refusals(spec, rows),
    )


def start_seconds(spec: EnergySpec, rows: int) -> list[float]:
    """Of each training of the lowest state."""
    gates = list(trial_gates(spec.qubits, spec.ansatz, spec.hamiltonian))
    return [_start_seconds(spec, gates, rows)] * spec.algorithm.restarts


def _start_seconds(spec: EnergySpec, gates: list[TrialGate], rows: int) -> float:
    share = VALUE_SHARE if isinstance(spec.algorithm.optimiser, Spsa) else 1.0
    return share * _calls_a_start(spec, gates) * _gradient_seconds(spec, gates, rows)


def _refusals(spec: EnergySpec, rows: int) -> tuple[str, ...]:
    if not isinstance(spec.hamiltonian, DatasetHamiltonian):
        return ()
    return refused_above(rows, min(MAX_TERMS, 4**spec.qubits), f"each is a string on {spec.qubits} qubits")


def _calls_a_start(spec: EnergySpec, gates: list[TrialGate]) -> int:
    angles = 1 + max((each.parameter for each in gates if each.parameter is not None), default=-1)
    match spec.algorithm.optimiser:
        case Lbfgs(iterations=iterations):
            return min(round(CALLS_A_STEP * iterations) + 5, CALLS_A_START + CALLS_AN_ANGLE * angles)
        case Adam(iterations=iterations):
            return iterations + 1
        case Spsa(iterations=iterations):
            return 3 * iterations + 1


def _gradient_seconds(spec: EnergySpec, gates: list[TrialGate], rows: int) -> float:
    amplitudes = 2**spec.qubits
    turns = sum(1 for gate in gates if gate.parameter is not None)
    gate_seconds, amplitude_seconds = GATE_SECONDS[spec.ansatz.name]
    groups = _groups(spec, rows)
    return (
        CALL_SECONDS
        + turns * (gate_seconds + amplitude_seconds * amplitudes)
        + groups * (GROUP_SECONDS + GROUP_AMPLITUDE_SECONDS * amplitudes)
    )


def _groups(spec: EnergySpec, rows: int) -> int:
    match spec.hamiltonian:
        case DatasetHamiltonian():
            return min(rows, 2**spec.qubits)
        case Lattice(model="heisenberg"):
            return 1 + len(bonds(spec.qubits, spec.hamiltonian))
        case Lattice():
            return 1 + spec.qubits
        case _:
            return MOLECULE_GROUPS


def _measured_shapes(spec: EnergySpec, rows: int) -> int:
    """Sets of strings that are measured together, at most."""
    match spec.hamiltonian:
        case DatasetHamiltonian():
            return min(rows, 3**spec.qubits)
        case Lattice(model="heisenberg"):
            return 3
        case Lattice():
            return 2
        case _:
            return MOLECULE_SHAPES[spec.qubits]


def _exact_seconds(spec: EnergySpec) -> float:
    if spec.qubits <= MAX_DENSE_QUBITS:
        return DENSE_SECONDS * 8**spec.qubits
    return LANCZOS_SECONDS * 2**spec.qubits if spec.qubits <= MAX_EXACT_QUBITS else 0.0
