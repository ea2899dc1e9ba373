"""What our own executor's run has told so far; a reader resumes after the last sequence number it saw."""

from dataclasses import dataclass

from qjobs.models import Run, RunEvent
from qjobs.rules.curves import Curve, curves_of
from qjobs.rules.run_states import OPEN_STATES

MAX_EVENTS = 500
MAX_FIGURES = 500


@dataclass(frozen=True)
class Progress:
    """Events after a sequence number; `has_ended` where no more will come."""

    events: tuple[RunEvent, ...]
    last: int
    has_ended: bool


def progress_after(job_id: int, sequence: int) -> Progress:
    """At most 500 events of task 0's run, in order; ask again with `last` for more."""
    run = Run.objects.filter(job_id=job_id, task=0).first()
    if run is None:
        return Progress((), sequence, False)
    events = tuple(RunEvent.objects.filter(run=run, sequence__gt=sequence).order_by("sequence")[:MAX_EVENTS])
    last = events[-1].sequence if events else sequence
    return Progress(events, last, run.state not in OPEN_STATES and last >= run.events)


def measured_curves(run: Run | None) -> list[Curve]:
    """The curves of the newest 500 steps that measured something."""
    measured = RunEvent.objects.filter(run=run, metric__isnull=False).order_by("-sequence")[:MAX_FIGURES]
    newest_first = measured.values_list("stage", "message", "step", "metric")
    return curves_of(reversed(list(newest_first)))


def newest_message(run: Run | None) -> str:
    """The newest event's words, or nothing."""
    if run is None:
        return ""
    newest = RunEvent.objects.filter(run=run).order_by("-sequence").first()
    return "" if newest is None else newest.message
