"""Whole-batch gradient of a squared loss: ZZ map and RealAmplitudes (reps 3, reverse linear), <Z...Z>."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit.library import real_amplitudes, zz_feature_map

from benchmarks import peers
from benchmarks.measuring import Case, Goal, Machine, Time, best_library, cpu_seconds, ratio
from qjobs.engines.compiled import compiled_program
from qjobs.engines.observables import PauliSum
from qjobs.engines.statevector import StatevectorEngine

COUNT, REPS = 400, 3
SIZES = (4, 8, 10)
QML = "qml EstimatorQNN"


def cases(machine: Machine) -> list[Case]:
    return [_case(qubits, machine) for qubits in SIZES]


def _case(qubits: int, machine: Machine) -> Case:
    rng = np.random.default_rng(qubits)
    points, weights = rng.uniform(0, 1, (COUNT, qubits)), rng.uniform(-1, 1, qubits * (REPS + 1))
    labels = rng.choice([-1.0, 1.0], COUNT)
    run_fast, run_plain = (_ours(finish, points, weights, labels) for finish in (compiled_program, None))
    exact = _slopes(points, weights)
    difference = [float(np.abs(run_fast()[1] - run_plain()[1]).max())]
    ours = Time("Qommons, compiled", cpu_seconds(run_fast))
    numpy_time = Time("Qommons, NumPy", cpu_seconds(run_plain))
    times = []
    for peer, (name, module, sample) in PEERS.items():
        if module is None:
            times.append(Time(name, None, "not installed"))
            continue
        work = peer(points[:sample], weights)
        seconds = cpu_seconds(work, warm=sample > 1) * COUNT / sample
        times.append(Time(name, seconds, f"scaled from {sample} of {COUNT} rows"))
        difference.append(float(np.abs(work() - exact[:sample]).max()))
    times.append(Time("TensorCircuit on JAX", None, "not compared here: only in the kernels"))
    bound = _flops(qubits) / machine.flops
    return Case(
        f"gradient N={COUNT} q={qubits}",
        ours,
        numpy_time,
        tuple(times),
        bound,
        max(difference),
        _goals(ours.seconds or 0.0, tuple(times), bound, qubits),
    )


def _goals(ours: float, times: tuple[Time, ...], bound: float, qubits: int) -> tuple[Goal, ...]:
    qml = next(each.seconds for each in times if each.who == QML)
    library = ratio(best_library(times, QML), ours)
    goals = [
        Goal("against qml EstimatorQNN (scaled)", ratio(qml, ours), 20_000),
        Goal("against the best library", library, 6 if qubits <= 8 else 30),
    ]
    if qubits >= 8:
        goals.append(Goal("against the bound", ours / bound, 4, at_least=False))
    return tuple(goals)


def _flops(qubits: int) -> float:
    """States of the map (2q + 24 an amplitude); real rotations of 2N columns, 11 an amplitude: 3 forwards,
    3 each for ket and bra backwards, 2 for the slope.
    """
    amplitudes = COUNT * 2**qubits
    return amplitudes * (2 * qubits + 24) + 2 * amplitudes * qubits * (REPS + 1) * 11


def _program(qubits: int, finish: Callable | None):
    circuit = zz_feature_map(qubits, reps=2).compose(real_amplitudes(qubits, reps=REPS))
    program = StatevectorEngine(finish=finish).compile(circuit)
    columns = [number for number, name in enumerate(program.parameters) if name.startswith("θ")]
    return program, columns, PauliSum.of({"Z" * qubits: 1.0})


def _rows(points: NDArray, weights: NDArray) -> NDArray:
    """x before θ: the order of `circuit.parameters`."""
    return np.hstack([points, np.tile(weights, (len(points), 1))])


def _ours(finish: Callable | None, points: NDArray, weights: NDArray, labels: NDArray) -> Callable:
    program, columns, observable = _program(points.shape[1], finish)
    rows, engine = _rows(points, weights), StatevectorEngine()

    def loss_slopes(values: NDArray) -> NDArray:
        return 2 * (values - labels) / len(labels)

    return lambda: engine.loss_gradient(program, rows, observable, columns, loss_slopes)


def _slopes(points: NDArray, weights: NDArray) -> NDArray:
    program, columns, observable = _program(points.shape[1], None)
    return StatevectorEngine().value_gradients(program, _rows(points, weights), [observable], columns)[1][
        :, 0
    ]


def _qml(points: NDArray, weights: NDArray) -> Callable[[], NDArray]:
    qubits = points.shape[1]
    feature_map, ansatz = zz_feature_map(qubits, reps=2), real_amplitudes(qubits, reps=REPS)
    operator = peers.sparse_pauli({"Z" * qubits: 1.0})
    network = peers.qml_networks.EstimatorQNN(
        circuit=feature_map.compose(ansatz),
        observables=operator,
        input_params=list(feature_map.parameters),
        weight_params=list(ansatz.parameters),
        input_gradients=False,
        estimator=peers.statevector_estimator(),
    )
    return lambda: np.asarray(network.backward(points, weights)[1])[:, 0]


def _qulacs(points: NDArray, weights: NDArray) -> Callable[[], NDArray]:
    qubits = points.shape[1]
    observable = peers.qulacs.Observable(qubits)
    observable.add_operator(1.0, " ".join(f"Z {wire}" for wire in range(qubits)))

    def gradient() -> NDArray:
        found = []
        for point in points:
            circuit = peers.qulacs.ParametricQuantumCircuit(qubits)
            peers.qulacs_map(circuit, point)
            for number, weight in enumerate(weights):
                if number and number % qubits == 0:
                    for control in range(qubits - 2, -1, -1):
                        circuit.add_CNOT_gate(control, control + 1)
                circuit.add_parametric_RY_gate(number % qubits, -weight)
            found.append(circuit.backprop(observable))
        return -np.array(found)

    return gradient


def _lightning(points: NDArray, weights: NDArray) -> Callable[[], NDArray]:
    qml = peers.pennylane
    qubits = points.shape[1]
    shaped = qml.numpy.array(weights, requires_grad=True)

    @qml.qnode(qml.device("lightning.qubit", wires=qubits), diff_method="adjoint")
    def value(inner, point):
        peers.pennylane_map(point)
        for number in range(len(weights)):
            if number and number % qubits == 0:
                for control in range(qubits - 2, -1, -1):
                    qml.CNOT([control, control + 1])
            qml.RY(inner[number], number % qubits)
        return qml.expval(qml.prod(*[qml.Z(wire) for wire in range(qubits)]))

    slope = qml.grad(value, argnums=0)
    return lambda: np.array([slope(shaped, point) for point in points])


PEERS = {
    _qml: (QML, peers.qml_networks, 1),
    _qulacs: ("qulacs", peers.qulacs, 20),
    _lightning: ("PennyLane lightning", peers.pennylane, 8),
}
