"""What could be done with a job now, as far as the rows know; the chain has the last word."""

from governance.selectors.clock import chain_time
from qjobs.models import Job, JobTask


def can_propose(job: Job) -> bool:
    """Whether members may still approve it."""
    return job.state == Job.State.REQUESTED and chain_time() <= job.approve_by


def can_cancel(job: Job) -> bool:
    """Whether its requester could take it back: no claim runs and there is no result."""
    if job.state in {Job.State.REQUESTED, Job.State.APPROVED}:
        return True
    return job.state == Job.State.RUNNING and not _has_result(job) and not _has_live_claim(job)


def can_settle(job: Job) -> bool:
    """Whether the challenge window is over."""
    return (
        job.state == Job.State.WINDOW
        and job.window_ends_at is not None
        and chain_time() >= job.window_ends_at
    )


def can_expire(job: Job) -> bool:
    """Whether a deadline was missed, as far as the rows know."""
    now = chain_time()
    if job.state == Job.State.REQUESTED:
        return now > job.approve_by
    if job.state == Job.State.APPROVED:
        return now > job.claim_by
    if job.state != Job.State.RUNNING or _has_live_claim(job):
        return False
    claimed = JobTask.objects.filter(job_id=job.job_id).count()
    return now > job.claim_by or (_has_result(job) and claimed == job.tasks)


def _has_live_claim(job: Job) -> bool:
    now = chain_time()
    return JobTask.objects.filter(job_id=job.job_id, posted_block=None, run_by__gte=now).exists()


def _has_result(job: Job) -> bool:
    return JobTask.objects.filter(job_id=job.job_id).exclude(posted_block=None).exists()
