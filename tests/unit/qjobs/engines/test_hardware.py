"""IBM's machines: what the service is asked for, sessions, jobs that outlive who sent them.

What stands for the server is ours; options, primitives, sessions and jobs are the real classes.
"""

import traceback
import warnings
from dataclasses import asdict
from types import SimpleNamespace

import numpy as np
import pytest
from ibm_cloud_sdk_core import ApiException
from qiskit.primitives import BitArray
from qiskit.providers.exceptions import QiskitBackendNotFoundError
from qiskit_ibm_runtime import EstimatorV2, SamplerV2
from qiskit_ibm_runtime.api.exceptions import RequestsApiError
from qiskit_ibm_runtime.exceptions import IBMAccountError, IBMRuntimeError
from qiskit_ibm_runtime.options import EstimatorOptions
from requests import ConnectionError as NoConnection

from qjobs.engines import ibm
from qjobs.engines.ibm import (
    BackendUnknown,
    ServiceAway,
    ibm_device,
    open_backend,
    open_sampler,
    open_service,
    service_errors,
)
from qjobs.engines.mitigation import Mitigation, MitigationIgnored, MitigationRefused
from qjobs.engines.observables import PauliSum
from qjobs.engines.runtime_jobs import Answer, OtherJob, StillQueued, fetch, read_counts, wait_for
from qjobs.engines.sessions import KINDS, MAX_SECONDS, SessionLeftOpen, open_session
from qjobs.engines.shots import ShotEngine
from tests.fakes.ibm_service import BACKEND, IbmServer, IbmService
from tests.vectors.qjobs.measured import overlap

TOKEN = {"QISKIT_IBM_TOKEN": "not-a-real-key"}
SHOTS = 200
ALL = Mitigation(
    resilience_level=2,
    readout=True,
    noise_factors=(1, 2, 4),
    extrapolator="exponential",
    decoupling="XY4",
    twirl_gates=True,
    twirl_measurements=False,
)


@pytest.fixture
def server():
    return IbmServer()


@pytest.fixture
def machine(server):
    return IbmService(server).machine


@pytest.fixture(scope="module")
def manila():
    return open_backend("fake_manila")


def inputs_of(options) -> dict:
    """What the library sends for these options, beside what it always sends."""
    sent = type(options)._get_program_inputs(asdict(options))
    return {name: each for name, each in sent.items() if name not in ("version", "support_qiskit")}


def test_the_estimator_is_asked_for_all_of_it_in_the_services_own_names():
    assert inputs_of(ALL.estimator_options(tags=["ours"])) == {
        "resilience_level": 2,
        "options": {
            "resilience": {
                "measure_mitigation": True,
                "zne_mitigation": True,
                "zne": {"noise_factors": (1, 2, 4), "extrapolator": "exponential"},
            },
            "dynamical_decoupling": {"enable": True, "sequence_type": "XY4"},
            "twirling": {"enable_gates": True, "enable_measure": False},
        },
    }
    assert EstimatorOptions._get_runtime_options(asdict(ALL.estimator_options(tags=["ours"])))[
        "job_tags"
    ] == ["ours"]
    assert inputs_of(Mitigation().estimator_options()) == {"options": {}}


