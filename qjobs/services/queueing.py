"""Makes, pauses and resumes the rows of this deployment's own work; computing is the worker's affair."""

import structlog
from django.db.models import F

from common.errors import Conflict
from qjobs.models import Job, JobTask, Run, SpecDocument
from qjobs.rules.run_states import BEFORE_RESULT_STATES, OPEN_STATES, RESUMABLE_STATES, RunState

log = structlog.get_logger()
UNAPPROVED = (
    "A reorganisation beyond the confirmation depth took the approval back. An operator must look at it."
)


def queue_approved_jobs(*, deep_block: int) -> int:
    """Makes a run for each open task of each job whose approval is at or below this block; gives how many.

    May be repeated: a task has one run for ever.
    """
    approved = Job.objects.filter(
        state__in=[Job.State.APPROVED, Job.State.RUNNING], approved_block__lte=deep_block
    )
    jobs = list(approved.only("job_id", "tasks", "approved_digest", "approved_block"))
    numbers = [job.job_id for job in jobs]
    known = set(Run.objects.filter(job_id__in=numbers).values_list("job_id", "task"))
    posted = JobTask.objects.filter(job_id__in=numbers).exclude(posted_block=None)
    known.update(posted.values_list("job_id", "task"))
    runs = [
        Run(job_id=job.job_id, task=task, approved_digest=digest, approved_block=block)
        for job in jobs
        if (digest := job.approved_digest) is not None and (block := job.approved_block) is not None
        for task in range(job.tasks)
        if (job.job_id, task) not in known
    ]
    Run.objects.bulk_create(runs, ignore_conflicts=True)
    return len(runs)


def pause_undone_runs(*, fork_block: int) -> int:
    """Pauses runs whose approval lay above a fork below the confirmation depth; gives how many.

    A run is made only of a final approval, so this happens only where finality itself was undone. Whoever
    works on such a run loses its lease; only a person resumes it.
    """
    undone = Run.objects.filter(state__in=BEFORE_RESULT_STATES, approved_block__gt=fork_block)
    paused = list(undone.values_list("job_id", "task"))
    undone.update(
        state=RunState.PAUSED, reason=UNAPPROVED, fence=F("fence") + 1, lease_owner="", lease_until=None
    )
    for job_id, task in paused:
        log.error("run_paused_approval_undone", job_id=job_id, task=task, fork_block=fork_block)
    return len(paused)


def resume_run(run_id: int) -> None:
    """Puts a paused or failed run back into the queue, where every check of the chain is made anew.

    Raises Conflict where the run is neither.
    """
    resumed = Run.objects.filter(pk=run_id, state__in=RESUMABLE_STATES).update(
        state=RunState.QUEUED,
        reason="",
        claims=F("claims") + 1,
        lost_attempts=0,
        retries=0,
        not_before=None,
        fence=F("fence") + 1,
        lease_owner="",
        lease_until=None,
    )
    if not resumed:
        raise Conflict("Only a paused or failed run can be resumed.")


def redraw_preview(digest: str) -> None:
    """Lets the preview worker try a spec's picture again. Raises Conflict where it has not failed."""
    failed = SpecDocument.objects.filter(pk=digest, preview_state=SpecDocument.Preview.FAILED)
    if not failed.update(preview_state=SpecDocument.Preview.WAITING, preview_problem=""):
        raise Conflict("Only a preview that failed can be drawn again.")


def has_open_runs() -> bool:
    """Whether this deployment's executor has anything to do or to wait for."""
    return Run.objects.filter(state__in=OPEN_STATES).exists()
