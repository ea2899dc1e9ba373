"""What this site did for one job: runs, their newest events and files, what was sent to the chain."""

from dataclasses import dataclass

from chain.models import OutboxEntry
from qjobs.models import JobMilestone, Run, RunEvent, RunFile

EVENTS_SHOWN = 200
KINDS = ("claim", "result", "settle")


@dataclass(frozen=True)
class JobWork:
    """`events` are the newest of all runs, newest first."""

    milestones: tuple[JobMilestone, ...]
    runs: tuple[Run, ...]
    events: tuple[RunEvent, ...]
    files: tuple[RunFile, ...]
    transactions: tuple[OutboxEntry, ...]


def work_on(job_id: int) -> JobWork:
    """Everything that an operator asks about a job, in five questions to the database."""
    sent = OutboxEntry.objects.filter(kind__in=KINDS, payload__contains={"job_id": job_id})
    return JobWork(
        milestones=tuple(JobMilestone.objects.filter(job_id=job_id).order_by("block", "log_index")),
        runs=tuple(Run.objects.filter(job_id=job_id).order_by("task")),
        events=tuple(
            RunEvent.objects.filter(run__job_id=job_id).select_related("run").order_by("-id")[:EVENTS_SHOWN]
        ),
        files=tuple(
            RunFile.objects.filter(run__job_id=job_id).select_related("run").order_by("run__task", "name")
        ),
        transactions=tuple(sent.prefetch_related("transactions")),
    )