def test_the_sampler_is_asked_for_what_outcomes_can_have_and_refuses_the_rest():
    assert inputs_of(ALL.of_samples().sampler_options()) == {
        "options": {
            "dynamical_decoupling": {"enable": True, "sequence_type": "XY4"},
            "twirling": {"enable_gates": True, "enable_measure": False},
        }
    }
    with pytest.raises(MitigationRefused, match="resilience_level, readout, noise_factors, extrapolator"):
        ALL.sampler_options()


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"resilience_level": 3}, "level is 3, not 0, 1 or 2"),
        ({"decoupling": "XYXY"}, "no decoupling sequence 'XYXY'"),
        ({"extrapolator": "linear"}, "needs noise factors"),
        ({"noise_factors": (1, 3), "extrapolator": "magic"}, "no extrapolator 'magic'"),
        ({"noise_factors": (1,)}, "linear needs 2"),
        ({"noise_factors": (1, 3, 5), "extrapolator": "double_exponential"}, "needs 4"),
        ({"noise_factors": (1, 3, 3), "extrapolator": "polynomial_degree_2"}, "no two alike"),
        ({"noise_factors": (0.5, 3)}, "lie from 1 to 9"),
        ({"noise_factors": (1, float("nan"))}, "lie from 1 to 9"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(asked, words):
    with pytest.raises(MitigationRefused, match=words):
        Mitigation(**asked)


@pytest.mark.parametrize(
    ("asked", "corrects"),
    [
        ({}, False),
        ({"resilience_level": 0}, False),
        ({"readout": False}, False),
        ({"resilience_level": 1, "readout": False}, False),
        ({"twirl_gates": True}, False),
        ({"resilience_level": 1}, True),
        ({"resilience_level": 2, "readout": False}, True),
        ({"readout": True}, True),
        ({"noise_factors": (1, 3)}, True),
    ],
)
def test_values_are_corrected_only_where_a_correction_is_asked_for(asked, corrects):
    assert Mitigation(**asked).corrects_values is corrects


@pytest.mark.parametrize(
    ("primitive", "options", "ignored"),
    [
        (SamplerV2, ALL.of_samples().sampler_options(), ("dynamical_decoupling", "twirling")),
        (EstimatorV2, ALL.estimator_options(), ("dynamical_decoupling", "twirling", "resilience")),
    ],
)
def test_the_library_says_itself_that_a_fake_backend_ignores_all_of_it(manila, primitive, options, ignored):
    circuit, rows = overlap(qubits=2, rows=1)
    if primitive is SamplerV2:
        circuit.measure_all()
        pub = (ibm_device(manila).prepare(circuit), rows)
    else:
        native = ibm_device(manila).prepare(circuit)
        pub = (native, "I" * native.num_qubits, rows)

    with pytest.warns(UserWarning, match="no effect in local testing mode") as told:
        # Waited for: the thread of a job that goes on keeps filters of warnings of its own.
        primitive(mode=manila, options=options).run([pub]).result()

    words = " ".join(str(each.message) for each in told)
    assert all(name in words for name in ignored)
    assert (primitive is EstimatorV2) == ("resilience_level" in words)


def test_a_fake_backend_that_is_asked_for_mitigation_says_so_and_gives_the_same_shots(manila):
    circuit, rows = overlap(qubits=2, rows=2)
    plain = ShotEngine(ibm_device(manila), shots=SHOTS, seed=1)
    asked = ShotEngine(ibm_device(manila, ALL.of_samples()), shots=SHOTS, seed=1)

    with pytest.warns(MitigationIgnored, match="ignores decoupling, twirl_gates, twirl_measurements"):
        found = asked.sample(asked.compile(circuit), rows, SHOTS, seed=0)

    with warnings.catch_warnings():
        warnings.simplefilter("error", MitigationIgnored)
        again = plain.sample(plain.compile(circuit), rows, SHOTS, seed=0)
    assert (found == again).all(), "also by a seed of 0, which the library takes for none"


@pytest.mark.parametrize("kind", KINDS)
def test_one_session_holds_all_jobs_of_an_engine_and_takes_no_more_when_it_is_closed(server, machine, kind):
    circuit, rows = overlap(qubits=2, rows=2)

    with open_session(machine, kind, max_seconds=600) as session:
        engine = ShotEngine(ibm_device(machine, ALL.of_samples(), session), shots=SHOTS, seed=1)
        program = engine.compile(circuit)
        outcomes = engine.sample(program, rows, SHOTS, seed=1)
        values = engine.expectations(program, rows, [PauliSum.of({"ZZ": 1.0})])

    assert server.named("create_session") == [
        (BACKEND, 600, {"batch": "batch", "session": "dedicated"}[kind])
    ]
    assert [each["session_id"] for each in server.named("program_run")] == ["session-1"] * 2
    assert [each["program_id"] for each in server.named("program_run")] == ["sampler", "estimator"]
    assert server.calls[-1] == ("close_session", "session-1")
    assert not server.named("cancel_session")
    parity = 1 - 2.0 * (np.bitwise_count(outcomes) & 1)
    assert np.abs(parity.mean(axis=1) - values[:, 0]).max() < 5 * (2 / SHOTS) ** 0.5
    with pytest.raises(IBMRuntimeError, match="session is closed"):
        open_sampler(session, seed=1).run([(program.measured, rows)])


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("no answer")])
def test_a_session_that_is_broken_off_is_cancelled(server, machine, error):
    with pytest.raises(type(error)), open_session(machine):
        raise error

    assert server.calls[1:] == [("cancel_session", "session-1")]


