"""`manage.py measure_model` from published files to a table; the chain's word and the network are fakes."""

import io
import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from qiskit_ibm_runtime.api.exceptions import RequestsApiError

from qjobs.algorithms.noise_evaluation.hardware import Attempt
from qjobs.engines import ibm
from qjobs.engines.mitigation import NO_MITIGATION
from qjobs.engines.sessions import SessionLeftOpen
from qjobs.management.commands import measure_model
from tests.fakes.ibm_service import BACKEND, IbmServer, IbmService
from tests.unit.qjobs.algorithms.test_hardware_trials import setting_trial
from tests.unit.qjobs.verification.posted_jobs import Posted
from tests.unit.qjobs.verification.test_verify_private_job import PrivatelyPosted

SMALL = ("--shots", "50", "--rows", "1")
WAYS = ("exact values", "measured, no errors", "readout corrected", "extrapolated to no noise")


@pytest.fixture(scope="module")
def posted(tmp_path_factory):
    return Posted(tmp_path_factory.mktemp("posted"))


@pytest.fixture
def measure(posted, monkeypatch):
    """Runs the command on a posted job as model 1; gives what it printed and what it told."""

    def run(*words, of=posted, answer="y"):
        monkeypatch.setattr(measure_model, "opened_sources", lambda options: (None, "board", of.blocks))
        monkeypatch.setattr(measure_model, "job_of_model", lambda *given: 7)
        monkeypatch.setattr(measure_model, "job_facts", lambda *given: of.facts)
        monkeypatch.setattr("builtins.input", lambda prompt: answer)
        printed, told = io.StringIO(), io.StringIO()
        try:
            call_command("measure_model", "1", *words, stdout=printed, stderr=told)
        except SystemExit as ended:
            told.write(f"exit {ended.code}")
        return printed.getvalue(), told.getvalue()

    return run


@pytest.fixture
def server(monkeypatch):
    """Hardware that answers at once; every log-in is the same one."""
    server = IbmServer()
    service = IbmService(server)
    monkeypatch.setattr(ibm, "QiskitRuntimeService", lambda **given: service)
    monkeypatch.setenv("QISKIT_IBM_TOKEN", "not-a-real-key")
    return server


def test_a_fake_backend_gives_a_table_and_says_before_what_runs_and_what_it_ignores(measure):
    printed, told = measure("--backend", "fake_manila", *SMALL, "--yes", "--decoupling", "XX")

    assert "fake_manila (simulated here: nothing leaves this machine): 4 jobs in one batch" in told
    assert "50 shots each" in told
    assert "They carry the angles of 1 of the training rows, which are public" in told
    assert "a fake backend only simulates the device: it ignores decoupling" in told
    assert told.count("sent ") == 4
    assert "accuracy" in printed.splitlines()[0]
    assert all(any(way in line for line in printed.splitlines()) for way in WAYS)


def test_hardware_is_asked_for_what_was_agreed_and_its_jobs_are_read_again_later(measure, server):
    words = ("--backend", BACKEND, *SMALL, "--json", "--readout", "--noise-factors", "1", "3")
    server.is_queued = True
    nothing, told = measure(*words, "--wait", "0", "--max-seconds", "500")
    assert (nothing, len(server.jobs)) == ("", 5)
    assert server.calls[-1] == ("close_session", "session-1"), "it is closed before anything is waited for"
    assert "5 jobs in one batch" in told
    assert "closed after 500 s at the latest" in told
    assert server.named("create_session") == [(BACKEND, 500, "batch")]
    assert "the service is asked for readout, noise_factors" in told
    again = [word for number in range(5) for word in ("--job", f"job-{number}")]
    assert f"still queued; the same command with {' '.join(again)} reads them later" in told
    assert told.endswith("exit 3")

    server.is_queued = False
    found = json.loads(measure(*words, *again)[0])

    assert len(server.jobs) == 5, "reading sends nothing"
    assert found["mitigation"] == {"readout": True, "noise_factors": [1.0, 3.0]}
    assert found["device"] == {"engine": "ibm-runtime", "backend": BACKEND}
    assert found["jobs"] == dict(
        zip(
            ("device", "device_readout", "folded", "folded_readout", "values"),
            (f"job-{number}" for number in range(5)),
            strict=True,
        )
    )
    assert set(found["values"]) > {"ideal", "device", "zero_noise", "service"}
    with pytest.raises(CommandError, match="job-0 was not sent for these circuits"):
        measure("--backend", BACKEND, "--shots", "51", *words[4:], *again)
    with pytest.raises(CommandError, match=r"5 jobs are needed, in the order device, .*: 1 given"):
        measure(*words, "--job", "job-0")


