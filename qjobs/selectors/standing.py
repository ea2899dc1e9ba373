"""What a job waits for, in one line, from its rows and the chain's time."""

from collections.abc import Sequence
from datetime import UTC, datetime

from governance.selectors.clock import chain_time
from governance.selectors.proposals import ProposalView, view_proposals
from qjobs.models import Job, JobTask, Run
from qjobs.rules.run_states import RunState
from qjobs.rules.sub_states import Standing, sub_state
from qjobs.selectors.jobs import JobView, approval_proposals
from qjobs.selectors.progress import newest_message


def job_sub_state(view: JobView) -> str:
    """The chain's word first, then our executor's."""
    return _sub_state(view.job, view.run, view.proposals, view.tasks[0] if view.tasks else None)


def standing_of(job: Job) -> str:
    """The same from its row alone; empty where the job is over."""
    if job.is_over:
        return ""
    run = Run.objects.filter(job_id=job.job_id, task=0).first()
    task = JobTask.objects.filter(job_id=job.job_id).first()
    return _sub_state(job, run, view_proposals(approval_proposals(job)), task)


def _sub_state(job: Job, run: Run | None, proposals: Sequence[ProposalView], task: JobTask | None) -> str:
    ends_at = None if job.window_ends_at is None else int(job.window_ends_at)
    return sub_state(
        Standing(
            job_state=job.get_state_display(),
            proposal_states=tuple(one.state.value for one in proposals),
            run_state=None if run is None else RunState(run.state),
            run_reason="" if run is None else run.reason,
            newest_message=newest_message(run),
            executor=None if task is None else task.executor,
            window_ends_at=None
            if ends_at is None
            else f"{datetime.fromtimestamp(ends_at, UTC):%H:%M:%S} UTC",
            is_window_over=ends_at is not None and ends_at <= chain_time(),
        )
    )
