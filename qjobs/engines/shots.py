"""Engines that measure: every value comes from a number of shots through Qiskit's primitives (V2)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import qiskit_aer
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.primitives import (
    BackendEstimatorV2,
    BackendSamplerV2,
    BaseEstimatorV2,
    BaseSamplerV2,
    BitArray,
)
from qiskit.quantum_info import SparsePauliOp
from qiskit.transpiler import generate_preset_pass_manager
from qiskit_aer import AerSimulator

from qjobs.engines.aer import require_gates
from qjobs.engines.noise import BASIS_GATES, noise_model
from qjobs.engines.observables import PauliSum
from qjobs.engines.overlap import mirrored_gram, overlap_circuit, paired_rows, upper_pairs
from qjobs.engines.protocol import EngineFacts
from qjobs.spec.noise import MAX_NOISY_QUBITS, Noise
from qjobs.spec.parts import MAX_QUBITS
from qjobs.spec.sizes import AMPLITUDE_BYTES

ROW_SECONDS = 0.02
"""What binding and starting one row takes, whatever its size."""

SHOT_AMPLITUDES_PER_SECOND = 3e7


@dataclass(frozen=True)
class Device:
    """A machine to measure on, real or simulated; `sampler` and `estimator` take a seed."""

    facts: EngineFacts
    prepare: Callable[[QuantumCircuit], QuantumCircuit]
    sampler: Callable[[int], BaseSamplerV2]
    estimator: Callable[[int], BaseEstimatorV2]
    amplitudes: Callable[[int], int]


@dataclass(frozen=True)
class DeviceProgram:
    """`native`: the circuit in the device's gates and on its qubits, bound row by row."""

    circuit: QuantumCircuit
    native: QuantumCircuit
    measured: QuantumCircuit

    @property
    def qubits(self) -> int:
        count: int = self.circuit.num_qubits
        return count


class ShotEngine:
    """`shots` for each value. Kernels are estimated by writing one row in and the other out, so they are
    symmetric, but positive semidefinite only as far as the shots reach."""

    def __init__(self, device: Device, *, shots: int, seed: int) -> None:
        if shots < 1:
            raise ValueError(f"at least one shot is needed, not {shots}")
        self.facts = device.facts
        self._device = device
        self._shots = shots
        self._seed = seed

    def compile(self, circuit: QuantumCircuit) -> DeviceProgram:
        require_gates(circuit, self.facts.max_qubits)
        measured = circuit.copy()
        measured.measure_all()
        return DeviceProgram(circuit, self._device.prepare(circuit), self._device.prepare(measured))

    def sample(self, program: DeviceProgram, rows: NDArray, shots: int, seed: int) -> NDArray:
        result: Any = self._device.sampler(seed).run([(program.measured, rows)], shots=shots).result()
        return outcomes_in(result[0].data.meas)

    def expectations(self, program: DeviceProgram, rows: NDArray, observables: Sequence[PauliSum]) -> NDArray:
        operators = [
            SparsePauliOp.from_list(list(each.labels().items())).apply_layout(program.native.layout)
            for each in observables
        ]
        pub = (program.native, operators, rows[:, None, :])
        estimator = self._device.estimator(self._seed)
        result: Any = estimator.run([pub], precision=self._shots**-0.5).result()
        return np.asarray(result[0].data.evs, dtype=np.float64)

    def gram(self, program: DeviceProgram, rows: NDArray) -> NDArray:
        return mirrored_gram(len(rows), self._fidelities(program, upper_pairs(rows)))

    def cross_gram(self, program: DeviceProgram, left: NDArray, right: NDArray) -> NDArray:
        return self._fidelities(program, paired_rows(left, right)).reshape(len(left), len(right))

    def cpu_seconds(self, qubits: int, gates: int, rows: int) -> float:
        work = gates * self._device.amplitudes(qubits) / SHOT_AMPLITUDES_PER_SECOND
        return rows * (ROW_SECONDS + work)

    def memory_bytes(self, qubits: int, left: int, right: int | None = None) -> int:
        pairs = left * (left if right is None else right)
        return 2 * AMPLITUDE_BYTES * self._device.amplitudes(qubits) + pairs * (8 + 9 * self._shots)

    def _fidelities(self, program: DeviceProgram, pairs: NDArray) -> NDArray:
        if not len(pairs):
            return np.empty(0)
        overlaps = self.compile(overlap_circuit(program.circuit))
        outcomes = self.sample(overlaps, pairs, self._shots, self._seed)
        chances: NDArray = (outcomes == 0).mean(axis=1)
        return chances


def outcomes_in(bits: BitArray) -> NDArray:
    """Basis states as numbers, (n, shots) int64, from a Sampler's answer for n rows."""
    octets = np.moveaxis(bits.array, -1, 0)
    outcomes = np.zeros(octets.shape[1:], dtype=np.int64)
    for octet in octets:
        outcomes = outcomes << 8 | octet
    return outcomes


def aer_device(noise: Noise | None) -> Device:
    """Aer as a device: pure states without noise, density matrices with it."""
    options = {} if noise is None else {"noise_model": noise_model(noise)}
    method = "statevector" if noise is None else "density_matrix"
    simulator = AerSimulator(method=method, max_parallel_threads=1, **options)
    passes = generate_preset_pass_manager(0, basis_gates=list(BASIS_GATES))
    return Device(
        facts=EngineFacts(
            name="aer",
            version=qiskit_aer.__version__,
            max_qubits=MAX_QUBITS if noise is None else MAX_NOISY_QUBITS,
            determinism="statistical",
        ),
        prepare=passes.run,
        sampler=lambda seed: BackendSamplerV2(backend=simulator, options={"seed_simulator": seed}),
        estimator=lambda seed: BackendEstimatorV2(backend=simulator, options={"seed_simulator": seed}),
        amplitudes=lambda qubits: 2**qubits if noise is None else 4**qubits,
    )
