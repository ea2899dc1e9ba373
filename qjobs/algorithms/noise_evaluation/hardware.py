"""A trained model tried on a machine of IBM's: every setting a job of one session, read as an evaluation.

The settings are those of a noise evaluation. Where the service is asked to correct expected values, one job
more lets its Estimator give the values of all strings of Z, from which chances follow as from counts.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit import ClassicalRegister, QuantumCircuit
from qiskit.providers import BackendV2
from qiskit.quantum_info import SparsePauliOp

from common.errors import TooLarge
from qjobs.algorithms.circuits import as_qasm
from qjobs.algorithms.noise_evaluation.readout import folded
from qjobs.algorithms.noise_evaluation.report import report_of
from qjobs.algorithms.noise_evaluation.trial import (
    DEVICE,
    FOLDED,
    IDEAL,
    READOUT,
    Setting,
    Trial,
    exact_chances,
    require_room,
)
from qjobs.engines.ibm import ibm_device, open_estimator, open_sampler, with_noise
from qjobs.engines.measuring import NO_ANGLES, AerMeter, measured_wires
from qjobs.engines.mitigation import Mitigation, as_document
from qjobs.engines.runtime_jobs import Answer, OtherJob, Pub, SentJob, read_counts
from qjobs.engines.sessions import MAX_SECONDS, SessionKind, open_session

VALUES = "values"
CORRECTED = "service"
"""The way to evaluate that the service's own corrections give."""

MAX_VALUE_QUBITS = 6
"""Of a circuit whose strings of Z are all asked for, 2**qubits of them."""

Prepare = Callable[[QuantumCircuit], QuantumCircuit]
Jobs = Mapping[str, SentJob]
"""By the setting's name, in the order in which they were sent."""


class CircuitTooWide(TooLarge):
    """The machine has fewer qubits than the model, or the service fewer values than are needed."""

    code = "circuit_too_wide"


@dataclass(frozen=True)
class Attempt:
    """What is asked of a machine. `seed` decides the shots without noise, and those of a fake backend."""

    trial: Trial
    backend: str
    shots: int
    seed: int
    mitigation: Mitigation

    def __post_init__(self) -> None:
        require_room(self.trial)
        if self.mitigation.corrects_values and self.trial.qubits > MAX_VALUE_QUBITS:
            raise CircuitTooWide(
                f"the service corrects values of at most {MAX_VALUE_QUBITS} qubits here, the circuit has "
                f"{self.trial.qubits}"
            )

    @property
    def names(self) -> tuple[str, ...]:
        """The jobs, in the order in which they are sent."""
        counted = (DEVICE, f"{DEVICE}_{READOUT}", FOLDED, f"{FOLDED}_{READOUT}")
        return (*counted, VALUES) if self.mitigation.corrects_values else counted

    @property
    def runs(self) -> int:
        """How many circuits are run, rows counted each, by the jobs together."""
        return sum(sum(self.answer(name).rows) for name in self.names)

    def answer(self, name: str) -> Answer:
        """What the job of that name has to give back."""
        circuits, rows, _ = self.trial.shape
        each = (1, 1) * circuits if name.endswith(READOUT) else (rows,) * circuits
        return Answer(f"qommons-{self._digest()}-{name}", each, self.trial.qubits, self.shots)

    def _digest(self) -> str:
        """Of machine, circuits, rows, shots and what is asked of the service."""
        asked = f"{self.backend} {self.shots} {sorted(as_document(self.mitigation).items())}"
        whole = hashlib.sha256(asked.encode())
        for circuit in self.trial.circuits:
            whole.update(as_qasm(circuit))
        whole.update(np.ascontiguousarray(self.trial.angles, dtype="<f8").tobytes())
        return whole.hexdigest()[:40]


def require_fit(attempt: Attempt, backend: BackendV2) -> None:
    """Raises `CircuitTooWide` where the machine is too small."""
    own, limit = attempt.trial.qubits, ibm_device(backend).facts.max_qubits
    if own > limit:
        raise CircuitTooWide(f"{backend.name} takes circuits of {limit} qubits, the model's has {own}")


