"""Counts of measurements on simulated devices, and the chances that they were drawn by.

What is measured differs from run to run; the chances do not, so that counts can be judged by them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from qiskit import ClassicalRegister, QuantumCircuit
from qiskit_aer import AerSimulator

from qjobs.engines.aer import AerEngine, AerProgram, require_gates
from qjobs.engines.ibm import ibm_device, open_backend
from qjobs.engines.shots import Device
from qjobs.engines.statevector import StatevectorEngine
from qjobs.spec.noise import AerDevice, AnyDevice, Noise

CIRCUITS_AT_ONCE = 64
MOST_SEED = 2**31
NO_ANGLES = np.empty((1, 0))
"""One row for a circuit without parameters."""


Seeds = tuple[int, ...]
"""Numbers that together are one seed."""


class Meter(Protocol):
    """A device on which circuits are measured, all their qubits at the end."""

    def counts(
        self, circuit: QuantumCircuit, rows: NDArray, shots: int, seed: Seeds, streams: Seeds = ()
    ) -> NDArray:
        """How often each basis state was seen, (n, 2**qubits) int64, for parameter rows (n, parameters).

        `streams`: one number for each of as many equal parts of the rows. A part is drawn by the seed and its
        number alone, whatever the other parts are.
        """
        ...

    def chances(self, circuit: QuantumCircuit, rows: NDArray) -> NDArray:
        """By which these were drawn, (n, 2**qubits) float64, exact: from density matrices where there is
        noise."""
        ...

    def readout_counts(self, circuit: QuantumCircuit, shots: int, seed: Seeds) -> NDArray:
        """What is read where all qubits are 0, and where all are 1, (2, 2**qubits): on the wires of the
        device on which this circuit ends."""
        ...

    def readout_chances(self, circuit: QuantumCircuit) -> NDArray:
        """By which these were drawn."""
        ...


class AerMeter:
    """Qiskit Aer; `noise` None: a device without errors."""

    def __init__(self, noise: Noise | None = None) -> None:
        self._engine = AerEngine(noise=noise)
        self._is_noisy = noise is not None

    def counts(
        self, circuit: QuantumCircuit, rows: NDArray, shots: int, seed: Seeds, streams: Seeds = ()
    ) -> NDArray:
        program = self._engine.compile(circuit)
        measured = program.native.copy()
        measured.measure_all()
        return _drawn_apart(program.simulator.run, measured, rows, shots, seed, streams=streams)

    def chances(self, circuit: QuantumCircuit, rows: NDArray) -> NDArray:
        if self._is_noisy:
            return self._engine.probabilities(self._engine.compile(circuit), rows)
        exact = StatevectorEngine()
        return exact.probabilities(exact.compile(circuit), rows)

    def readout_counts(self, circuit: QuantumCircuit, shots: int, seed: Seeds) -> NDArray:
        ends = _basis_ends(circuit.num_qubits)
        return np.concatenate(
            [self.counts(end, NO_ANGLES, shots, (*seed, number)) for number, end in enumerate(ends)]
        )

    def readout_chances(self, circuit: QuantumCircuit) -> NDArray:
        ends = _basis_ends(circuit.num_qubits)
        return np.concatenate([self.chances(end, NO_ANGLES) for end in ends])


class RuntimeMeter:
    """A fake backend of Qiskit Runtime, run as it runs itself, all rows of a circuit at once: by its Sampler
    each row costs eighty times as much. Its noise model says the chances."""

    def __init__(self, backend: str) -> None:
        self._backend = backend

    def counts(
        self, circuit: QuantumCircuit, rows: NDArray, shots: int, seed: Seeds, streams: Seeds = ()
    ) -> NDArray:
        run = _simulator(self._backend).run
        return _drawn_apart(run, self._laid_out(circuit), rows, shots, seed, streams=streams)

    def chances(self, circuit: QuantumCircuit, rows: NDArray) -> NDArray:
        return self._chances(self._laid_out(circuit), rows)

    def readout_counts(self, circuit: QuantumCircuit, shots: int, seed: Seeds) -> NDArray:
        run = _simulator(self._backend).run
        found = [
            _drawn(run, end, NO_ANGLES, shots, (*seed, number))
            for number, end in enumerate(self._ends(circuit))
        ]
        return np.concatenate(found)

    def readout_chances(self, circuit: QuantumCircuit) -> NDArray:
        return np.concatenate([self._chances(end, NO_ANGLES) for end in self._ends(circuit)])

    def _chances(self, measured: QuantumCircuit, rows: NDArray) -> NDArray:
        unmeasured = measured.remove_final_measurements(inplace=False)
        program = AerProgram(measured, unmeasured, _simulator(self._backend))
        physical = program.saved(rows, "save_probabilities")
        wires, readouts = measured_wires(measured), _readouts(self._backend)
        return _misread(_of_wires(physical, wires), [readouts.get(wire, np.eye(2)) for wire in wires])

    def _ends(self, circuit: QuantumCircuit) -> Iterator[QuantumCircuit]:
        laid_out = self._laid_out(circuit)
        for end in _basis_ends(laid_out.num_qubits):
            end.add_register(ClassicalRegister(circuit.num_qubits, "meas"))
            end.measure(measured_wires(laid_out), range(circuit.num_qubits))
            yield end

    def _laid_out(self, circuit: QuantumCircuit) -> QuantumCircuit:
        device = _opened(self._backend)
        require_gates(circuit, device.facts.max_qubits)
        asked = circuit.copy()
        asked.measure_all()
        return device.prepare(asked)


def open_meter(device: AnyDevice) -> Meter:
    """The device that a spec names."""
    return AerMeter(device.noise) if isinstance(device, AerDevice) else RuntimeMeter(device.backend)


def _basis_ends(qubits: int) -> tuple[QuantumCircuit, QuantumCircuit]:
    """All qubits 0, and all 1."""
    zeros, ones = QuantumCircuit(qubits), QuantumCircuit(qubits)
    ones.x(range(qubits))
    return zeros, ones


@cache
def _opened(backend: str) -> Device:
    return ibm_device(open_backend(backend))


@cache
def _simulator(name: str) -> AerSimulator:
    """With the noise model that the backend makes when it first runs."""
    backend = open_backend(name)
    backend.run(QuantumCircuit(1, 1), shots=1)
    model = backend.options.noise_model
    return AerSimulator(method="density_matrix", noise_model=model, max_parallel_threads=1)


@cache
def _readouts(backend: str) -> Mapping[int, NDArray]:
    """Chances by qubit: entry [true, read]."""
    errors = _simulator(backend).options.noise_model.to_dict()["errors"]
    found = [each for each in errors if each["type"] == "roerror"]
    return {each["gate_qubits"][0][0]: np.array(each["probabilities"]) for each in found}


def _drawn_apart(
    run: Callable[..., Any],
    measured: QuantumCircuit,
    rows: NDArray,
    shots: int,
    seed: Seeds,
    *,
    streams: Seeds,
) -> NDArray:
    if not streams:
        return _drawn(run, measured, rows, shots, seed)
    parts = zip(streams, np.split(rows, len(streams)), strict=True)
    return np.concatenate([_drawn(run, measured, part, shots, (*seed, stream)) for stream, part in parts])


def _drawn(
    run: Callable[..., Any], measured: QuantumCircuit, rows: NDArray, shots: int, seed: Seeds
) -> NDArray:
    """Counts of a circuit that ends in measurements, so many rows at a time."""
    found = np.zeros((len(rows), 2**measured.num_clbits), dtype=np.int64)
    parameters = list(measured.parameters)
    for start in range(0, len(rows), CIRCUITS_AT_ONCE):
        part = rows[start : start + CIRCUITS_AT_ONCE]
        own = int(np.random.SeedSequence([*seed, start]).generate_state(1)[0]) % MOST_SEED
        options: dict[str, Any] = {"shots": shots, "seed_simulator": own}
        if parameters:
            options["parameter_binds"] = [{each: part[:, at].tolist() for at, each in enumerate(parameters)}]
        result = run(measured if parameters else [measured] * len(part), **options).result()
        for number in range(len(part)):
            _add_counts(found[start + number], result.data(number)["counts"])
    return found


def _add_counts(row: NDArray, counts: Mapping[str, int]) -> None:
    for outcome, count in counts.items():
        row[int(outcome, 16)] += count


def measured_wires(measured: QuantumCircuit) -> list[int]:
    """The physical qubit behind each bit of an outcome, the least significant first."""
    bits = [
        (measured.find_bit(each.clbits[0]).index, measured.find_bit(each.qubits[0]).index)
        for each in measured.data
        if each.operation.name == "measure"
    ]
    return [wire for _, wire in sorted(bits)]


def _of_wires(chances: NDArray, wires: Sequence[int]) -> NDArray:
    """Chances of the outcomes of some qubits, (n, 2**len(wires)), from those of all."""
    qubits = chances.shape[1].bit_length() - 1
    axes = [qubits - wire for wire in reversed(wires)]
    whole = chances.reshape((len(chances),) + (2,) * qubits)
    kept = np.moveaxis(whole, axes, range(1, len(axes) + 1))
    marginal: NDArray = kept.reshape(len(chances), 2 ** len(axes), -1).sum(axis=2)
    return marginal


def _misread(chances: NDArray, readouts: Sequence[NDArray]) -> NDArray:
    """The distribution after bit i was read by `readouts[i]`, with chance [true, read]."""
    for wire, readout in enumerate(readouts):
        bits = chances.reshape(len(chances), -1, 2, 2**wire)
        chances = np.einsum("nats,tr->nars", bits, readout).reshape(len(chances), -1)
    return chances
