"""Prepares what people do in a dispute; their wallets sign and send it."""

from chain.bindings import dispute_book
from chain.prepared import PreparedTransaction, prepare
from common.errors import InvalidInput
from common.moments import duration_text
from marketplace.store import content_store
from qjobs.errors import WrongJobState
from qjobs.selectors.disputes import challengeable_tasks, open_dispute
from qjobs.selectors.jobs import find_job
from qjobs.services.approvals import Approved, exact_approval, stake_terms

MAX_REASON = 4000


def prepare_challenge(*, job_id: int, task: int, reason: str, sender: str) -> Approved:
    """The challenge of a task's result with its bond; the reason is kept as a block that its digest names.

    Raises WrongJobState where no window is open for it, Conflict where the wallet lacks the bond.
    """
    job = find_job(job_id)
    if task not in challengeable_tasks(job):
        raise WrongJobState(
            f"Task {task} of job {job_id} has no result that can be challenged now: there is none, its "
            "window is over, or it was challenged before."
        )
    text = reason.strip()
    if not 1 <= len(text) <= MAX_REASON:
        raise InvalidInput(f"Say why, in at most {MAX_REASON} characters.", field="reason")
    terms = stake_terms()
    approval = exact_approval(terms.token, owner=sender, spender="DisputeBook", units=terms.bond)
    cid = content_store().add_block(text.encode())
    transaction = prepare(
        "DisputeBook",
        dispute_book.CHALLENGE,
        summary=f"Challenge the result of job {job_id}",
        details=[
            ("Job", job_id),
            ("Task", task),
            terms.token.detail("Bond", terms.bond),
            ("Verifiers have", duration_text(terms.attest_seconds)),
            ("If they find it wrong", "you get the bond back and half of what the executor's stake loses"),
            ("If they find it right", "the bond goes to the executor"),
            ("Reason", text[:200]),
        ],
        job_id=job_id,
        task=task,
        reason_digest=cid.digest_hex,
    )
    return Approved(approval, transaction)


def prepare_close(*, job_id: int) -> PreparedTransaction:
    """The end of a dispute whose time to attest is over; anyone may send it."""
    find_job(job_id)
    view = open_dispute(job_id)
    if view is None or not view.can_close:
        raise WrongJobState(f"No dispute of job {job_id} can be closed now.")
    return prepare(
        "DisputeBook",
        dispute_book.CLOSE,
        summary=f"Close the dispute of job {job_id}",
        details=[("Say it holds", view.saying_right), ("Say it is wrong", view.saying_wrong)],
        job_id=job_id,
    )
