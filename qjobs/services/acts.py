"""Prepares what people do with a job on chain; their wallets sign and send it."""

from typing import Any

from chain.abi import Function
from chain.bindings import job_board
from chain.prepared import Detail, PreparedTransaction, prepare
from common.errors import NotAllowed, NotFound
from governance.selectors.clock import chain_time
from governance.services.proposing import PreparedProposal, prepare_proposal
from marketplace.models import Dataset
from marketplace.tokens import token_at
from qjobs.errors import NothingToWithdraw, WrongJobState
from qjobs.models import Job, JobCredit, JobDataset
from qjobs.rules.spec_words import proposal_text
from qjobs.selectors.jobs import approval_call, find_job
from qjobs.selectors.possible import can_cancel, can_expire, can_settle
from qjobs.selectors.specs import read_pinned_spec

OVERDUE_NOT_YET = "The job is not overdue: nothing can be taken back yet."


def propose_approval(*, job_id: int, proposer: str, note: str) -> PreparedProposal:
    """The proposal that JobBoard approve exactly this job's spec; raises WrongJobState once it is decided."""
    job = find_job(job_id)
    if job.state != Job.State.REQUESTED:
        raise WrongJobState(f"Job {job_id} is {job.get_state_display()}; there is nothing to vote on.")
    if job.approve_by < chain_time():
        raise WrongJobState(f"The approve-by deadline of job {job_id} has passed.")
    text = proposal_text(
        job_id=job_id, spec_digest=job.spec_digest, spec=read_pinned_spec(job.spec_digest), note=note
    )
    return prepare_proposal(proposer=proposer, actions=[approval_call(job)], description=text)


def prepare_consent(*, job_id: int, dataset_id: int, sender: str) -> PreparedTransaction:
    """The dataset owner's consent to one job, needed before the claim."""
    job = find_job(job_id)
    if job.state not in {Job.State.REQUESTED, Job.State.APPROVED}:
        raise WrongJobState(
            f"Job {job_id} is {job.get_state_display()}; consent counts only before the claim."
        )
    if not JobDataset.objects.filter(job_id=job_id, dataset_id=dataset_id).exists():
        raise NotFound(f"Job {job_id} does not read dataset {dataset_id}.")
    if not Dataset.objects.filter(pk=dataset_id, owner=sender).exists():
        raise NotAllowed(f"Only the owner of dataset {dataset_id} may consent.")
    return prepare(
        "JobBoard",
        job_board.CONSENT,
        summary=f"Let job {job_id} read dataset {dataset_id}",
        details=[("Job", job_id), ("Dataset", dataset_id), ("Spec", job.spec_digest)],
        job_id=job_id,
        dataset_id=dataset_id,
    )


def prepare_cancel(*, job_id: int, sender: str) -> PreparedTransaction:
    """The requester's cancel, before the first claim or after every claim missed its deadline."""
    job = find_job(job_id)
    if job.requester != sender:
        raise NotAllowed("Only the requester may cancel a job.")
    if not can_cancel(job):
        raise WrongJobState(f"Job {job_id} is {job.get_state_display()} and can no longer be cancelled.")
    return _on_job(job, job_board.CANCEL, f"Cancel job {job_id} and take the escrow back")


def prepare_settle(*, job_id: int) -> PreparedTransaction:
    """The settlement after the window; anyone may send it."""
    job = find_job(job_id)
    if not can_settle(job):
        raise WrongJobState(
            f"Job {job_id} is {job.get_state_display()}, and no challenge window of it is over."
        )
    return _on_job(job, job_board.SETTLE, f"Settle job {job_id}: mint the model and credit everybody")


def prepare_expire(*, job_id: int) -> PreparedTransaction:
    """The end of an overdue job, with its refund; anyone may send it."""
    job = find_job(job_id)
    if not can_expire(job):
        raise WrongJobState(OVERDUE_NOT_YET)
    return _on_job(job, job_board.EXPIRE, f"Move the overdue job {job_id} on")


def prepare_withdrawal(*, account: str, token: str) -> tuple[PreparedTransaction, int]:
    """What JobBoard owes the account in a token, and the transaction that takes it out."""
    credit = JobCredit.objects.filter(pk=JobCredit.key_of(account, token)).first()
    if credit is None or not credit.available_units:
        raise NothingToWithdraw("JobBoard owes this account nothing in this token.")
    amount = token_at(token).text(credit.available_units)
    transaction = prepare(
        "JobBoard",
        job_board.WITHDRAW,
        summary=f"Withdraw {amount} from JobBoard",
        details=[token_at(token).detail("Amount", credit.available_units), ("To", account)],
        token=token,
    )
    return transaction, credit.available_units


def _on_job(job: Job, function: Function, summary: str) -> PreparedTransaction:
    token = token_at(job.payment_token)
    details: list[tuple[str, Any] | Detail] = [
        ("Job", job.job_id),
        token.detail("Escrow", job.escrow_units),
        ("Spec", job.spec_digest),
    ]
    return prepare("JobBoard", function, summary=summary, details=details, job_id=job.job_id)
