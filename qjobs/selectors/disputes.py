"""Disputes as people and verifiers need them, from rows alone."""

from dataclasses import dataclass

from django.db.models import QuerySet

from governance.selectors.clock import chain_time
from qjobs.models import Attestation, Dispute, Executor, Job, JobTask, Recheck


@dataclass(frozen=True)
class DisputeView:
    """A dispute, what was said in it, and whether its time to attest is over."""

    dispute: Dispute
    attestations: tuple[Attestation, ...]
    is_overdue: bool

    @property
    def saying_right(self) -> int:
        return sum(one.is_right for one in self.attestations)

    @property
    def saying_wrong(self) -> int:
        return len(self.attestations) - self.saying_right

    @property
    def can_close(self) -> bool:
        """Whether anyone may close it now."""
        return self.dispute.state == Dispute.State.OPEN and self.is_overdue


def all_disputes(*, job_id: int | None = None, state: int | None = None) -> QuerySet[Dispute]:
    """Disputes, the newest first."""
    rows = Dispute.objects.all()
    if job_id is not None:
        rows = rows.filter(job_id=job_id)
    return rows if state is None else rows.filter(state=state)


def view_disputes(rows: list[Dispute]) -> list[DisputeView]:
    """These disputes with all that was said in them, in two questions to the database."""
    now = chain_time()
    said: dict[str, list[Attestation]] = {row.dispute_id: [] for row in rows}
    for attestation in Attestation.objects.filter(dispute_id__in=said):
        said[attestation.dispute_id].append(attestation)
    return [DisputeView(row, tuple(said[row.dispute_id]), now > row.attest_by) for row in rows]


def disputes_of(job_id: int) -> list[DisputeView]:
    """A job's disputes, the newest first."""
    return view_disputes(list(all_disputes(job_id=job_id)))


def open_dispute(job_id: int) -> DisputeView | None:
    """The job's dispute that verifiers look at now."""
    return next((one for one in disputes_of(job_id) if one.dispute.state == Dispute.State.OPEN), None)


def lost_dispute(job_id: int) -> Dispute | None:
    """The dispute that ended the job, if one did."""
    return all_disputes(job_id=job_id, state=Dispute.State.LOST).first()


def challengeable_tasks(job: Job) -> list[int]:
    """The tasks whose results may be challenged now: posted, never challenged, and inside the window."""
    if job.state != Job.State.WINDOW or job.window_ends_at is None or chain_time() >= job.window_ends_at:
        return []
    posted = JobTask.objects.filter(job_id=job.job_id).exclude(posted_block=None)
    known = set(Dispute.objects.filter(job_id=job.job_id).values_list("task", flat=True))
    return [task for task in posted.values_list("task", flat=True) if task not in known]


def tries_without_files(dispute: Dispute) -> int:
    """How often this installation's verifiers found the posted files missing, while they still look."""
    if dispute.state != Dispute.State.OPEN:
        return 0
    recheck = Recheck.objects.filter(dispute_id=dispute.pk, opened_tx=dispute.opened_tx).first()
    return 0 if recheck is None or recheck.is_decided else recheck.withheld_tries


def verifiers() -> QuerySet[Executor]:
    """Who may attest."""
    return Executor.objects.filter(is_admitted=True, is_verifier=True)
