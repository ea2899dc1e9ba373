"""What a job would take, from the spec and a number of rows alone: nothing is computed on the data."""

from collections.abc import Iterator
from dataclasses import dataclass

from qjobs.spec.document import JobSpec
from qjobs.spec.parts import ZzFeatureMap
from qjobs.spec.sizes import AMPLITUDE_BYTES, bytes_in_words

PROCESS_BYTES = 400 * 2**20
"""Interpreter, NumPy, scikit-learn and Qiskit, loaded."""

START_SECONDS = 2.0
AMPLITUDES_PER_SECOND = 2.5e7
FLOPS_PER_SECOND = 1.5e10
SOLVER_ENTRIES_PER_SECOND = 4e7
FLOAT_BYTES = 8


@dataclass(frozen=True)
class Estimate:
    """Cost of one run on one core.

    `circuits`: states prepared over the whole job. `rows_carried_max`: rows of data that the model may hold,
    since support vectors are rows. `cpu_seconds` is a rough figure. `refusals`: what is over the spec's
    limits.
    """

    qubits: int
    depth: int
    one_qubit_gates: int
    two_qubit_gates: int
    circuits: int
    rows: int
    rows_carried_max: int
    memory_bytes: int
    cpu_seconds: float
    refusals: tuple[str, ...]


def estimate(spec: JobSpec, rows: int) -> Estimate:
    """The cost of the job on `rows` rows in all its datasets together."""
    depth, one_qubit_gates, two_qubit_gates = zz_circuit_size(spec.qubits, spec.feature_map)
    memory_bytes = _memory_bytes(spec, rows)
    cpu_seconds, circuits = _cpu_seconds(spec, rows)
    return Estimate(
        qubits=spec.qubits,
        depth=depth,
        one_qubit_gates=one_qubit_gates,
        two_qubit_gates=two_qubit_gates,
        circuits=circuits,
        rows=rows,
        rows_carried_max=rows,
        memory_bytes=memory_bytes,
        cpu_seconds=cpu_seconds,
        refusals=tuple(_refusals(spec, rows, memory_bytes, cpu_seconds)),
    )


def zz_circuit_size(qubits: int, feature_map: ZzFeatureMap) -> tuple[int, int, int]:
    """Depth, one-qubit and two-qubit gates of the ZZ feature map as Qiskit builds it (H, P, and CX P CX a
    pair)."""
    pairs = list(entangled_pairs(qubits, feature_map.entanglement))
    busy_until = [0] * qubits
    for _ in range(feature_map.reps):
        busy_until = [level + 2 for level in busy_until]
        for first, second in pairs:
            start = max(busy_until[first], busy_until[second])
            busy_until[first] = busy_until[second] = start + 3
    one_qubit_gates = feature_map.reps * (2 * qubits + len(pairs))
    return max(busy_until), one_qubit_gates, feature_map.reps * 2 * len(pairs)


def entangled_pairs(qubits: int, entanglement: str) -> Iterator[tuple[int, int]]:
    """The pairs of qubits that the map couples, in circuit order."""
    if entanglement == "full":
        yield from ((first, second) for first in range(qubits) for second in range(first + 1, qubits))
        return
    if entanglement == "circular" and qubits > 2:
        yield (qubits - 1, 0)
    yield from ((first, first + 1) for first in range(qubits - 1))


def _memory_bytes(spec: JobSpec, rows: int) -> int:
    states = AMPLITUDE_BYTES * rows * 2**spec.qubits
    kernels = 4 * FLOAT_BYTES * rows * rows
    features = 4 * FLOAT_BYTES * rows * len(spec.datasets[0].columns.features)
    return PROCESS_BYTES + states + kernels + features


def _cpu_seconds(spec: JobSpec, rows: int) -> tuple[float, int]:
    """Seconds, and states prepared: inner folds and bandwidths on each training part, then on all rows."""
    folds, bandwidths = spec.algorithm.inner_folds, len(spec.algorithm.bandwidth_grid)
    train_rows = rows * (1 - spec.splits.test_fraction)
    per_selection = folds * bandwidths
    circuits = spec.splits.count * (per_selection * train_rows + rows) + per_selection * rows + rows
    kernel_entries = spec.splits.count * (per_selection * train_rows**2 * 2 / 3 + rows * train_rows)
    kernel_entries += (per_selection * 2 / 3 + 1) * rows**2
    baseline_fits = len(spec.baselines.features) * len(spec.baselines.models) * len(spec.baselines.gamma_grid)
    solver_entries = kernel_entries * len(spec.algorithm.c_grid) + (
        spec.splits.count * baseline_fits * len(spec.baselines.c_grid) * folds * train_rows**2 * 2 / 3
    )
    seconds = (
        START_SECONDS
        + circuits * 2**spec.qubits * spec.feature_map.reps / AMPLITUDES_PER_SECOND
        + kernel_entries * 8 * 2**spec.qubits / FLOPS_PER_SECOND
        + solver_entries / SOLVER_ENTRIES_PER_SECOND
    )
    return round(seconds, 1), round(circuits)


def _refusals(spec: JobSpec, rows: int, memory_bytes: int, cpu_seconds: float) -> Iterator[str]:
    if memory_bytes > spec.limits.memory_bytes:
        kernel = bytes_in_words(FLOAT_BYTES * rows * rows)
        yield (
            f"{rows} rows and {spec.qubits} qubits need {bytes_in_words(memory_bytes)} of memory "
            f"(the kernel matrix alone {kernel}); the limit is {bytes_in_words(spec.limits.memory_bytes)}"
        )
    if cpu_seconds > spec.limits.run_seconds:
        yield f"the run needs about {cpu_seconds:.0f} s; the limit is {spec.limits.run_seconds} s"
