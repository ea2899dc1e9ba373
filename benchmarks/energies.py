"""Energy and gradient of an Ising chain (-ZZ - 0.7 X, open): EfficientSU2, reps 3, reverse linear."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit.library import efficient_su2

from benchmarks import peers
from benchmarks.measuring import Case, Goal, Machine, Time, best_library, cpu_seconds, ratio
from qjobs.engines.compiled import compiled_program
from qjobs.engines.observables import PauliSum
from qjobs.engines.statevector import StatevectorEngine

REPS = 3
SIZES = (10, 12, 14)
FIELD = 0.7


def cases(machine: Machine) -> list[Case]:
    return [_case(qubits, machine) for qubits in SIZES]


def chain(qubits: int) -> dict[str, float]:
    """The Hamiltonian by labels."""
    bonds = {"I" * wire + "ZZ" + "I" * (qubits - wire - 2): -1.0 for wire in range(qubits - 1)}
    return bonds | {"I" * wire + "X" + "I" * (qubits - wire - 1): -FIELD for wire in range(qubits)}


def _case(qubits: int, machine: Machine) -> Case:
    row = np.random.default_rng(qubits).uniform(-1, 1, (1, 2 * qubits * (REPS + 1)))
    observable, engine = PauliSum.of(chain(qubits)), StatevectorEngine()
    plain = engine.compile(efficient_su2(qubits, reps=REPS))
    faster = compiled_program(plain)
    exact = engine.value_gradients(plain, row, [observable])[1][0, 0]
    found = engine.value_gradients(faster, row, [observable])[1][0, 0]
    ours = cpu_seconds(lambda: engine.value_gradients(faster, row, [observable]))
    numpy_seconds = cpu_seconds(lambda: engine.value_gradients(plain, row, [observable]))
    difference, times = [float(np.abs(found - exact).max())], []
    for peer, (name, module) in PEERS.items():
        if module is None:
            times.append(Time(name, None, "not installed"))
            continue
        work = peer(row[0], qubits)
        times.append(Time(name, cpu_seconds(work)))
        difference.append(float(np.abs(work() - exact).max()))
    times.append(Time("TensorCircuit on JAX", None, "not compared here: only in the kernels"))
    best = best_library(tuple(times), "")
    rotations = 2 * qubits * (REPS + 1)
    return Case(
        f"VQE energy + gradient q={qubits}",
        Time("Qommons, compiled", ours),
        Time("Qommons, NumPy", numpy_seconds),
        tuple(times),
        2**qubits * (rotations * 22 + 8 * qubits) / machine.flops,
        max(difference),
        (Goal("against the best library", ratio(best, ours), 4),),
    )


def _gates(weights: NDArray, qubits: int):
    """(kind, number of its weight or control, wire) in Qiskit's order."""
    for number in range(len(weights)):
        layer, place = divmod(number, 2 * qubits)
        if layer and place == 0:
            yield from (("cx", control, control + 1) for control in range(qubits - 2, -1, -1))
        yield "ry" if place < qubits else "rz", number, place % qubits


def _qulacs(weights: NDArray, qubits: int) -> Callable[[], NDArray]:
    observable = peers.qulacs.Observable(qubits)
    for label, factor in chain(qubits).items():
        letters = [f"{letter} {wire}" for wire, letter in enumerate(reversed(label)) if letter != "I"]
        observable.add_operator(factor, " ".join(letters))
    circuit = peers.qulacs.ParametricQuantumCircuit(qubits)
    for kind, number, wire in _gates(weights, qubits):
        if kind == "cx":
            circuit.add_CNOT_gate(number, wire)
        elif kind == "ry":
            circuit.add_parametric_RY_gate(wire, -weights[number])
        else:
            circuit.add_parametric_RZ_gate(wire, -weights[number])

    def gradient() -> NDArray:
        state = peers.qulacs.QuantumState(qubits)
        circuit.update_quantum_state(state)
        observable.get_expectation_value(state)
        return -np.array(circuit.backprop(observable))

    return gradient


def _lightning(weights: NDArray, qubits: int) -> Callable[[], NDArray]:
    qml = peers.pennylane
    terms = [
        qml.prod(
            *[getattr(qml, letter)(wire) for wire, letter in enumerate(reversed(label)) if letter != "I"]
        )
        for label in chain(qubits)
    ]
    hamiltonian = qml.dot(list(chain(qubits).values()), terms)
    shaped = qml.numpy.array(weights, requires_grad=True)
    kinds = {"ry": qml.RY, "rz": qml.RZ}

    @qml.qnode(qml.device("lightning.qubit", wires=qubits), diff_method="adjoint")
    def energy(inner):
        for kind, number, wire in _gates(weights, qubits):
            if kind == "cx":
                qml.CNOT([number, wire])
            else:
                kinds[kind](inner[number], wire)
        return qml.expval(hamiltonian)

    slope = qml.grad(energy)
    return lambda: np.asarray(slope(shaped))


PEERS = {
    _qulacs: ("qulacs", peers.qulacs),
    _lightning: ("PennyLane lightning", peers.pennylane),
}
