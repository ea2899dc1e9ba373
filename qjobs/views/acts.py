"""What the signed-in wallet may do with a job now, as far as the rows know; the chain has the last word."""

from dataclasses import dataclass

from django.http import HttpRequest

from accounts.selectors import wallet_of
from governance.rules.states import ProposalState
from governance.selectors.members import MemberView, view_member
from marketplace.models import Dataset
from qjobs.models import Job
from qjobs.selectors.jobs import JobView
from qjobs.selectors.possible import can_cancel, can_expire, can_propose, can_settle

BEFORE_CLAIM = frozenset({Job.State.REQUESTED, Job.State.APPROVED})
UNDECIDED = frozenset(
    {ProposalState.PENDING, ProposalState.ACTIVE, ProposalState.SUCCEEDED, ProposalState.QUEUED}
)


@dataclass(frozen=True)
class JobActs:
    """The acts that the page offers; `member` is None for a visitor."""

    member: MemberView | None
    propose: bool
    cancel: bool
    settle: bool
    expire: bool
    consents: tuple[int, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.propose or self.cancel or self.settle or self.expire or self.consents)

    @property
    def must_delegate(self) -> bool:
        """Whether the member's votes must be delegated before it can propose."""
        member = self.member
        return member is not None and member.balance > 0 and member.delegate is None


def acts_on(request: HttpRequest, view: JobView) -> JobActs:
    """What could be done with the job by who looks at it; a visitor is shown what anyone may do."""
    wallet, job = wallet_of(request.user), view.job
    is_open_to_vote = any(proposal.state in UNDECIDED for proposal in view.proposals)
    return JobActs(
        member=view_member(wallet) if wallet else None,
        propose=can_propose(job) and not is_open_to_vote,
        cancel=wallet == job.requester and can_cancel(job),
        settle=can_settle(job),
        expire=can_expire(job),
        consents=_missing_consents(view, wallet),
    )


def _missing_consents(view: JobView, wallet: str | None) -> tuple[int, ...]:
    """The datasets of this job that wait for this owner's word."""
    if wallet is None or view.job.state not in BEFORE_CLAIM:
        return ()
    waiting = [use.row.dataset_id for use in view.datasets if not use.has_consent]
    return tuple(Dataset.objects.filter(pk__in=waiting, owner=wallet).values_list("token_id", flat=True))
