"""What a job's page shows of its disputes, and who may challenge its result now."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from accounts.selectors import wallet_of
from governance.selectors.clock import chain_time
from governance.views.words import StateInWords
from qjobs.models import Dispute, Job
from qjobs.selectors.dispute_terms import DisputeTerms, dispute_terms
from qjobs.selectors.disputes import (
    DisputeView,
    challengeable_tasks,
    disputes_of,
    tries_without_files,
)
from storage.cid import Cid

State = Dispute.State
STATES: dict[int, StateInWords] = {
    State.OPEN: StateInWords("Open", "wait", "Verifiers compute the result again and say what they find."),
    State.LOST: StateInWords(
        "Found wrong",
        "bad",
        "The escrow went back to the requester; the challenger got the bond and half of what the stake lost.",
    ),
    State.REJECTED: StateInWords(
        "Found right", "good", "The result stands, and the bond went to the executor."
    ),
    State.TIED: StateInWords(
        "Undecided",
        "",
        "Too few verifiers came, or as many said so as not: the result stands, the bond went back.",
    ),
}


@dataclass(frozen=True)
class DisputeCard:
    """A dispute in words, with the addresses of its documents.

    `withheld_tries`: how often verifiers here looked for the posted files in vain, while it is open.
    """

    view: DisputeView
    state: StateInWords
    withheld_tries: int
    reason_cid: str
    reports: tuple[tuple[Any, str], ...]


@dataclass(frozen=True)
class ChallengeOffer:
    """A challenge that could be made now: of which tasks, for which bond."""

    tasks: tuple[int, ...]
    terms: DisputeTerms
    ends_at: int


def dispute_context(request: HttpRequest, job: Job) -> dict[str, Any]:
    """For `qjobs/disputes.html`."""
    return {
        "disputes": [_card(view) for view in disputes_of(job.job_id)],
        "challenge": _offer(job),
        "chain_now": chain_time(),
        "is_signed_in": wallet_of(request.user) is not None,
    }


def _card(view: DisputeView) -> DisputeCard:
    return DisputeCard(
        view=view,
        state=STATES[view.dispute.state],
        withheld_tries=tries_without_files(view.dispute),
        reason_cid=str(Cid.from_digest(view.dispute.reason_digest)),
        reports=tuple((one, str(Cid.from_digest(one.report_digest))) for one in view.attestations),
    )


def _offer(job: Job) -> ChallengeOffer | None:
    tasks, terms = challengeable_tasks(job), dispute_terms()
    if not tasks or terms is None or job.window_ends_at is None:
        return None
    return ChallengeOffer(tuple(tasks), terms, int(job.window_ends_at))
