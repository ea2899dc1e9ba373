"""Jobs of IBM's service: sent, waited for, fetched again by their ids, and read as counts.

A queue may take hours: what is sent outlives who sent it, so a job is known by its id and by a tag that says
what was asked.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.primitives import PrimitiveResult
from qiskit_ibm_runtime import QiskitRuntimeService

from common.errors import InvalidInput
from qjobs.engines.shots import outcomes_in

FIRST_POLL_SECONDS, LAST_POLL_SECONDS = 0.05, 10.0

Pub = tuple[QuantumCircuit, NDArray]
"""A circuit in the device's gates, and rows (n, parameters) that it runs on."""


class SentJob(Protocol):
    """A job that was sent: of the service, or of a fake backend."""

    def job_id(self) -> str: ...

    def in_final_state(self) -> bool: ...

    def result(self) -> PrimitiveResult: ...


class OtherJob(InvalidInput):
    """A job that is not the answer to what is asked."""

    code = "other_job"


@dataclass(frozen=True)
class Answer:
    """What a job has to answer: for each of its circuits so many rows, of outcomes of so many qubits.

    shots: at least so many of each row, of which the first are read. The service runs whole randomisations of
    twirled circuits: with 1,000 asked for, 16 times 64.
    """

    tag: str
    rows: tuple[int, ...]
    qubits: int
    shots: int


class StillQueued(Exception):
    """The time to wait is over and the jobs are not; they can be fetched later."""


def wait_for(
    jobs: Sequence[SentJob],
    wait_seconds: float | None,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Returns when every job has ended, well or not. wait_seconds: None waits for ever; raises
    `StillQueued`."""
    until, pause = clock() + (wait_seconds or 0), FIRST_POLL_SECONDS
    for job in jobs:
        while not job.in_final_state():
            if wait_seconds is not None and clock() >= until:
                raise StillQueued
            sleep(pause)
            pause = min(2 * pause, LAST_POLL_SECONDS)


def fetch(service: QiskitRuntimeService, job_id: str, answer: Answer) -> SentJob:
    """A job that was sent before, by its id. Raises `OtherJob` where it was asked something else."""
    job = service.job(job_id)
    if answer.tag not in (job.tags or ()):
        raise OtherJob(f"job {job_id} was not sent for these circuits, rows and shots as {answer.tag}")
    return job


def read_counts(job: SentJob, answer: Answer) -> NDArray:
    """How often each basis state was seen, (all rows, 2**qubits) int64; raises `OtherJob`."""
    found = [outcomes_in(each.data.meas) for each in job.result()]
    tables = [each.reshape(-1, each.shape[-1]) for each in found]
    is_short = any(table.shape[1] < answer.shots for table in tables)
    if is_short or [len(table) for table in tables] != list(answer.rows):
        shapes = [(count, answer.shots) for count in answer.rows]
        raise OtherJob(f"job {job.job_id()} answers {[each.shape for each in found]}, not {shapes}")
    rows = [row[: answer.shots] for table in tables for row in table]
    if any(row.max(initial=0) >= 2**answer.qubits for row in rows):
        raise OtherJob(f"job {job.job_id()} answers outcomes of more than {answer.qubits} qubits")
    return np.array([np.bincount(row, minlength=2**answer.qubits) for row in rows])
