"""When beat is due, where people and time servers set the clock."""

from datetime import datetime
from time import monotonic
from typing import Any

from celery.beat import PersistentScheduler, ScheduleEntry
from celery.schedules import schedstate, schedule


class Every(schedule):
    """Every so many seconds; a last time that lies in the future is due, since the clock was set back.

    Celery's own would wait until the clock has caught up with it.
    """

    def is_due(self, last_run_at: datetime) -> schedstate:
        if self.maybe_make_aware(last_run_at) > self.maybe_make_aware(self.now()):
            return schedstate(is_due=True, next=self.seconds)
        return super().is_due(last_run_at)


class SteadyScheduler(PersistentScheduler):
    """Waits by a clock that nobody sets; Celery's own asks no schedule before the other has caught up."""

    def _when(self, entry: ScheduleEntry, next_time_to_run: float, *_: Any) -> float:
        return monotonic() + (self.adjust(next_time_to_run) or 0)
