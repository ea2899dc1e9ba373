"""Words and colours of a job's states and of its history."""

from chain.deployments import address_of
from governance.views.cards import Moment
from governance.views.words import StateInWords
from qjobs.models import Job, JobMilestone

State = Job.State
STATES: dict[int, StateInWords] = {
    State.REQUESTED: StateInWords(
        "Requested", "wait", "Paid for and waiting: for a vote, and for the owners' consent."
    ),
    State.APPROVED: StateInWords("Approved", "live", "The vote passed. An executor may claim it."),
    State.RUNNING: StateInWords("Running", "live", "An executor has claimed it and computes."),
    State.WINDOW: StateInWords("In its window", "live", "The result is posted and may still be challenged."),
    State.SETTLED: StateInWords(
        "Settled", "good", "The result stands, the model is minted, everybody is credited."
    ),
    State.CANCELLED: StateInWords("Cancelled", "", "Taken back by the requester; the escrow returned."),
    State.EXPIRED: StateInWords(
        "Expired", "bad", "A deadline passed, or verifiers found the result wrong; the escrow returned."
    ),
    State.DISPUTED: StateInWords("Disputed", "bad", "The result is challenged; verifiers compute it again."),
}
FILTERS: tuple[tuple[str, str, int | None], ...] = (
    ("", "All", None),
    ("requested", "Waiting for a vote", State.REQUESTED),
    ("approved", "Approved", State.APPROVED),
    ("running", "Running", State.RUNNING),
    ("window", "In their window", State.WINDOW),
    ("disputed", "Disputed", State.DISPUTED),
    ("settled", "Settled", State.SETTLED),
)
LIVE_STATES = frozenset({State.APPROVED, State.RUNNING, State.WINDOW, State.DISPUTED})
MONEY_NOTES: dict[int, str] = {
    State.SETTLED: "Credited when the job settled; each account withdraws its own.",
    State.CANCELLED: "The escrow went back to the requester.",
    State.EXPIRED: "The escrow went back to the requester.",
}
HELD_NOTE = "JobBoard holds it until the job settles. The part of a task without a result goes back."
_EVENTS = {
    "JobRequested": "Requested",
    "ConsentGiven": "Consent given",
    "ConsentWithdrawn": "Consent withdrawn",
    "JobApproved": "Approved by the vote",
    "TaskClaimed": "Claimed by an executor",
    "TaskExtended": "Time extended",
    "ResultPosted": "Result posted",
    "WindowOpened": "Challenge window opened",
    "JobDisputed": "Result challenged",
    "JobSettled": "Settled",
    "JobCancelled": "Cancelled",
    "JobExpired": "Expired",
}
_FAILURES = frozenset({"ConsentWithdrawn", "JobCancelled", "JobDisputed", "JobExpired"})


def payee_words(job: Job, executors: frozenset[str], account: str) -> str:
    """Who it is that a job paid."""
    if account in executors:
        return "Executor"
    if account == job.requester:
        return "Requester"
    return "Treasury" if account == address_of("Timelock") else "Data owner"


def moments_of(job: Job, history: tuple[JobMilestone, ...]) -> list[Moment]:
    """The job's history, then the next deadline that counts."""
    return [_past(milestone) for milestone in history] + _ahead(job)


def _past(milestone: JobMilestone) -> Moment:
    dataset = milestone.args.get("dataset_id")
    return Moment(
        title=_EVENTS.get(milestone.event, milestone.event),
        text=f"for dataset {dataset}" if dataset else "",
        at=milestone.at,
        is_past=True,
        is_failure=milestone.event in _FAILURES,
        block=milestone.block,
        tx_hash=milestone.tx_hash,
    )


def _ahead(job: Job) -> list[Moment]:
    if job.state == State.REQUESTED:
        return [Moment(title="To be approved by", at=int(job.approve_by), is_past=False)]
    if job.state == State.APPROVED:
        return [Moment(title="To be claimed by", at=int(job.claim_by), is_past=False)]
    if job.state == State.WINDOW and job.window_ends_at is not None:
        return [Moment(title="Window ends", at=int(job.window_ends_at), is_past=False)]
    return []
