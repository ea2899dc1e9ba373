"""Gram matrices of the fidelity kernel: ZZ map, two repetitions, full entanglement.

The bound is a complex rank-k update and the arithmetic of the states; three real products can go below it.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit.library import zz_feature_map

from benchmarks import peers
from benchmarks.measuring import Case, Goal, Machine, Time, best_library, cpu_seconds, ratio
from qjobs.engines.compiled import compiled_program
from qjobs.engines.gram import split_states, square_gram
from qjobs.engines.statevector import SINGLE, StatevectorEngine

SIZES = ((400, 6), (400, 8), (400, 10), (1000, 10))
QML = "qml FidelityStatevectorKernel"
WHOLE = 400
"""Rows up to which qml is timed whole."""

SAMPLE = 40
"""Rows of a peer that prepares one state after another; the time is scaled to all rows."""


def cases(machine: Machine) -> list[Case]:
    return [_case(rows, qubits, machine) for rows, qubits in SIZES]


def _case(count: int, qubits: int, machine: Machine) -> Case:
    points = np.random.default_rng(qubits).uniform(0, 1, (count, qubits))
    plain, fast = StatevectorEngine(), StatevectorEngine(finish=compiled_program)
    single = StatevectorEngine(precision=SINGLE)
    circuit = zz_feature_map(qubits, reps=2)
    program, faster = plain.compile(circuit), fast.compile(circuit)
    gram = plain.gram(program, points)
    ours = Time("Qommons, compiled", cpu_seconds(lambda: fast.gram(faster, points)))
    numpy_time = Time("Qommons, NumPy", cpu_seconds(lambda: plain.gram(program, points)))
    found = [_measured(peer, points, gram, circuit) for peer in (_qml, _qulacs, _lightning, _aer, _jax)]
    times = (
        Time("Qommons, complex64", cpu_seconds(lambda: single.gram(program, points)), "error below 2e-6"),
        *(each for each, _ in found),
    )
    difference = max(np.abs(fast.gram(faster, points) - gram).max(), *(each for _, each in found))
    bound = machine.herk_seconds(count, 2**qubits) + _state_flops(count, qubits) / machine.flops
    return Case(
        f"kernel N={count} q={qubits}",
        ours,
        numpy_time,
        times,
        bound,
        float(difference),
        _goals(ours.seconds or 0.0, times, bound, qubits),
    )


def _state_flops(count: int, qubits: int) -> float:
    """One Walsh-Hadamard transform (2q an amplitude), two phases (12), their vector by doubling (12)."""
    return count * 2**qubits * (2 * qubits + 24)


def _goals(ours: float, times: tuple[Time, ...], bound: float, qubits: int) -> tuple[Goal, ...]:
    qml = next(each.seconds for each in times if each.who == QML)
    libraries = tuple(each for each in times if "Qommons" not in each.who)
    return (
        Goal("against qml FidelityStatevectorKernel", ratio(qml, ours), 300),
        Goal(
            "against the best library",
            ratio(best_library(libraries, QML), ours),
            4 if qubits <= 8 else 10,
        ),
        Goal("against the bound", ours / bound, 2.5 if qubits <= 8 else 1.4, at_least=False),
    )


def _measured(peer: Callable, points: NDArray, gram: NDArray, circuit) -> tuple[Time, float]:
    """A time, and how far its entries are from ours; a peer that is not installed differs by nothing."""
    name, module = PEERS[peer]
    if module is None:
        return Time(name, None, "not installed"), 0.0
    seconds, note, part = peer(points, circuit)
    size = len(part)
    return Time(name, seconds, note), float(np.abs(part - gram[:size, :size]).max())


def _qml(points: NDArray, circuit) -> tuple[float, str, NDArray]:
    """Measured whole up to WHOLE rows; beyond, a n + b n**2 is worked out from two smaller sizes."""
    times = {
        size: cpu_seconds(lambda part=points[:size]: _qml_gram(part, circuit), warm=False, budget=0.1)
        for size in ((WHOLE,) if len(points) <= WHOLE else (WHOLE // 4, WHOLE))
    }
    exact = _qml_gram(points[:SAMPLE], circuit)
    if len(points) <= WHOLE:
        return times[WHOLE], "", exact
    small, large = sorted(times)
    square = (times[large] / large - times[small] / small) / (large - small)
    linear = times[small] / small - square * small
    return len(points) * (linear + square * len(points)), f"scaled from N={small} and {large}", exact


def _qml_gram(points: NDArray, circuit) -> NDArray:
    return np.asarray(peers.qml_kernels.FidelityStatevectorKernel(feature_map=circuit).evaluate(points))


def _by_states(
    points: NDArray, states_of: Callable[[NDArray], NDArray], sample: int
) -> tuple[float, str, NDArray]:
    """A library that prepares states: its time for them, scaled, and our Gram matrix of them."""
    part = points[:sample]
    states = states_of(part)
    seconds = cpu_seconds(lambda: states_of(part)) * len(points) / len(part)
    full = split_states(np.resize(states, (len(points), states.shape[1])))
    seconds += cpu_seconds(lambda: square_gram(full))
    return (
        seconds,
        "states" + (" scaled" if len(part) < len(points) else "") + ", our Gram",
        square_gram(split_states(np.ascontiguousarray(states))),
    )


def _qulacs(points: NDArray, circuit) -> tuple[float, str, NDArray]:
    qubits = points.shape[1]

    def states_of(part: NDArray) -> NDArray:
        found = []
        for point in part:
            made = peers.qulacs.QuantumCircuit(qubits)
            peers.qulacs_map(made, point)
            state = peers.qulacs.QuantumState(qubits)
            made.update_quantum_state(state)
            found.append(state.get_vector())
        return np.array(found)

    return _by_states(points, states_of, SAMPLE)


def _lightning(points: NDArray, circuit) -> tuple[float, str, NDArray]:
    qml = peers.pennylane
    qubits = points.shape[1]
    device = qml.device("lightning.qubit", wires=qubits)
    order = peers.reversed_bits(qubits)

    @qml.qnode(device, diff_method=None)
    def state(point):
        peers.pennylane_map(point)
        return qml.state()

    return _by_states(points, lambda part: np.array([state(point) for point in part])[:, order], SAMPLE // 2)


def _aer(points: NDArray, circuit) -> tuple[float, str, NDArray]:
    saved = circuit.decompose().copy()
    saved.save_statevector()
    simulator = peers.aer.AerSimulator(method="statevector", max_parallel_threads=1, fusion_enable=True)

    def states_of(part: NDArray) -> NDArray:
        binds = [dict(zip(saved.parameters, part.T.tolist(), strict=True))]
        result = simulator.run(saved, parameter_binds=binds, shots=1).result()
        return np.array([np.asarray(result.get_statevector(each)) for each in range(len(part))])

    return _by_states(points, states_of, SAMPLE)


def _jax(points: NDArray, circuit) -> tuple[float, str, NDArray]:
    """TensorCircuit on JAX, compiled for the whole batch, Gram matrix included."""
    backend = peers.tensorcircuit.set_backend("jax")
    peers.tensorcircuit.set_dtype("complex128")
    qubits = points.shape[1]

    def state(point):
        made = peers.tensorcircuit.Circuit(qubits)
        for _ in range(2):
            for wire in range(qubits):
                made.h(wire)
            for wires, angle in peers.zz_turns(point):
                if len(wires) == 1:
                    made.phase(wires[0], theta=angle)
                else:
                    made.rzz(*wires, theta=angle)
        return made.state()

    def gram(part):
        states = backend.vmap(state)(part)
        overlaps = states.conj() @ states.T
        return overlaps.real**2 + overlaps.imag**2

    compiled = backend.jit(gram)
    return (
        cpu_seconds(lambda: compiled(points).block_until_ready()),
        "compile time not counted",
        np.asarray(compiled(points)),
    )


PEERS = {
    _qml: (QML, peers.qml_kernels),
    _qulacs: ("qulacs", peers.qulacs),
    _lightning: ("PennyLane lightning", peers.pennylane),
    _aer: ("Aer", peers.aer),
    _jax: ("TensorCircuit on JAX", peers.tensorcircuit if peers.jax else None),
}
