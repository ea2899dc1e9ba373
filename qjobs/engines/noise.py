"""Noise models of Aer from the numbers of a spec, in the gates that today's hardware has."""

from qiskit_aer.noise import NoiseModel, ReadoutError, depolarizing_error

from qjobs.spec.noise import Noise

BASIS_GATES = ("rz", "sx", "x", "cx")
"""Rotations about Z are changes of the frame: they cost nothing and have no error."""


def noise_model(noise: Noise) -> NoiseModel:
    """The same errors on every qubit and every pair."""
    model = NoiseModel(basis_gates=list(BASIS_GATES))
    if noise.one_qubit_error:
        model.add_all_qubit_quantum_error(depolarizing_error(noise.one_qubit_error, 1), ["sx", "x"])
    if noise.two_qubit_error:
        model.add_all_qubit_quantum_error(depolarizing_error(noise.two_qubit_error, 2), ["cx"])
    if noise.readout_error:
        right, wrong = 1 - noise.readout_error, noise.readout_error
        model.add_all_qubit_readout_error(ReadoutError([[right, wrong], [wrong, right]]))
    return model
