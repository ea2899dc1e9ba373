"""The trial state as a Qiskit circuit; before the vote it is the one that will run."""

from qiskit import QuantumCircuit

from qjobs.algorithms.circuits import parameters
from qjobs.spec import EnergySpec
from qjobs.spec.ansatz_gates import trial_gates


def trial_circuit(spec: EnergySpec) -> QuantumCircuit:
    """Parameters theta_00 ..., in radians; `circuit.parameters` sorts by name."""
    gates = list(trial_gates(spec.qubits, spec.ansatz, spec.hamiltonian))
    angles = parameters(
        "theta", 1 + max((each.parameter for each in gates if each.parameter is not None), default=-1)
    )
    circuit = QuantumCircuit(spec.qubits, name="trial_state")
    for gate in gates:
        turned = () if gate.parameter is None else (gate.factor * angles[gate.parameter],)
        getattr(circuit, gate.name)(*turned, *gate.wires)
    return circuit
