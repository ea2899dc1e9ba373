"""Executors and verifiers with their record, from rows alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from qjobs.models import Attestation, Dispute, Executor, ExecutorKey, Job, JobTask

_ENDED = (Job.State.SETTLED, Job.State.CANCELLED, Job.State.EXPIRED)


@dataclass(frozen=True)
class ExecutorRecord:
    """What an executor did. `keys` are all that it ever had, the newest first."""

    executor: Executor
    keys: tuple[ExecutorKey, ...]
    claimed: int
    posted: int
    challenged: int
    lost: int
    attested: int

    @property
    def key(self) -> ExecutorKey | None:
        return next(iter(self.keys), None)


def all_executors() -> QuerySet[Executor]:
    """Everybody who was ever admitted or put up a stake, the newest first."""
    return Executor.objects.all()


def open_tasks_of(executor: str) -> int:
    """Tasks of jobs that have not ended, which this executor claimed last; with any, its stake stays."""
    open_jobs = Job.objects.exclude(state__in=_ENDED).values("job_id")
    return JobTask.objects.filter(executor=executor, job_id__in=open_jobs).count()


def records_of(rows: Sequence[Executor]) -> list[ExecutorRecord]:
    """These executors with their records, in four questions to the database."""
    addresses = [row.address for row in rows]
    keys: dict[str, list[ExecutorKey]] = {address: [] for address in addresses}
    for key in ExecutorKey.objects.filter(executor__in=addresses):
        keys[key.executor].append(key)
    tasks = _counts(JobTask.objects.filter(executor__in=addresses), "executor", posted=~Q(posted_block=None))
    disputes = _counts(
        Dispute.objects.filter(executor__in=addresses), "executor", lost=Q(state=Dispute.State.LOST)
    )
    attested = _counts(Attestation.objects.filter(verifier__in=addresses), "verifier")
    return [
        ExecutorRecord(
            executor=row,
            keys=tuple(keys[row.address]),
            claimed=tasks.get(row.address, {}).get("all", 0),
            posted=tasks.get(row.address, {}).get("posted", 0),
            challenged=disputes.get(row.address, {}).get("all", 0),
            lost=disputes.get(row.address, {}).get("lost", 0),
            attested=attested.get(row.address, {}).get("all", 0),
        )
        for row in rows
    ]


def _counts(rows: QuerySet, by: str, **parts: Q) -> dict[str, dict[str, int]]:
    """How many rows each address has in all, and of each part."""
    counts = {name: Count("pk", filter=wanted) for name, wanted in parts.items()}
    found = rows.order_by().values(by).annotate(all=Count("pk"), **counts)
    return {row[by]: row for row in found}
