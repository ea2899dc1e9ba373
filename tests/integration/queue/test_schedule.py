"""Beat goes on where the clock is set back: else no row would be looked at until it has caught up."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from unittest.mock import Mock

import pytest
from celery.beat import ScheduleEntry, Scheduler
from kombu.utils.imports import symbol_by_name

from config import schedules
from config.celery import app

JUMP = timedelta(hours=1)
LOOK = "qjobs.look_for_work"


@pytest.fixture
def sent() -> list[str]:
    return []


@pytest.fixture
def beat(sent: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Scheduler:
    """The site's scheduler, which has just run everything, and notes what it sends."""

    def note(entry: ScheduleEntry, **_: object) -> Mock:
        sent.append(entry.task)
        return Mock(id="sent")

    app.set_default()
    made = symbol_by_name(app.conf.beat_scheduler)
    scheduler = made(app=app, lazy=True, schedule_filename=str(tmp_path / "beat"))
    scheduler.setup_schedule()
    monkeypatch.setattr(scheduler, "apply_async", note)
    for entry in scheduler.schedule.values():
        entry.last_run_at = app.now()
    return scheduler


@pytest.fixture
def set_clocks(monkeypatch: pytest.MonkeyPatch) -> Callable[[float, timedelta], None]:
    """Puts the clock that nobody sets some seconds on, and the other these and a jump."""
    steady_start, start = schedules.monotonic(), app.now()

    def move(seconds: float, jump: timedelta) -> None:
        monkeypatch.setattr(schedules, "monotonic", lambda: steady_start + seconds)
        monkeypatch.setattr(app, "now", lambda: start + timedelta(seconds=seconds) + jump)

    return move


@pytest.mark.fault("F26")
def test_clock_that_is_set_back_while_beat_is_stopped_makes_every_task_due_at_once_and_then_in_its_time(
    beat, sent
) -> None:
    ours = [name for name, entry in beat.schedule.items() if entry.task.startswith(("qjobs", "marketplace"))]
    for name in ours:
        beat.schedule[name].last_run_at += JUMP

    for _ in range(3 * len(ours)):
        beat.tick()

    assert sorted(sent) == sorted(beat.schedule[name].task for name in ours)


@pytest.mark.fault("F26")
@pytest.mark.parametrize("jump", [-JUMP, JUMP], ids=["back", "forward"])
def test_clock_that_is_set_while_beat_runs_changes_nothing_in_its_pace(beat, sent, set_clocks, jump) -> None:
    set_clocks(0, timedelta())
    assert beat.tick() > 0

    for tens in range(1, 7):
        set_clocks(10 * tens, jump)
        while beat.tick() == 0:
            continue

    assert sent.count(LOOK) == 6


def test_task_that_ran_a_moment_ago_waits_its_time(beat, sent) -> None:
    assert 0 < beat.tick() <= 5
    assert sent == []
