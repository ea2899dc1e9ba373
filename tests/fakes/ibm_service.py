"""IBM's service as its own client library sees it: what stands for the server takes what would be sent, as
bytes, and answers by a fake backend. Everything of the library above its HTTP calls is real."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from qiskit.primitives import BackendEstimatorV2, BackendSamplerV2
from qiskit_ibm_runtime import QiskitRuntimeService, RuntimeDecoder, RuntimeEncoder
from qiskit_ibm_runtime.api.exceptions import RequestsApiError
from qiskit_ibm_runtime.fake_provider import FakeManilaV2
from qiskit_ibm_runtime.ibm_backend import IBMBackend

from qjobs.engines.ibm import with_noise

INSTANCE = "crn:v1:of:the:tests"
BACKEND = "ibm_manila"


@cache
def manila() -> FakeManilaV2:
    """The device behind the server, ready to run."""
    return with_noise(FakeManilaV2())


class IbmServer:
    """`calls`: every call by name, with what it was given. `fails_at`: number of a sent job that is refused.
    `is_queued`: no job is done."""

    _instance = INSTANCE

    def __init__(self) -> None:
        self.calls: list[tuple[str, Any]] = []
        self.jobs: dict[str, dict[str, Any]] = {}
        self.is_queued = False
        self.fails_at: int | None = None
        self.error: BaseException = RequestsApiError("the network went away", 503)

    def named(self, name: str) -> list[Any]:
        """What was given to calls of that name, in order."""
        return [given for each, given in self.calls if each == name]

    def create_session(self, backend: str, instance: str, max_time: int | None, mode: str) -> dict[str, str]:
        self.calls.append(("create_session", (backend, max_time, mode)))
        return {"id": "session-1"}

    def close_session(self, session_id: str) -> None:
        self.calls.append(("close_session", session_id))

    def cancel_session(self, session_id: str) -> None:
        self.calls.append(("cancel_session", session_id))

    def program_run(self, **given: Any) -> dict[str, Any]:
        if self.fails_at == len(self.jobs):
            raise self.error
        sent = json.dumps(given["params"], cls=RuntimeEncoder)
        self.calls.append(("program_run", {**given, "params": json.loads(sent, cls=RuntimeDecoder)}))
        job_id = f"job-{len(self.jobs)}"
        self.jobs[job_id] = self.calls[-1][1]
        return {"id": job_id, "backend": given["backend_name"]}

    def job_get(self, job_id: str, exclude_params: bool = True) -> dict[str, Any]:
        if job_id not in self.jobs:
            raise RequestsApiError("no such job", 404)
        job = self.jobs[job_id]
        return {
            "id": job_id,
            "backend": job["backend_name"],
            "state": {"status": "Queued" if self.is_queued else "Completed"},
            "program": {"id": job["program_id"]},
            "tags": job["job_tags"],
        }

    def job_results(self, job_id: str) -> str:
        job = self.jobs[job_id]
        primitive = {"sampler": BackendSamplerV2, "estimator": BackendEstimatorV2}[job["program_id"]]
        runner = primitive(backend=manila(), options={"seed_simulator": 5})
        return json.dumps(
            runner.run([tuple(each) for each in job["params"]["pubs"]]).result(), cls=RuntimeEncoder
        )

    def backend_status(self, name: str) -> dict[str, Any]:
        return {
            "backend_name": name,
            "backend_version": "1",
            "operational": True,
            "pending_jobs": 0,
            "status_msg": "active",
        }

    def backend_properties(self, name: str, **ignored: Any) -> Mapping[str, Any]:
        return json.loads(json.dumps(FakeManilaV2()._load_json(FakeManilaV2.props_filename)))

    def cloud_usage(self) -> dict[str, Any]:
        return {}


class IbmService(QiskitRuntimeService):
    """The library's own service, past the calls with which it logs in."""

    def __init__(self, server: IbmServer) -> None:
        self._active_api_client = server
        self._api_clients = {INSTANCE: server}
        self._channel = "ibm_quantum_platform"
        self._backend_instance_groups = []
        self.machine = self._machine(server)

    def backend(self, name: str, *args: Any, **options: Any) -> IBMBackend:
        """The one machine that there is, under any name."""
        return self.machine

    def _create_backend_obj(self, *args: Any, **options: Any) -> IBMBackend:
        return self.machine

    def _machine(self, server: IbmServer) -> IBMBackend:
        configuration = FakeManilaV2().configuration()
        configuration.backend_name = BACKEND
        configuration.simulator = False
        return IBMBackend(configuration, self, server, instance=INSTANCE)
