"""IBM's machines by Qiskit Runtime, and its fake backends: real devices' calibration, simulated here.

Hardware needs a token in the environment (QISKIT_IBM_TOKEN) and a network, so never the sandbox of a job.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeAlias

import qiskit_ibm_runtime
from ibm_cloud_sdk_core import ApiException
from qiskit import QuantumCircuit
from qiskit.exceptions import QiskitError
from qiskit.providers import BackendV2
from qiskit.providers.exceptions import QiskitBackendNotFoundError
from qiskit.transpiler import generate_preset_pass_manager
from qiskit_ibm_runtime import EstimatorV2, QiskitRuntimeService, SamplerV2, Session
from qiskit_ibm_runtime.fake_provider import FakeProviderForBackendV2
from requests import RequestException

from common.errors import InvalidInput, Unavailable
from qjobs.engines.mitigation import NO_MITIGATION, Mitigation, simulated
from qjobs.engines.protocol import EngineFacts
from qjobs.engines.shots import Device
from qjobs.spec.noise import MAX_NOISY_QUBITS

TOKEN_VARIABLE = "QISKIT_IBM_TOKEN"  # noqa: S105 (the name of a variable)
CHANNEL = "ibm_quantum_platform"
FAKE = "fake_"
TOKEN = re.compile(r"[!#-&(-z|~]+")
"""Letters that are seen, without quotes and braces."""
SERVICE_ERRORS = (QiskitError, RequestException, ApiException)
"""What the client library raises where the service is away or refuses."""
Mode: TypeAlias = "BackendV2 | Session"
"""Where a job runs: by itself, or within a session."""
TRANSPILER_SEED = 7


class BackendUnknown(InvalidInput):
    """No machine of that name can be reached from here."""

    code = "backend_unknown"


class ServiceAway(Unavailable):
    """IBM's service could not be reached, or refused what was sent; the message says what it said."""

    code = "service_away"


@contextmanager
def service_errors(environment: Mapping[str, str] = os.environ) -> Iterator[None]:
    """What the client library raises inside as `ServiceAway`, without the token."""
    try:
        yield
    except SERVICE_ERRORS as error:
        # A chained traceback would show what the library said, and with it the token.
        raise ServiceAway(words_of(error, environment)) from None


def words_of(error: BaseException, environment: Mapping[str, str] = os.environ) -> str:
    """What the service or its client library said, and as what, without the token."""
    said = str(error).strip("'\"")
    token = environment.get(TOKEN_VARIABLE)
    return f"{type(error).__name__}: {said.replace(token, '(token)') if token else said}"


def is_fake(name: str) -> bool:
    """Whether the backend of that name is simulated here."""
    return name.startswith(FAKE)


def open_service(environment: Mapping[str, str] = os.environ) -> QiskitRuntimeService:
    """IBM's service by the token in the environment, and by nothing else; raises `ServiceAway`."""
    token = environment.get(TOKEN_VARIABLE)
    if not token:
        raise BackendUnknown(f"hardware needs a token in {TOKEN_VARIABLE}")
    if not TOKEN.fullmatch(token):
        raise BackendUnknown(
            f"{TOKEN_VARIABLE} holds quotes, braces, spaces or odd letters: no token has any"
        )
    with service_errors(environment):
        return QiskitRuntimeService(channel=CHANNEL, token=token)


def open_backend(name: str, environment: Mapping[str, str] = os.environ) -> BackendV2:
    """The backend of that name: `fake_...` is simulated, any other is hardware and needs the token.

    Raises `BackendUnknown` or `ServiceAway`.
    """
    if is_fake(name):
        try:
            return FakeProviderForBackendV2().backend(name)
        except QiskitBackendNotFoundError as error:
            raise BackendUnknown(f"there is no fake backend {name!r}") from error
    if not environment.get(TOKEN_VARIABLE):
        raise BackendUnknown(f"{name!r} is hardware: it needs a token in {TOKEN_VARIABLE}")
    service = open_service(environment)
    with service_errors(environment):
        try:
            return service.backend(name)
        except QiskitBackendNotFoundError as error:
            raise BackendUnknown(f"this token reaches no backend {name!r}") from error


def with_noise(backend: BackendV2) -> BackendV2:
    """The backend, ready for several jobs: each takes a copy of it, and a fake one makes its noise model when
    it first runs. So it is made once."""
    if is_fake(backend.name):
        backend.run(QuantumCircuit(1, 1), shots=1).result()
    return backend


def open_sampler(
    mode: Mode, mitigation: Mitigation = NO_MITIGATION, *, seed: int, tags: Sequence[str] = ()
) -> SamplerV2:
    """On a fake backend the seed decides the shots and `mitigation` is ignored with a warning; hardware has
    no seed. `tags`: by which the service finds a job again. Raises `MitigationRefused`."""
    options = mitigation.sampler_options(tags=tags)
    return SamplerV2(mode=mode, options=simulated(mitigation, seed) if _is_simulated(mode) else options)


def open_estimator(
    mode: Mode, mitigation: Mitigation = NO_MITIGATION, *, seed: int, tags: Sequence[str] = ()
) -> EstimatorV2:
    """As `open_sampler`."""
    options = mitigation.estimator_options(tags=tags)
    return EstimatorV2(mode=mode, options=simulated(mitigation, seed) if _is_simulated(mode) else options)


def ibm_device(
    backend: BackendV2, mitigation: Mitigation = NO_MITIGATION, session: Session | None = None
) -> Device:
    """The backend as a device: circuits laid out on its qubits, values by Sampler and Estimator.

    `session`: in which all is run; None sends each call as a job of its own. The rest is as of
    `open_sampler`.
    """
    is_simulated = is_fake(backend.name)
    passes = generate_preset_pass_manager(1, backend=backend, seed_transpiler=TRANSPILER_SEED)
    mode = backend if session is None else session
    return Device(
        facts=EngineFacts(
            name="ibm-runtime",
            version=f"{qiskit_ibm_runtime.__version__} {backend.name}",
            max_qubits=min(backend.num_qubits, MAX_NOISY_QUBITS) if is_simulated else backend.num_qubits,
            determinism="statistical",
        ),
        prepare=passes.run,
        sampler=lambda seed: open_sampler(mode, mitigation, seed=seed),
        estimator=lambda seed: open_estimator(mode, mitigation, seed=seed),
        amplitudes=lambda qubits: 4**qubits if is_simulated else 0,
    )


def _is_simulated(mode: Mode) -> bool:
    return is_fake(str(mode.backend()) if isinstance(mode, Session) else mode.name)
