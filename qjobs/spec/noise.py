"""How noisy the device is on which a circuit is tried, in three numbers."""

from typing import Annotated

from pydantic import Field

from qjobs.spec.parts import Part

MAX_NOISY_QUBITS = 10
"""A noisy state is a density matrix of 4**qubits entries: 16 MiB at 10."""

ErrorRate = Annotated[float, Field(ge=0, le=0.5)]


class Noise(Part):
    """Depolarising errors of gates on one and on two qubits, and the chance that a readout flips a bit."""

    one_qubit_error: ErrorRate = 0.0005
    two_qubit_error: ErrorRate = 0.01
    readout_error: ErrorRate = 0.02