AWAY = [RequestsApiError("no route", 503), ApiException(503, message="no log-in"), NoConnection("no route")]


def failing(error):
    """A call of the server's that fails."""

    def call(*given):
        raise error

    return call


@pytest.mark.parametrize("away", AWAY)
@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("no answer")])
def test_what_broke_a_session_off_is_told_also_where_the_service_is_away(
    server, machine, monkeypatch, away, error
):
    monkeypatch.setattr(server, "cancel_session", failing(away))

    with (
        pytest.warns(SessionLeftOpen, match="session-1 may be open"),
        pytest.raises(type(error)),
        open_session(machine),
    ):
        raise error


@pytest.mark.parametrize("away", AWAY)
def test_jobs_that_were_sent_are_kept_where_the_session_cannot_be_closed(server, machine, monkeypatch, away):
    monkeypatch.setattr(server, "close_session", failing(away))

    with pytest.warns(SessionLeftOpen, match=f"may be open for {MAX_SECONDS} s"), open_session(machine):
        pass

    assert server.calls == [("create_session", (BACKEND, MAX_SECONDS, "batch"))]


def test_ctrl_c_while_a_session_is_closed_cancels_it(server, machine, monkeypatch):
    monkeypatch.setattr(server, "close_session", failing(KeyboardInterrupt()))

    with pytest.raises(KeyboardInterrupt), open_session(machine):
        pass

    assert server.calls[1:] == [("cancel_session", "session-1")]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), *AWAY])
def test_a_session_whose_opening_was_not_confirmed_may_be_open(server, machine, monkeypatch, error):
    monkeypatch.setattr(server, "create_session", failing(error))

    with (
        pytest.warns(SessionLeftOpen, match="was not confirmed"),
        pytest.raises(type(error)),
        open_session(machine),
    ):
        pass


def test_the_service_is_opened_by_the_token_alone_and_its_errors_do_not_show_it(monkeypatch):
    asked = []

    def refused(**given):
        asked.append(given)
        raise IBMAccountError(f"nobody has the key {given['token']}")

    monkeypatch.setattr(ibm, "QiskitRuntimeService", refused)

    with pytest.raises(ServiceAway) as told:
        open_backend("ibm_somewhere", environment=TOKEN)

    assert asked == [{"channel": "ibm_quantum_platform", "token": TOKEN["QISKIT_IBM_TOKEN"]}]
    assert told.value.message == "IBMAccountError: nobody has the key (token)"
    with pytest.raises(BackendUnknown, match="needs a token in QISKIT_IBM_TOKEN"):
        open_service(environment={})


def test_a_traceback_of_the_services_errors_does_not_show_the_token():
    token = TOKEN["QISKIT_IBM_TOKEN"]

    with pytest.raises(ServiceAway, match="ApiException") as told, service_errors(TOKEN):
        raise ApiException(400, message=f"bad apikey {token}")

    assert token not in "".join(traceback.format_exception(told.value))


def test_a_session_that_cannot_be_closed_does_not_show_the_token(server, machine, monkeypatch):
    monkeypatch.setenv(*next(iter(TOKEN.items())))
    monkeypatch.setattr(server, "close_session", failing(NoConnection("the key not-a-real-key")))

    with pytest.warns(SessionLeftOpen, match=r"the key \(token\)"), open_session(machine):
        pass


