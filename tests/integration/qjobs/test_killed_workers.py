"""Workers as processes of their own, killed and stopped in mid-computation: the job finishes once."""

import signal
import subprocess
from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from chain.models import OutboxEntry
from qjobs.models import Run, RunFile
from qjobs.rules.run_states import RunState
from qjobs.tasks import run as run_task
from tests.integration.qjobs.stage import cid_text, only_run, small_table
from tests.integration.qjobs.workers import LEASE_SECONDS, WAIT_SECONDS, wait_until, worker_starter


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
    """Starts a worker process on a job."""
    with worker_starter(settings) as start:
        yield lambda job_id: start(f"run(job_id={job_id}, task=0)")


@pytest.mark.fault("F01")
def test_job_of_a_worker_killed_in_mid_computation_is_finished_once_by_the_next(
    stage, claimed_job, start_worker
):
    worker = start_worker(claimed_job)
    wait_until(_is_computing, worker)

    worker.send_signal(signal.SIGKILL)
    worker.wait(10)
    assert only_run().state == RunState.RUNNING
    wait_until(_lease_is_over)
    run_task(job_id=claimed_job, task=0)
    stage.settle_down(3)

    run = only_run()
    assert run.state in {RunState.POSTED, RunState.SETTLING, RunState.DONE}, run.reason
    assert (run.attempts, run.lost_attempts) == (2, 1)
    assert OutboxEntry.objects.filter(kind="result").count() == 1


@pytest.mark.fault("F03")
def test_stopped_worker_that_wakes_after_another_took_over_writes_nothing(stage, claimed_job, start_worker):
    zombie = start_worker(claimed_job)
    wait_until(_is_computing, zombie)
    zombie.send_signal(signal.SIGSTOP)
    wait_until(_lease_is_over)

    # It may have been stopped inside a transaction, which the database then ends.
    wait_until(lambda: run_task(job_id=claimed_job, task=0) or only_run().state == RunState.POSTING)
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
