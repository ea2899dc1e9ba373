"""How noisy the device is on which a circuit is tried, and how a trained model is measured there."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from qjobs.spec.parts import Part

MAX_NOISY_QUBITS = 10
"""A noisy state is a density matrix of 4**qubits entries: 16 MiB at 10."""

BACKEND_QUBITS = {"fake_manila": 5, "fake_jakarta": 7}
"""Fake backends of Qiskit Runtime that a spec can name, and how many qubits each has."""

MAX_SAMPLED_QUBITS = 12
"""Of circuits that are measured one by one, without noise."""

MAX_EVALUATED_ROWS = 64

ErrorRate = Annotated[float, Field(ge=0, le=0.5)]
Shots = Annotated[int, Field(ge=1, le=100_000)]
BackendName = Literal["fake_manila", "fake_jakarta"]


class Noise(Part):
    """Depolarising errors of gates on one and on two qubits, and the chance that a readout flips a bit."""

    one_qubit_error: ErrorRate = 0.0005
    two_qubit_error: ErrorRate = 0.01
    readout_error: ErrorRate = 0.02


class AerDevice(Part):
    """Qiskit Aer with this noise on every qubit and pair."""

    engine: Literal["aer"] = "aer"
    noise: Noise = Noise()

    @property
    def qubits(self) -> int:
        return MAX_NOISY_QUBITS


class RuntimeDevice(Part):
    """A fake backend of Qiskit Runtime: a real device's couplings and a snapshot of its calibration, run here
    by the same primitives as the device itself."""

    engine: Literal["ibm-runtime"] = "ibm-runtime"
    backend: BackendName = "fake_manila"

    @property
    def qubits(self) -> int:
        return BACKEND_QUBITS[self.backend]


def _engine(value: Any) -> Any:
    return value.get("engine", "aer") if isinstance(value, dict) else getattr(value, "engine", None)


AnyDevice = AerDevice | RuntimeDevice

Device = Annotated[
    Annotated[AerDevice, Tag("aer")] | Annotated[RuntimeDevice, Tag("ibm-runtime")], Discriminator(_engine)
]

DEVICES = ("aer", "ibm-runtime")


class NoiseEvaluation(Part):
    """After training, what hardware would make of the model: measured without noise and on a device, with the
    readout corrected, and extrapolated to no noise.

    `shots`: measurements of each circuit. `rows`: of the data, evenly picked, on which a model that learnt
    from rows is tried; 16 rows of a model with 40 support vectors are 640 circuits a setting.
    """

    device: Device = AerDevice()
    shots: Shots = 1000
    rows: Annotated[int, Field(ge=1, le=MAX_EVALUATED_ROWS)] = 16
