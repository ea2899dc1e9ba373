"""Workers as processes of their own, killed and stopped in mid-computation: the job finishes once."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from chain.models import OutboxEntry
from qjobs.models import Run, RunFile
from qjobs.rules.run_states import RunState
from qjobs.tasks import run as run_task
from tests.integration.qjobs.stage import ROOT, cid_text, only_run, small_table

WORKER = "import django; django.setup(); from qjobs.tasks import run; run(job_id={job_id}, task=0)"
LEASE_SECONDS = 3
WAIT_SECONDS = 60


@pytest.fixture
def claimed_job(stage, settings) -> int:
    """A claimed job that computes for some seconds, so that it can be hit in the middle."""
    settings.RUN_LEASE_SECONDS = LEASE_SECONDS
    content = small_table(120)
    token_id = stage.publish_dataset(content)
    spec = stage.small_spec(
        token_id,
        cid_text(content),
        splits={"count": 20},
        qubits=3,
        algorithm={"c_grid": [0.1, 1.0, 10.0], "bandwidth_grid": [0.1, 0.2, 0.4, 0.8], "inner_folds": 5},
    )
    stage.delegate_votes()
    job_id = stage.request_job(spec)
    stage.approve_job(job_id)
    stage.mine(6)
    stage.follow()
    stage.work()
    stage.send()
    stage.follow()
    return job_id


@pytest.fixture
def start_worker(settings) -> Iterator[Callable[[int], subprocess.Popen]]:
    """Starts a worker process on a job, in a session of its own; none is left behind."""
    started: list[subprocess.Popen] = []

    def start(job_id: int) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, "-c", WORKER.format(job_id=job_id)],
            cwd=ROOT,
            env=_environment(settings),
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGCONT)
            process.kill()
        process.wait(10)


@pytest.mark.fault("F01")
def test_job_of_a_worker_killed_in_mid_computation_is_finished_once_by_the_next(
    stage, claimed_job, start_worker
):
    worker = start_worker(claimed_job)
    _wait_until(_is_computing, worker)

    worker.send_signal(signal.SIGKILL)
    worker.wait(10)
    assert only_run().state == RunState.RUNNING
    _wait_until(_lease_is_over)
    run_task(job_id=claimed_job, task=0)
    stage.settle_down(3)

    run = only_run()
    assert run.state in {RunState.POSTED, RunState.SETTLING, RunState.DONE}, run.reason
    assert (run.attempts, run.lost_attempts) == (2, 1)
    assert OutboxEntry.objects.filter(kind="result").count() == 1


@pytest.mark.fault("F03")
def test_stopped_worker_that_wakes_after_another_took_over_writes_nothing(stage, claimed_job, start_worker):
    zombie = start_worker(claimed_job)
    _wait_until(_is_computing, zombie)
    zombie.send_signal(signal.SIGSTOP)
    _wait_until(_lease_is_over)

    # It may have been stopped inside a transaction, which the database then ends.
    _wait_until(lambda: run_task(job_id=claimed_job, task=0) or only_run().state == RunState.POSTING)
    frozen = {row.name: row.cid for row in RunFile.objects.all()}
    events = only_run().events
    zombie.send_signal(signal.SIGCONT)
    zombie.wait(WAIT_SECONDS)

    run = only_run()
    assert zombie.returncode == 0
    assert run.state == RunState.POSTING
    assert run.events == events
    assert {row.name: row.cid for row in RunFile.objects.all()} == frozen


def _is_computing() -> bool:
    return Run.objects.filter(state=RunState.RUNNING, progress__stage="splits").exists()


def _lease_is_over() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT bool_and(lease_until < now()) FROM qjobs_run")
        return cursor.fetchone()[0]


def _wait_until(condition: Callable[[], bool], worker: subprocess.Popen | None = None) -> None:
    ends_at = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < ends_at, f"{condition.__name__} did not become true"
        assert worker is None or worker.poll() is None, "the worker ended too early"
        time.sleep(0.05)


def _environment(settings) -> dict[str, str]:
    database = settings.DATABASES["default"]
    name = connection.settings_dict["NAME"]
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.base",
        "DATABASE_URL": f"postgresql://{database['USER']}@/{name}?host={database['HOST']}&port={database['PORT']}",
        "CHAIN_RPC_URL": settings.CHAIN_RPC_URL,
        "CHAIN_ID": str(settings.CHAIN_ID),
        "DEPLOYMENT_FILE": str(settings.DEPLOYMENT_FILE),
        "STORE_DIR": str(settings.STORE_DIR),
        "KEYS_DIR": str(settings.KEYS_DIR),
        "RUN_SCRATCH_DIR": str(settings.RUN_SCRATCH_DIR),
        "RUN_LEASE_SECONDS": str(LEASE_SECONDS),
        "QUEUE_DIR": str(settings.QUEUE_DIR),
    }
