"""Beat goes on where the clock is set back: else no row would be looked at until it has caught up."""

from datetime import timedelta
from unittest.mock import Mock

import pytest
from celery.beat import ScheduleEntry, Scheduler

from config.celery import app

JUMP = timedelta(minutes=10)


@pytest.fixture
def sent() -> list[str]:
    return []


@pytest.fixture
def beat(sent: list[str], monkeypatch: pytest.MonkeyPatch) -> Scheduler:
    """A scheduler that has just run everything, and notes what it sends."""

    def note(entry: ScheduleEntry, **_: object) -> Mock:
        sent.append(entry.task)
        return Mock(id="sent")

    scheduler = Scheduler(app=app, lazy=True)
    scheduler.setup_schedule()
    monkeypatch.setattr(scheduler, "apply_async", note)
    for entry in scheduler.schedule.values():
        entry.last_run_at = app.now()
    return scheduler


@pytest.mark.fault("F26")
def test_clock_that_is_set_back_makes_every_task_due_at_once_and_then_in_its_time(beat, sent) -> None:
    ours = [name for name, entry in beat.schedule.items() if entry.task.startswith(("qjobs", "marketplace"))]
    for name in ours:
        beat.schedule[name].last_run_at += JUMP

    for _ in range(3 * len(ours)):
        beat.tick()

    assert sorted(sent) == sorted(beat.schedule[name].task for name in ours)


def test_task_that_ran_a_moment_ago_waits_its_time(beat, sent) -> None:
    assert 0 < beat.tick() <= 5
    assert sent == []
