"""IBM's machines by Qiskit Runtime, and its fake backends: real devices' calibration, simulated here.

Hardware needs a token in the environment (QISKIT_IBM_TOKEN) and a network, so never the sandbox of a job.
"""

import os
from collections.abc import Mapping

import qiskit_ibm_runtime
from qiskit.providers import BackendV2
from qiskit.providers.exceptions import QiskitBackendNotFoundError
from qiskit.transpiler import generate_preset_pass_manager
from qiskit_ibm_runtime import EstimatorV2, QiskitRuntimeService, SamplerV2
from qiskit_ibm_runtime.fake_provider import FakeProviderForBackendV2

from common.errors import InvalidInput
from qjobs.engines.protocol import EngineFacts
from qjobs.engines.shots import Device
from qjobs.spec.noise import MAX_NOISY_QUBITS

TOKEN_VARIABLE = "QISKIT_IBM_TOKEN"  # noqa: S105 (the name of a variable)
FAKE = "fake_"
TRANSPILER_SEED = 7


class BackendUnknown(InvalidInput):
    """No machine of that name can be reached from here."""

    code = "backend_unknown"


def open_backend(name: str, environment: Mapping[str, str] = os.environ) -> BackendV2:
    """The backend of that name: `fake_...` is simulated, any other is hardware and needs the token."""
    if name.startswith(FAKE):
        try:
            return FakeProviderForBackendV2().backend(name)
        except QiskitBackendNotFoundError as error:
            raise BackendUnknown(f"there is no fake backend {name!r}") from error
    token = environment.get(TOKEN_VARIABLE)
    if not token:
        raise BackendUnknown(f"{name!r} is hardware: it needs a token in {TOKEN_VARIABLE}")
    return QiskitRuntimeService(channel="ibm_quantum_platform", token=token).backend(name)


def ibm_device(backend: BackendV2) -> Device:
    """The backend as a device: circuits laid out on its qubits, values by Sampler and Estimator.

    On a fake backend the seed decides the shots; hardware has none.
    """
    is_fake = backend.name.startswith(FAKE)
    passes = generate_preset_pass_manager(1, backend=backend, seed_transpiler=TRANSPILER_SEED)

    def options(seed: int) -> dict[str, dict[str, int]]:
        return {"simulator": {"seed_simulator": seed}} if is_fake else {}

    return Device(
        facts=EngineFacts(
            name="ibm-runtime",
            version=f"{qiskit_ibm_runtime.__version__} {backend.name}",
            max_qubits=min(backend.num_qubits, MAX_NOISY_QUBITS) if is_fake else backend.num_qubits,
            determinism="statistical",
        ),
        prepare=passes.run,
        sampler=lambda seed: SamplerV2(mode=backend, options=options(seed)),
        estimator=lambda seed: EstimatorV2(mode=backend, options=options(seed)),
        amplitudes=lambda qubits: 4**qubits if is_fake else 0,
    )
