import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.circuit.library import efficient_su2, real_amplitudes, zz_feature_map
from qiskit.circuit.random import random_circuit
from qiskit.quantum_info import Statevector

from qjobs.engines.errors import CircuitNotSupported, StateTooLarge
from qjobs.engines.program import HadamardLayer, PhaseLayer
from qjobs.engines.registry import open_engine
from qjobs.engines.statevector import StatevectorEngine

ENGINE = StatevectorEngine()
ONE_QUBIT = ("h", "x", "y", "z", "s", "sdg", "t", "tdg", "sx", "id")
TURNS = ("p", "rx", "ry", "rz")
TWO_QUBITS = ("cx", "cz", "swap", "cs", "csx", "dcx", "iswap", "ecr")
TWO_QUBIT_TURNS = ("cp", "crx", "cry", "crz", "rxx", "ryy", "rzz", "rzx")


def qiskit_states(circuit: QuantumCircuit, rows: np.ndarray) -> np.ndarray:
    return np.array([Statevector(circuit.assign_parameters(row)).data for row in rows])


@st.composite
def parametrised_circuits(draw):
    """Random gates on up to 4 qubits, each turn by a product, a sum or a sine of two parameters."""
    qubits = draw(st.integers(1, 4))
    x, y = Parameter("x"), Parameter("y")
    angles = [2 * x, (math.pi - x) * (math.pi - y), x - 0.3 * y + 1, x * x, (x * y).sin(), 0.7]
    circuit = QuantumCircuit(qubits, global_phase=draw(st.sampled_from([0, 0.4])))
    for _ in range(draw(st.integers(1, 14))):
        wires = draw(st.permutations(range(qubits)))
        kinds = [ONE_QUBIT, TURNS, ("u",)] + ([TWO_QUBITS, TWO_QUBIT_TURNS] if qubits > 1 else [])
        kinds += [("ccx", "cswap", "ccz")] if qubits > 2 else []
        group = draw(st.sampled_from(kinds))
        name = draw(st.sampled_from(group))
        width = {ONE_QUBIT: 1, TURNS: 1, ("u",): 1, TWO_QUBITS: 2, TWO_QUBIT_TURNS: 2}.get(group, 3)
        count = 3 if name == "u" else int(group in {TURNS, TWO_QUBIT_TURNS})
        turns = [draw(st.sampled_from(angles)) for _ in range(count)]
        getattr(circuit, name)(*turns, *wires[:width])
    return circuit


@given(parametrised_circuits(), st.integers(0, 2**31))
@settings(max_examples=120, deadline=None)
def test_states_of_random_parametrised_circuits_equal_qiskits(circuit, seed):
    rows = np.random.default_rng(seed).uniform(-3, 3, (3, circuit.num_parameters))

    states = ENGINE.compile(circuit).states(rows)

    assert np.abs(states - qiskit_states(circuit, rows)).max() < 1e-12


@pytest.mark.parametrize("seed", range(40))
def test_states_of_qiskits_own_random_circuits_are_equal(seed):
    circuit = random_circuit(1 + seed % 5, 6, max_operands=min(4, 1 + seed % 5), seed=seed)

    states = ENGINE.compile(circuit).states(np.zeros((1, 0)))

    assert np.abs(states[0] - Statevector(circuit).data).max() < 1e-12


@pytest.mark.parametrize("entanglement", ["full", "linear", "circular"])
@pytest.mark.parametrize("qubits", [2, 3, 5])
def test_states_of_a_feature_map_and_an_ansatz_equal_qiskits(qubits, entanglement):
    feature_map = zz_feature_map(qubits, reps=2, entanglement=entanglement)
    for circuit in (feature_map, feature_map.compose(real_amplitudes(qubits)), efficient_su2(qubits, reps=1)):
        rows = np.random.default_rng(qubits).uniform(-3, 3, (4, circuit.num_parameters))

        assert np.abs(ENGINE.compile(circuit).states(rows) - qiskit_states(circuit, rows)).max() < 1e-12