def send(
    attempt: Attempt,
    backend: BackendV2,
    kind: SessionKind,
    told: Callable[[str, str], None],
    *,
    max_seconds: int = MAX_SECONDS,
) -> Jobs:
    """Sends all jobs in one session, which is closed before anything is waited for; `told`: of each name and
    id as it is sent. `max_seconds` as of `open_session`. Raises `CircuitTooWide`."""
    require_fit(attempt, backend)
    device = ibm_device(backend)
    pubs = _pubs(attempt.trial, device.prepare)
    jobs: dict[str, SentJob] = {}
    with open_session(with_noise(backend), kind, max_seconds=max_seconds) as session:
        for number, name in enumerate(attempt.names):
            seed, tags = attempt.seed + number, [attempt.answer(name).tag]
            if name == VALUES:
                estimator = open_estimator(session, attempt.mitigation, seed=seed, tags=tags)
                asked = _value_pubs(attempt.trial, device.prepare)
                jobs[name] = estimator.run(asked, precision=attempt.shots**-0.5)
            else:
                sampler = open_sampler(session, attempt.mitigation.of_samples(), seed=seed, tags=tags)
                jobs[name] = sampler.run(pubs[name], shots=attempt.shots)
            told(name, jobs[name].job_id())
    return jobs


def report(attempt: Attempt, jobs: Jobs) -> dict[str, Any]:
    """The evaluation, as `noise_report` gives it; raises `OtherJob` where a job answers something else."""
    trial = attempt.trial
    ideal = Setting(IDEAL, AerMeter(), trial.circuits, trial.angles)
    counts = {
        IDEAL: ideal.counts(attempt.shots, (attempt.seed,)),
        **{name: read_counts(jobs[name], attempt.answer(name)) for name in attempt.names if name != VALUES},
    }
    device = {"engine": "ibm-runtime", "backend": attempt.backend}
    found = report_of(trial, counts, device=device, shots=attempt.shots)
    if VALUES in jobs:
        exact = trial.answers(exact_chances(trial))
        answers = trial.answers(_chances_of(jobs[VALUES], trial))
        found["values"][CORRECTED] = {
            "score": trial.score(answers),
            "interval": None,
            "mean_error": float(np.abs(answers - exact).mean()),
        }
    return found


def _pubs(trial: Trial, prepare: Prepare) -> Mapping[str, list[Pub]]:
    """Of every job whose outcomes are counted."""
    once = [_measured(prepare, circuit) for circuit in trial.circuits]
    thrice = [_measured(prepare, folded(circuit)) for circuit in trial.circuits]
    return {
        DEVICE: [(circuit, trial.angles) for circuit in once],
        f"{DEVICE}_{READOUT}": [end for circuit in once for end in _ends(circuit)],
        FOLDED: [(circuit, trial.angles) for circuit in thrice],
        f"{FOLDED}_{READOUT}": [end for circuit in thrice for end in _ends(circuit)],
    }


def _measured(prepare: Prepare, circuit: QuantumCircuit) -> QuantumCircuit:
    asked = circuit.copy()
    asked.measure_all()
    return prepare(asked)


def _ends(native: QuantumCircuit) -> list[Pub]:
    """All measured qubits 0, and all 1, on the wires where this circuit ends."""
    wires = measured_wires(native)
    ends = []
    for is_one in (False, True):
        end = QuantumCircuit(native.num_qubits)
        end.add_register(ClassicalRegister(len(wires), "meas"))
        if is_one:
            end.x(wires)
        end.measure(wires, range(len(wires)))
        ends.append((end, NO_ANGLES))
    return ends


def _value_pubs(trial: Trial, prepare: Prepare) -> list[tuple[QuantumCircuit, list[SparsePauliOp], NDArray]]:
    """Every string of Z, the identity first; bit i of its number says whether qubit i is in it."""
    width = 2**trial.qubits
    letters = [bin(number + width)[3:].replace("0", "I").replace("1", "Z") for number in range(width)]
    pubs = []
    for circuit in trial.circuits:
        native = prepare(circuit)
        strings = [SparsePauliOp(each).apply_layout(native.layout) for each in letters]
        pubs.append((native, strings, trial.angles[:, None, :]))
    return pubs


def _chances_of(job: SentJob, trial: Trial) -> NDArray:
    """(circuits, n, 2**qubits), from the values of all strings of Z: their Walsh transform. Corrected values
    may give some below 0."""
    values = [np.asarray(each.data.evs, dtype=np.float64) for each in job.result()]
    if [each.shape for each in values] != [trial.shape[1:]] * trial.shape[0]:
        raise OtherJob(f"job {job.job_id()} answers values of shapes {[each.shape for each in values]}")
    numbers = np.arange(2**trial.qubits)
    signs = 1 - 2.0 * (np.bitwise_count(numbers[:, None] & numbers) & 1)
    return np.array(values) @ signs / len(numbers)
