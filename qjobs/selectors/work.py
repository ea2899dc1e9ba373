"""Which runs a worker could move now; cheap enough to ask every few seconds, safe to ask twice."""

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from chain.models import OutboxEntry
from governance.selectors.clock import chain_time
from qjobs.models import Job, JobTask, Run, SpecDocument
from qjobs.rules.run_states import OPEN_STATES, Outlook, RunState, has_something_to_do
from qjobs.selectors.transaction_keys import transaction_key

_TRANSACTION_OF = {RunState.CLAIMING: "claim", RunState.POSTING: "result", RunState.SETTLING: "settle"}
PREVIEWS_A_LOOK = 20


def runs_to_push() -> list[tuple[int, int]]:
    """(job, task) of every run that is free, due, and has something to do."""
    runs = list(_free_runs())
    numbers = {run.job_id for run in runs}
    jobs = {job.job_id: job for job in Job.objects.filter(job_id__in=numbers)}
    tasks = {(row.job_id, row.task): row for row in JobTask.objects.filter(job_id__in=numbers)}
    failed = _failed_keys(runs)
    now = chain_time()
    return [
        (run.job_id, run.task)
        for run in runs
        if has_something_to_do(
            _outlook(run, jobs.get(run.job_id), tasks.get((run.job_id, run.task)), failed, now)
        )
    ]


def previews_to_draw() -> list[str]:
    """Digests of specs that still wait for their preview."""
    waiting = SpecDocument.objects.filter(preview_state=SpecDocument.Preview.WAITING)
    return list(waiting.order_by("created_at").values_list("digest", flat=True)[:PREVIEWS_A_LOOK])


def _free_runs() -> QuerySet[Run]:
    return Run.objects.filter(
        Q(lease_until=None) | Q(lease_until__lt=Now()),
        Q(not_before=None) | Q(not_before__lte=Now()),
        state__in=OPEN_STATES,
    ).order_by("id")


def _failed_keys(runs: list[Run]) -> set[str]:
    kinds = ((run, _TRANSACTION_OF.get(RunState(run.state))) for run in runs)
    keys = [transaction_key(kind, run) for run, kind in kinds if kind is not None]
    failed = OutboxEntry.objects.filter(key__in=keys, state=OutboxEntry.State.FAILED)
    return set(failed.values_list("key", flat=True))


def _outlook(run: Run, job: Job | None, task: JobTask | None, failed: set[str], now: int) -> Outlook:
    kind = _TRANSACTION_OF.get(RunState(run.state))
    ends_at = None if job is None else job.window_ends_at
    return Outlook(
        state=RunState(run.state),
        is_job_over=job is not None and job.is_over,
        is_task_claimed=task is not None,
        is_result_posted=task is not None and task.posted_block is not None,
        is_window_over=ends_at is not None and now >= ends_at,
        transaction_failed=kind is not None and transaction_key(kind, run) in failed,
    )
