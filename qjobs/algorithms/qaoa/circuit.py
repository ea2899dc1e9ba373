"""The circuit of Farhi, Goldstone and Gutmann 2014 (arXiv:1411.4028, eq. 5), up to a global phase."""

import numpy as np
from qiskit import QuantumCircuit

from qjobs.algorithms.circuits import parameters
from qjobs.algorithms.graph import Graph
from qjobs.algorithms.qaoa.maxcut import cut_ising
from qjobs.algorithms.qubo import Ising
from qjobs.spec import GraphSpec


def qaoa_circuit(ising: Ising, layers: int) -> QuantumCircuit:
    """exp(-i beta X) exp(-i gamma C / w) of each layer on the even superposition, w the largest turn of C.

    Parameters beta_00 ..., then gamma_00 ..., in radians: `circuit.parameters` sorts by name.
    """
    betas, gammas = parameters("beta", layers), parameters("gamma", layers)
    qubits, largest = range(ising.qubits), ising.largest_turn
    circuit = QuantumCircuit(ising.qubits, name="qaoa")
    circuit.h(qubits)
    for beta, gamma in zip(betas, gammas, strict=True):
        for (first, second), coupling in zip(ising.pairs, ising.couplings, strict=True):
            circuit.rzz(float(2 * coupling) / largest * gamma, int(first), int(second))
        for qubit, field in enumerate(ising.fields):
            if field:
                circuit.rz(float(2 * field) / largest * gamma, qubit)
        circuit.rx(2 * beta, qubits)
    return circuit


def example_circuit(spec: GraphSpec) -> QuantumCircuit:
    """The circuit on a ring of as many nodes: before the vote nobody may look at the edges."""
    nodes = range(spec.qubits)
    ring = sorted({tuple(sorted((node, (node + 1) % spec.qubits))) for node in nodes})
    graph = Graph(tuple(map(str, nodes)), np.array(ring), np.ones(len(ring)))
    return qaoa_circuit(cut_ising(graph), spec.algorithm.layers)
