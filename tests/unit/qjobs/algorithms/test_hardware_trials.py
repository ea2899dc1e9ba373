"""Published models tried on a machine of IBM's: from posted files to jobs, from counts to a score."""

import numpy as np
import pytest
from qiskit_ibm_runtime.api.exceptions import RequestsApiError
from qiskit_ibm_runtime.exceptions import IBMRuntimeError

from qjobs.algorithms.noise_evaluation.hardware import Attempt, CircuitTooWide, report, require_fit, send
from qjobs.algorithms.noise_evaluation.measurements import read_counts
from qjobs.algorithms.noise_evaluation.report import noise_report
from qjobs.algorithms.noise_evaluation.trial import Trial, settings
from qjobs.algorithms.result import MEASUREMENTS_FILE
from qjobs.algorithms.trials import posted_trial
from qjobs.engines.ibm import open_backend
from qjobs.engines.measuring import NO_ANGLES, measured_wires
from qjobs.engines.mitigation import NO_MITIGATION, Mitigation
from qjobs.engines.runtime_jobs import OtherJob
from qjobs.spec.noise import NoiseEvaluation
from tests.fakes.ibm_service import BACKEND, IbmServer, IbmService
from tests.vectors.qjobs.kinds import Kind
from tests.vectors.qjobs.measured import overlap

SHOTS = 400
COUNTED = ("device", "device_readout", "folded", "folded_readout")
READOUT = Mitigation(readout=True, twirl_gates=True)


def kernel_trial(qubits: int = 2, rows: int = 3) -> Trial:
    """Its answers hang on every outcome."""
    circuit, angles = overlap(qubits=qubits, rows=rows)
    weights = np.arange(2**qubits) / 2**qubits
    return Trial(
        (circuit,),
        angles,
        lambda chances: chances[0] @ weights,
        lambda all_: float(all_.mean()),
        "mean",
        rows,
    )


def attempt(backend: str, mitigation: Mitigation = NO_MITIGATION, **changes) -> Attempt:
    return Attempt(changes.pop("trial", kernel_trial()), backend, SHOTS, 3, mitigation)


@pytest.fixture
def server():
    return IbmServer()


@pytest.fixture
def machine(server):
    return IbmService(server).machine


@pytest.mark.parametrize("name", ["two classes", "components", "trained circuit", "energy"])
def test_the_trial_of_posted_files_is_the_one_that_the_run_evaluated(name):
    asked = {"shots": 20, "rows": 2}
    kind = Kind.of(name, noise_evaluation=asked)
    result = kind.run()
    evaluation = NoiseEvaluation(**asked)

    trial = posted_trial(kind.spec, evaluation, kind.data, result.files)

    shapes = {each.name: each.shape for each in settings(evaluation, trial)}
    counts = read_counts(result.files[MEASUREMENTS_FILE], shapes, 20)
    found, told = noise_report(evaluation, trial, counts), result.metrics["noise_evaluation"]
    for way, each in told["values"].items():
        assert found["values"][way]["score"] == pytest.approx(each["score"], abs=1e-9), way
        assert found["values"][way]["mean_error"] == pytest.approx(each["mean_error"], abs=1e-9), way
    assert (found["rows"], found["circuits"]) == (told["rows"], told["circuits"])


@pytest.fixture(scope="module")
def measured():
    """On the fake backend, twice alike: what was told, and the reports."""
    asked, told = attempt("fake_manila"), []
    backends = (open_backend("fake_manila") for _ in range(2))
    found = [
        report(asked, send(asked, each, "batch", lambda *words: told.append(words))) for each in backends
    ]
    return told, found


def test_every_setting_is_a_job_that_is_told_of_as_it_is_sent(measured):
    told, _ = measured

    assert [name for name, _ in told] == [*COUNTED, *COUNTED]
    assert len({job_id for _, job_id in told}) == 8


def test_jobs_that_run_at_once_all_have_the_devices_noise_and_the_seed_decides_them(measured):
    _, (found, again) = measured

    assert found == again
    assert 0.01 < found["readout_error"] < 0.06, "of the calibration of this device's qubits"
    assert found["device"] == {"engine": "ibm-runtime", "backend": "fake_manila"}
    assert found["values"]["ideal"]["mean_error"] == 0.0
    assert {"shots", "device", "readout_mitigated", "zero_noise"} < set(found["values"])


