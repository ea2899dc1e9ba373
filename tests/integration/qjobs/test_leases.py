"""Who may write a run: a lease by the database's clock, and a fence against whoever comes late."""

from datetime import timedelta
from functools import partial

import pytest
from django.db.models.functions import Now

from qjobs.errors import LeaseLost
from qjobs.executor.lease import WORKER_LOST, Heartbeat, add_event, beat, move, release, take_lease, write
from qjobs.models import Run, RunEvent
from qjobs.rules.run_states import MAX_LOST_ATTEMPTS, RunState

pytestmark = pytest.mark.django_db(transaction=True)
DIGEST = "0x" + "11" * 32


@pytest.fixture
def queued_run() -> Run:
    return Run.objects.create(job_id=1, task=0, approved_digest=DIGEST, approved_block=5)


def _take(owner: str = "worker-a"):
    return take_lease(job_id=1, task=0, owner=owner)


def _let_lease_expire() -> None:
    Run.objects.update(lease_until=Now() - timedelta(seconds=1))


def test_free_run_is_leased_and_a_held_one_is_not(queued_run):
    first = _take()

    assert first is not None
    assert first.fence == 1
    assert _take("worker-b") is None


def test_expired_lease_goes_to_another_worker_with_a_newer_fence(queued_run):
    _take()
    _let_lease_expire()

    second = _take("worker-b")

    assert second is not None
    assert second.fence == 2


def test_released_run_can_be_leased_again_at_once(queued_run):
    release(_take())

    assert _take("worker-b") is not None


def test_beat_that_comes_after_the_release_takes_nothing_back(queued_run):
    lease = _take()
    assert beat(lease)
    release(lease)

    assert not beat(lease)

    assert _take("worker-b") is not None


def test_run_that_waits_for_a_retry_is_not_leased_before_its_time(queued_run):
    release(_take(), not_before=Now() + timedelta(seconds=60))

    assert _take() is None


@pytest.mark.fault("F03")
def test_latecomer_can_write_nothing_once_another_holds_the_run(queued_run):
    late = _take()
    _let_lease_expire()
    holder = _take("worker-b")

    for attempt in (
        lambda: write(late, reason="late"),
        lambda: move(late, RunState.CLAIMING),
        lambda: add_event(late, stage="late", message="late"),
    ):
        with pytest.raises(LeaseLost):
            attempt()
    assert not beat(late)
    release(late)
    move(holder, RunState.CLAIMING)

    run = Run.objects.get()
    assert (run.state, run.reason, run.lease_owner) == (RunState.CLAIMING, "", "worker-b")
    assert not RunEvent.objects.exists()


@pytest.mark.fault("F04")
def test_run_whose_workers_vanish_three_times_fails_and_is_left_alone(queued_run):
    Run.objects.update(state=RunState.RUNNING)
    for number in range(MAX_LOST_ATTEMPTS):
        assert _take(f"worker-{number}") is not None
        _let_lease_expire()

    assert _take("one more") is None

    run = Run.objects.get()
    assert (run.state, run.reason, run.lost_attempts) == (RunState.FAILED, WORKER_LOST, MAX_LOST_ATTEMPTS)


def test_step_that_the_table_does_not_know_is_a_bug_not_a_lost_lease(queued_run):
    lease = _take()

    with pytest.raises(ValueError, match="cannot go from QUEUED to DONE"):
        move(lease, RunState.DONE)


def test_heartbeat_keeps_a_lease_longer_than_its_seconds(queued_run, settings):
    settings.RUN_LEASE_SECONDS = 1
    lease = _take()
    with Heartbeat(partial(beat, lease), "run") as heartbeat:
        Run.objects.update(lease_until=Now() + timedelta(milliseconds=300))
        assert heartbeat._ended.wait(1.2) is False

        assert not heartbeat.is_lost
        assert _take("worker-b") is None


def test_heartbeat_tells_its_worker_that_the_lease_is_lost(queued_run, settings):
    settings.RUN_LEASE_SECONDS = 1
    lease = _take()
    with Heartbeat(partial(beat, lease), "run") as heartbeat:
        Run.objects.update(fence=99)

        assert heartbeat._ended.wait(3)
        assert heartbeat.is_lost


def test_events_are_numbered_without_gaps_across_leases(queued_run):
    first = _take()
    add_event(first, stage="a", message="one")
    release(first)
    second = _take("worker-b")
    add_event(second, stage="a", message="two", progress={"step": 1, "steps": 2, "metric": 0.5})

    assert list(RunEvent.objects.values_list("sequence", "message")) == [(1, "one"), (2, "two")]
