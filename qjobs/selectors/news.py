"""What has happened to a job since a place in its history: the worker's steps and the chain's events."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q

from governance.selectors.clock import chain_time
from qjobs.models import Job, JobMilestone, Run, RunEvent
from qjobs.rules.run_states import OPEN_STATES
from qjobs.selectors.jobs import JobView
from qjobs.selectors.standing import standing_of

MAX_EVENTS = 500
_PLACE = re.compile(r"(\d{1,9})-(\d{1,15})\.(\d{1,9})", re.ASCII)


@dataclass(frozen=True, order=True)
class Place:
    """How far a reader has read: to which step of the run, to which event of the chain."""

    step: int = 0
    block: int = 0
    log_index: int = 0

    def __str__(self) -> str:
        return f"{self.step}-{self.block}.{self.log_index}"


@dataclass(frozen=True)
class Mark:
    """Small facts that change whenever there is news of a job."""

    state: int
    run_state: str
    steps: int
    milestones: tuple[str, ...]
    is_window_over: bool

    @property
    def has_ended(self) -> bool:
        """Whether no more news can come."""
        is_over = self.state in {Job.State.SETTLED, Job.State.CANCELLED, Job.State.EXPIRED}
        return is_over and self.run_state not in OPEN_STATES


@dataclass(frozen=True)
class Sight:
    """A job as a look at the rows saw it; `mark` is None where its row is gone."""

    mark: Mark | None
    standing: str


@dataclass(frozen=True)
class News:
    """Steps and events in their order, the place after them, and whether to ask again at once."""

    steps: tuple[RunEvent, ...]
    milestones: tuple[JobMilestone, ...]
    place: Place
    has_more: bool


def read_place(text: str) -> Place:
    """The place that a reader names; words that this site never wrote mean the beginning."""
    found = _PLACE.fullmatch(text)
    return Place(*(int(number) for number in found.groups())) if found else Place()


def place_of(view: JobView) -> Place:
    """Where a reader stands who has been shown this."""
    step = 0 if view.run is None else view.run.events
    newest = view.history[-1] if view.history else None
    return Place(step) if newest is None else Place(step, newest.block, newest.log_index)


def marks_of(job_ids: Iterable[int]) -> dict[int, Mark]:
    """The marks of these jobs in four queries, however many they are; a job without a row has none."""
    wanted = list(job_ids)
    now = chain_time()
    runs = {run.job_id: run for run in Run.objects.filter(job_id__in=wanted, task=0)}
    milestones: dict[int, list[str]] = {}
    for job_id, key in JobMilestone.objects.filter(job_id__in=wanted).values_list("job_id", "milestone_id"):
        milestones.setdefault(job_id, []).append(key)
    return {
        job.job_id: Mark(
            state=job.state,
            run_state=runs[job.job_id].state if job.job_id in runs else "",
            steps=runs[job.job_id].events if job.job_id in runs else 0,
            milestones=tuple(milestones.get(job.job_id, ())),
            is_window_over=job.window_ends_at is not None and job.window_ends_at <= now,
        )
        for job in Job.objects.filter(pk__in=wanted)
    }


def sights_of(job_ids: Iterable[int], seen: Mapping[int, Sight]) -> dict[int, Sight]:
    """Those of these jobs that are not as they were seen, with their standing in words."""
    wanted = list(job_ids)
    marks = marks_of(wanted)
    changed = [number for number in wanted if number not in seen or seen[number].mark != marks.get(number)]
    jobs = Job.objects.in_bulk(changed)
    return {
        number: Sight(marks.get(number), standing_of(jobs[number]) if number in jobs else "")
        for number in changed
    }


def news_after(job_id: int, place: Place) -> News:
    """What stands after the place, at most 500 of each kind.

    A step that was never made and an event that a reorganisation took away mean the beginning of their kind.
    """
    run = Run.objects.filter(job_id=job_id, task=0).first()
    newest = 0 if run is None else run.events
    here = JobMilestone.objects.filter(job_id=job_id, block=place.block, log_index=place.log_index)
    start = Place(
        place.step if place.step <= newest else 0,
        *((place.block, place.log_index) if here.exists() else (0, 0)),
    )
    steps = tuple(
        RunEvent.objects.filter(run=run, sequence__gt=start.step, sequence__lte=newest).order_by("sequence")[
            :MAX_EVENTS
        ]
    )
    later = Q(block__gt=start.block) | Q(block=start.block, log_index__gt=start.log_index)
    milestones = tuple(JobMilestone.objects.filter(later, job_id=job_id)[:MAX_EVENTS])
    last = milestones[-1] if milestones else None
    return News(
        steps=steps,
        milestones=milestones,
        place=Place(
            step=steps[-1].sequence if steps else start.step,
            block=last.block if last else start.block,
            log_index=last.log_index if last else start.log_index,
        ),
        has_more=MAX_EVENTS in {len(steps), len(milestones)},
    )