def test_the_circuits_are_sent_as_the_hardware_takes_them_in_one_session(server, machine):
    asked = attempt(BACKEND, READOUT)

    jobs = send(asked, machine, "session", lambda *words: None)

    assert [name for name, _ in server.calls] == ["create_session", *["program_run"] * 5, "close_session"]
    sent = server.named("program_run")
    assert [each["job_tags"] for each in sent] == [[asked.answer(name).tag] for name in asked.names]
    assert [each["program_id"] for each in sent] == [*["sampler"] * 4, "estimator"]
    twirled = {"enable_gates": True}
    assert [each["params"]["options"] for each in sent] == [
        *[{"twirling": twirled}] * 4,
        {"twirling": twirled, "resilience": {"measure_mitigation": True}},
    ]
    assert [[pub[2] for pub in each["params"]["pubs"]] for each in sent[:4]] == [[400], [400, 400]] * 2
    ends = [pub[0].count_ops() for pub in sent[1]["params"]["pubs"]]
    assert [(each.get("x", 0), each["measure"]) for each in ends] == [(0, 2), (2, 2)]
    for number in (0, 2):
        [circuit], ends = ([pub[0] for pub in each["params"]["pubs"]] for each in sent[number : number + 2])
        assert [measured_wires(end) for end in ends] == [measured_wires(circuit)] * 2
    assert asked.runs == 2 * 3 + 2 * 2 + 3
    assert list(jobs) == [*COUNTED, "values"]


def setting_trial() -> Trial:
    """Two circuits without parameters, as of an energy."""
    circuit, angles = overlap(qubits=2, rows=2)
    bound = tuple(circuit.assign_parameters(each) for each in angles)
    weights = np.arange(8).reshape(2, 4) / 8
    return Trial(bound, NO_ANGLES, lambda chances: (chances[:, 0] * weights).sum(axis=1), np.mean, "mean", 0)


@pytest.mark.parametrize("make", [kernel_trial, setting_trial])
def test_values_of_all_strings_of_z_give_the_same_chances_as_counts(server, machine, make):
    asked = attempt(BACKEND, READOUT, trial=make())

    found = report(asked, send(asked, machine, "batch", lambda *words: None))["values"]

    # The server draws the outcomes of both jobs by one seed, and mitigates nothing.
    assert found["service"]["score"] == pytest.approx(found["device"]["score"], abs=1e-9)
    assert found["service"]["mean_error"] == pytest.approx(found["device"]["mean_error"], abs=1e-9)
    assert found["service"]["interval"] is None


@pytest.mark.parametrize(
    ("error", "raised"),
    [(KeyboardInterrupt(), KeyboardInterrupt), (RequestsApiError("no route", 503), IBMRuntimeError)],
)
def test_a_sending_that_is_broken_off_leaves_no_open_session(server, machine, error, raised):
    server.fails_at, server.error = 2, error

    with pytest.raises(raised):
        send(attempt(BACKEND), machine, "batch", lambda *words: None)

    assert len(server.named("program_run")) == 2
    assert server.calls[-1] == ("cancel_session", "session-1")
    assert not server.named("close_session")


def test_a_circuit_is_refused_where_the_machine_is_too_small_and_taken_where_it_is_not(machine):
    require_fit(attempt(BACKEND, trial=kernel_trial(qubits=5, rows=1)), machine)

    with pytest.raises(CircuitTooWide, match="ibm_manila takes circuits of 5 qubits, the model's has 6"):
        send(attempt(BACKEND, trial=kernel_trial(qubits=6, rows=1)), machine, "batch", lambda *words: None)
    with pytest.raises(CircuitTooWide, match="at most 6 qubits here, the circuit has 7"):
        attempt(BACKEND, READOUT, trial=kernel_trial(qubits=7, rows=1))


def test_the_tag_says_what_was_asked_and_answers_to_something_else_are_refused(machine):
    asked = attempt(BACKEND)
    others = [
        attempt("ibm_other"),
        attempt(BACKEND, Mitigation(decoupling="XX")),
        attempt(BACKEND, trial=kernel_trial(rows=4)),
        Attempt(kernel_trial(), BACKEND, SHOTS + 1, 3, NO_MITIGATION),
    ]
    tags = {each.answer("device").tag for each in (asked, *others)} | {asked.answer("folded").tag}

    assert len(tags) == 6
    assert attempt(BACKEND).answer("device").tag in tags
    assert max(map(len, tags)) <= 86, "letters that the service takes for a tag"
    jobs = send(asked, machine, "batch", lambda *words: None)
    with pytest.raises(OtherJob, match="job-1 answers"):
        report(asked, {**jobs, "device": jobs["device_readout"]})
    assert np.isfinite(report(asked, jobs)["values"]["zero_noise"]["score"])