def test_what_corrects_nothing_sends_no_job_for_values_and_twirling_may_take_more_shots(measure, server):
    server.is_queued = True

    _, told = measure("--backend", BACKEND, *SMALL, "--wait", "0", "--resilience-level", "0", "--twirl-gates")

    assert len(server.jobs) == 4
    assert "the service is asked for twirl_gates\n" in told
    assert "a few more shots" in told


def test_a_session_that_cannot_be_closed_leaves_the_jobs_to_be_read(measure, server, monkeypatch):
    def away(session_id):
        raise RequestsApiError("no route", 503)

    server.is_queued = True
    monkeypatch.setattr(server, "close_session", away)

    with pytest.warns(SessionLeftOpen, match="session-1 may be open"):
        _, told = measure("--backend", BACKEND, *SMALL, "--wait", "0")

    assert "still queued; the same command with --job job-0 --job job-1" in told
    assert told.endswith("exit 3")


def test_circuits_without_rows_carry_the_problem_and_the_plan_says_so():
    plan = measure_model._plan(
        Attempt(setting_trial(), BACKEND, 50, 1, NO_MITIGATION),
        {"model": 1, "mode": "batch", "max_seconds": 60},
    )

    assert "edges, values or terms of its dataset where it has one, which are public" in plan
    assert "training rows" not in plan


@pytest.mark.parametrize("answer", ["", "n", "nobody"])
def test_without_a_yes_nothing_is_sent(measure, server, answer):
    with pytest.raises(CommandError, match="nothing was sent"):
        measure("--backend", BACKEND, *SMALL, answer=answer)

    assert server.calls == []


def test_ctrl_c_leaves_no_open_session_whether_it_sends_or_waits(measure, server, monkeypatch):
    def interrupted(*given):
        raise KeyboardInterrupt

    server.fails_at, server.error = 1, KeyboardInterrupt()
    _, told = measure("--backend", BACKEND, *SMALL)
    assert server.calls[-1] == ("cancel_session", "session-1")
    assert "asked to cancel what has not begun; a job that runs goes on" in told
    assert "no session is open" not in told
    assert told.endswith("exit 130")

    server.fails_at = None
    monkeypatch.setattr(measure_model, "wait_for", interrupted)
    _, told = measure("--backend", BACKEND, *SMALL)
    assert server.calls[-1] == ("close_session", "session-1")
    assert "the jobs go on; the same command with --job job-1 --job job-2" in told
    assert told.endswith("exit 130")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--backend", "ibm_torino"), "needs a token in QISKIT_IBM_TOKEN"),
        (("--backend", "fake_moon"), "no fake backend 'fake_moon'"),
        (("--backend", "fake_manila", "--shots", "0"), "--shots"),
        (("--backend", "fake_manila", "--max-seconds", "0"), "--max-seconds"),
        (("--backend", "fake_manila", "--rows", "100"), "--rows"),
        (("--backend", "fake_manila", "--resilience-level", "3"), "not 0, 1 or 2"),
        (("--backend", "fake_manila", "--job", "job-0"), "jobs of a fake backend run here"),
    ],
)
def test_what_cannot_be_is_said_in_words(measure, monkeypatch, words, said):
    monkeypatch.delenv("QISKIT_IBM_TOKEN", raising=False)

    with pytest.raises(CommandError, match=said):
        measure(*words)


def test_rows_that_are_private_never_reach_a_machine_of_others(measure, server, tmp_path):
    with pytest.raises(CommandError, match="rows of dataset 1 are private"):
        measure("--backend", BACKEND, *SMALL, "--yes", of=PrivatelyPosted(tmp_path))

    assert server.calls == []
