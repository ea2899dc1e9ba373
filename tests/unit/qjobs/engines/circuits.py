"""Random circuits that the engine tests share."""

import math

import numpy as np
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.quantum_info import SparsePauliOp, Statevector

ONE_QUBIT = ("h", "x", "s", "t", "sx")
TURNS = ("p", "rx", "ry", "rz", "u")
TWO_QUBITS = ("cx", "cz", "swap")
TWO_QUBIT_TURNS = ("cp", "crx", "cry", "crz", "rxx", "ryy", "rzz", "rzx")


@st.composite
def turning_circuits(draw, turns=TURNS, two_qubit_turns=TWO_QUBIT_TURNS, fixed=ONE_QUBIT):
    """Up to 4 qubits with at least one turn; angles are products, sums and sines of two parameters."""
    qubits = draw(st.integers(2, 4))
    x, y = Parameter("x"), Parameter("y")
    angles = [2 * x, (math.pi - x) * (math.pi - y), x - 0.3 * y + 1, y, x * x, (x * y).sin()]
    circuit = QuantumCircuit(qubits)
    circuit.ry(x, 0)
    for _ in range(draw(st.integers(1, 10))):
        group = draw(st.sampled_from([each for each in (turns, two_qubit_turns, TWO_QUBITS, fixed) if each]))
        name = draw(st.sampled_from(group))
        wires = draw(st.permutations(range(qubits)))
        count = 3 if name == "u" else int(group in {turns, two_qubit_turns})
        width = 2 if group in {TWO_QUBITS, two_qubit_turns} else 1
        getattr(circuit, name)(*[draw(st.sampled_from(angles)) for _ in range(count)], *wires[:width])
    return circuit


@st.composite
def labelled_sums(draw, qubits):
    """Labels and coefficients of one to four Pauli strings."""
    labels = st.text("IXYZ", min_size=qubits, max_size=qubits)
    return draw(st.dictionaries(labels, st.floats(-2, 2), min_size=1, max_size=4))


def qiskit_expectations(circuit: QuantumCircuit, rows: np.ndarray, labels: dict[str, float]) -> np.ndarray:
    operator = SparsePauliOp.from_list(list(labels.items()))
    states = [Statevector(circuit.assign_parameters(row)) for row in rows]
    return np.array([state.expectation_value(operator).real for state in states])