def test_a_feature_map_becomes_one_hadamard_layer_and_one_phase_a_repetition():
    program = ENGINE.compile(zz_feature_map(5, reps=2))

    assert [type(step) for step in program.steps] == [HadamardLayer, PhaseLayer, HadamardLayer, PhaseLayer]
    assert program.steps[1].number == program.steps[3].number


def test_a_long_parity_ladder_ends_its_run_and_stays_right():
    circuit = QuantumCircuit(6)
    circuit.h(range(6))
    for wire in range(5):
        circuit.cx(wire, wire + 1)
        circuit.rz(Parameter(f"a{wire}"), wire + 1)
    rows = np.random.default_rng(1).uniform(-3, 3, (2, 5))

    assert np.abs(ENGINE.compile(circuit).states(rows) - qiskit_states(circuit, rows)).max() < 1e-12


def test_a_bell_state_is_known():
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)

    states = ENGINE.compile(circuit).states(np.zeros((1, 0)))

    assert np.allclose(states[0], [2**-0.5, 0, 0, 2**-0.5], atol=1e-15)


def test_more_rows_than_a_block_are_the_rows_one_by_one():
    program = ENGINE.compile(zz_feature_map(10, reps=1))
    rows = np.random.default_rng(0).uniform(-1, 1, (70, 10))

    together = program.states(rows)

    assert np.abs(together - np.concatenate([program.states(row[None]) for row in rows])).max() < 1e-14


@pytest.mark.parametrize(("rows", "qubits"), [(7, 4), (300, 4), (620, 10)])
def test_the_gram_matrix_is_the_squared_overlaps_symmetric_with_ones(rows, qubits):
    program = ENGINE.compile(zz_feature_map(qubits))
    points = np.random.default_rng(rows).uniform(-1, 1, (rows, qubits))
    states = program.states(points)

    gram, cross = ENGINE.gram(program, points), ENGINE.cross_gram(program, points[:250], points)

    exact = np.abs(states.conj() @ states.T) ** 2
    assert np.abs(gram - exact).max() < 1e-14
    assert np.abs(cross - exact[:250]).max() < 1e-14
    assert np.array_equal(gram, gram.T)
    assert (np.diagonal(gram) == 1).all()
    assert np.linalg.eigvalsh(gram).min() > -1e-10


def test_the_rectangular_gram_matrix_is_a_part_of_the_square_one():
    program = ENGINE.compile(zz_feature_map(3))
    points = np.random.default_rng(5).uniform(-1, 1, (20, 3))

    part = ENGINE.cross_gram(program, points[:6], points[6:])

    assert np.abs(part - ENGINE.gram(program, points)[:6, 6:]).max() < 1e-12


def test_memory_is_known_before_and_too_much_is_refused_with_both_numbers():
    engine = open_engine("statevector", memory_limit_bytes=2**24)
    program = engine.compile(zz_feature_map(4))

    assert engine.memory_bytes(4, 100) < 2**24
    assert engine.gram(program, np.zeros((100, 4))).shape == (100, 100)
    with pytest.raises(
        StateTooLarge, match=r"5000 x 5000 kernel entries on 4 qubits need .* the limit is 16 MiB"
    ):
        engine.gram(program, np.zeros((5000, 4)))


def test_forty_qubits_are_refused_and_twenty_compile():
    assert ENGINE.compile(QuantumCircuit(20)).qubits == 20
    with pytest.raises(StateTooLarge, match="40 qubits need 16 TiB"):
        ENGINE.compile(QuantumCircuit(40))


def test_a_measurement_or_a_reset_is_refused():
    measured = QuantumCircuit(1, 1)
    measured.measure(0, 0)
    reset = QuantumCircuit(1)
    reset.reset(0)

    for circuit in (measured, reset):
        with pytest.raises(CircuitNotSupported):
            ENGINE.compile(circuit)


def test_rows_of_the_wrong_width_are_refused():
    with pytest.raises(ValueError, match="rows of 3 parameters"):
        ENGINE.compile(zz_feature_map(3)).states(np.zeros((2, 4)))