@pytest.mark.parametrize("token", ['"abc"', "'abc'", "{abc}", "abc\n", "a bc", "abcé"])
def test_a_token_that_is_not_one_is_refused_in_words_that_do_not_show_it(token):
    with pytest.raises(BackendUnknown, match="QISKIT_IBM_TOKEN holds quotes") as told:
        open_backend("ibm_somewhere", environment={"QISKIT_IBM_TOKEN": token})

    assert "abc" not in told.value.message


def test_a_machine_that_the_token_does_not_reach_is_unknown_and_another_is_opened(monkeypatch, server):
    service = IbmService(server)
    monkeypatch.setattr(ibm, "QiskitRuntimeService", lambda **given: service)
    assert open_backend(BACKEND, environment=TOKEN) is service.machine

    def none(name):
        raise QiskitBackendNotFoundError("no backend matches the criteria")

    monkeypatch.setattr(service, "backend", none)
    with pytest.raises(BackendUnknown, match="reaches no backend 'ibm_moon'"):
        open_backend("ibm_moon", environment=TOKEN)


class Job:
    """A job that is done after so many questions."""

    def __init__(self, questions: int) -> None:
        self.left = questions

    def in_final_state(self) -> bool:
        self.left -= 1
        return self.left < 0


def test_jobs_are_waited_for_with_longer_and_longer_pauses_up_to_the_time_given():
    now, pauses = [0.0], []

    def sleep(seconds):
        pauses.append(seconds)
        now[0] += seconds

    wait_for([Job(3), Job(9)], None, clock=lambda: now[0], sleep=sleep)
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1], len(pauses)) == (0.05, 10.0, 12)

    with pytest.raises(StillQueued):
        wait_for([Job(10**9)], 60, clock=lambda: now[0], sleep=sleep)
    with pytest.raises(StillQueued):
        wait_for([Job(1)], 0, clock=lambda: now[0], sleep=sleep)
    wait_for([Job(0)], 0, clock=lambda: now[0], sleep=sleep)


def test_a_job_is_fetched_by_its_id_and_only_as_the_answer_to_what_was_asked(machine):
    circuit, rows = overlap(qubits=2, rows=2)
    circuit.measure_all()
    pubs = [(ibm_device(machine).prepare(circuit), rows)]
    sent = open_sampler(machine, seed=1, tags=["ours"]).run(pubs, shots=SHOTS)

    counts = read_counts(
        fetch(machine.service, sent.job_id(), Answer("ours", (2,), 2, SHOTS)), Answer("ours", (2,), 2, SHOTS)
    )

    assert counts.shape == (2, 4)
    assert (counts.sum(axis=1) == SHOTS).all()
    for other in (
        Answer("ours", (3,), 2, SHOTS),
        Answer("ours", (2,), 2, SHOTS + 1),
        Answer("ours", (2,), 1, SHOTS),
    ):
        with pytest.raises(OtherJob, match="job-0 answers"):
            read_counts(sent, other)
    with pytest.raises(OtherJob, match="was not sent for these"):
        fetch(machine.service, sent.job_id(), Answer("others", (2,), 2, SHOTS))
    with pytest.raises(IBMRuntimeError, match="not found"):
        fetch(machine.service, "job-9", Answer("ours", (2,), 2, SHOTS))


class TwirledJob:
    """As the service rounds 1,000 shots up: 16 randomisations of 64, of two rows."""

    def job_id(self) -> str:
        return "job-0"

    def result(self):
        outcomes = np.repeat([[0, 3], [1, 2]], [1000, 24], axis=1)[..., None].astype(np.uint8)
        return [SimpleNamespace(data=SimpleNamespace(meas=BitArray(outcomes, 2)))]


def test_of_more_shots_than_were_asked_for_the_first_are_counted():
    counts = read_counts(TwirledJob(), Answer("ours", (2,), 2, 1000))

    assert counts.tolist() == [[1000, 0, 0, 0], [0, 1000, 0, 0]]
