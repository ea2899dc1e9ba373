"""Which runs a worker could move now; cheap enough to ask every few seconds, safe to ask twice."""

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from chain.models import OutboxEntry
from governance.selectors.clock import chain_time
from qjobs.models import Dispute, Job, JobTask, Run, SpecDocument, Tile
from qjobs.rules.run_states import OPEN_STATES, Outlook, RunState, has_something_to_do
from qjobs.selectors.transaction_keys import dispute_key, settlement_key, transaction_key

_TRANSACTION_OF = {RunState.CLAIMING: "claim", RunState.POSTING: "result"}
RUNS_A_LOOK = 100
PREVIEWS_A_LOOK = 20
TILES_A_LOOK = 16


def runs_to_push() -> list[tuple[int, int]]:
    """(job, task) of runs that are free, due, and have something to do; those that began come first.

    At most RUNS_A_LOOK of each kind, so that thousands that wait are not thousands of nudges a look.
    """
    now = chain_time()
    free = _free_runs()
    begun = free.exclude(Exists(_open_windows(now)), state=RunState.POSTED).exclude(state=RunState.QUEUED)
    # Whoever takes a run up beats for it: none is passed over again and again.
    able = _able_to_move(list(begun.order_by("heartbeat_at", "id")), now)[:RUNS_A_LOOK]
    new = free.filter(state=RunState.QUEUED).order_by("id")[:RUNS_A_LOOK]
    return [*able, *new.values_list("job_id", "task")]


def _able_to_move(runs: list[Run], now: int) -> list[tuple[int, int]]:
    numbers = {run.job_id for run in runs}
    jobs = {job.job_id: job for job in Job.objects.filter(job_id__in=numbers)}
    tasks = {(row.job_id, row.task): row for row in JobTask.objects.filter(job_id__in=numbers)}
    states = _transaction_states(runs, jobs)
    return [
        (run.job_id, run.task)
        for run in runs
        if has_something_to_do(
            _outlook(run, jobs.get(run.job_id), tasks.get((run.job_id, run.task)), states, now)
        )
    ]


def tiles_to_push() -> list[tuple[int, int, int]]:
    """(job, task, number) of tiles that nobody works on, the first ones of the oldest runs."""
    waiting = Tile.objects.filter(
        Q(lease_until=None) | Q(lease_until__lt=Now()),
        Q(not_before=None) | Q(not_before__lte=Now()),
        state=Tile.State.WAITING,
        run__state=RunState.TILING,
    ).order_by("run_id", "number")
    return list(waiting.values_list("run__job_id", "run__task", "number")[:TILES_A_LOOK])


def previews_to_draw() -> list[str]:
    """Digests of specs that still wait for their preview."""
    waiting = SpecDocument.objects.filter(preview_state=SpecDocument.Preview.WAITING)
    return list(waiting.order_by("created_at").values_list("digest", flat=True)[:PREVIEWS_A_LOOK])


def disputes_to_look_at() -> list[str]:
    """Open disputes, where this installation has verifiers or the result is its own, until it said its word.

    Once overdue they are looked at until the closing is in the outbox.
    """
    opened = Dispute.objects.filter(state=Dispute.State.OPEN)
    if not settings.VERIFIER_KEY_NAMES:
        opened = opened.filter(job_id__in=Run.objects.values("job_id"))
    now = chain_time()
    last_words = {row.dispute_id: _last_word(row, now) for row in opened}
    said = set(OutboxEntry.objects.filter(key__in=last_words.values()).values_list("key", flat=True))
    return [dispute_id for dispute_id, key in last_words.items() if key not in said]


def _last_word(dispute: Dispute, now: int) -> str:
    """The key of the transaction after which nothing is left to do for now."""
    verifiers = settings.VERIFIER_KEY_NAMES
    if dispute.attest_by < now or not verifiers:
        return dispute_key("close", dispute, next(iter(verifiers), settings.EXECUTOR_KEY_NAME))
    return dispute_key("attest", dispute, verifiers[-1])


def _free_runs() -> QuerySet[Run]:
    return Run.objects.filter(
        Q(lease_until=None) | Q(lease_until__lt=Now()),
        Q(not_before=None) | Q(not_before__lte=Now()),
        state__in=OPEN_STATES,
    )


def _open_windows(now: int) -> QuerySet[Job]:
    """The job of a run, while its result may still be challenged."""
    return Job.objects.filter(job_id=OuterRef("job_id"), state=Job.State.WINDOW, window_ends_at__gt=now)


def _transaction_states(runs: list[Run], jobs: dict[int, Job]) -> dict[str, str]:
    """How far the transactions are that these runs wait for, by their keys."""
    keys = [_key_of(run, jobs.get(run.job_id)) for run in runs]
    sent = OutboxEntry.objects.filter(key__in=[key for key in keys if key is not None])
    return dict(sent.values_list("key", "state"))


def _key_of(run: Run, job: Job | None) -> str | None:
    state = RunState(run.state)
    if state == RunState.SETTLING:
        return None if job is None else settlement_key(job)
    kind = _TRANSACTION_OF.get(state)
    return None if kind is None else transaction_key(kind, run)


def _outlook(run: Run, job: Job | None, task: JobTask | None, states: dict[str, str], now: int) -> Outlook:
    ends_at = None if job is None else job.window_ends_at
    is_disputed = job is not None and job.state == Job.State.DISPUTED
    key = _key_of(run, job)
    return Outlook(
        state=RunState(run.state),
        is_job_over=job is not None and job.is_over,
        is_task_claimed=task is not None,
        is_result_posted=task is not None and task.posted_block is not None,
        is_window_over=ends_at is not None and now >= ends_at and not is_disputed,
        transaction_failed=states.get(key or "") == OutboxEntry.State.FAILED and not is_disputed,
        is_settlement_unsent=key is not None and key not in states,
    )
