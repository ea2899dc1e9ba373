# pragma version 0.4.3
# pragma optimize codesize
"""
@title JobBoard
@notice Jobs on quantum engines: requested with their escrow, approved by the DAO alone, run by admitted executors,
        settled by rule. The chain cannot read a spec; it holds the spec's digest and what the request repeats of it.
        States: 1 requested, 2 approved, 3 running, 4 window, 5 settled, 6 cancelled, 7 expired, 8 disputed.
        The escrow of a job leaves it once: as credits of a settlement, or as a refund of whatever did not settle.
@custom:stopped The DAO takes algorithms, engines, payment tokens or executors off their lists: nothing new starts.
        The guardian of ParameterBook pauses approvals and claims for some days.
        Refunds, settlement and withdrawals cannot be stopped.
"""
from interfaces import IDatasetToken
from interfaces import IModelToken
from interfaces import IParameterBook
from lib import credits
from lib import jobs
from lib import requests
from lib import runs
from lib import shares
from lib import wiring

initializes: credits
initializes: wiring
initializes: jobs[credits := credits]
initializes: requests[jobs := jobs]
initializes: runs[jobs := jobs]

exports: credits.__interface__
exports: wiring.__interface__
exports: jobs.__interface__
exports: requests.__interface__
exports: runs.__interface__

MAX_PAYEES: constant(uint256) = 8

# Disputes that a job has had, each about another of its tasks.
_disputes: HashMap[uint256, uint256]


event JobApproved:
    job_id: indexed(uint256)
    spec_digest: indexed(bytes32)


event JobDisputed:
    job_id: indexed(uint256)


event JobSettled:
    job_id: indexed(uint256)
    model_id: indexed(uint256)
    tasks_settled: uint256


event JobCancelled:
    job_id: indexed(uint256)
    refunded: uint256


event JobExpired:
    job_id: indexed(uint256)
    refunded: uint256


@deploy
def __init__(
    timelock: address,
    dataset_token: address,
    access_pass: address,
    model_token: address,
    executor_registry: address,
    parameter_book: address,
    window_seconds: uint256,
):
    """
    @param timelock The DAO's Timelock: it alone approves, and it is credited with the treasury fees.
    @param dataset_token DatasetToken.
    @param access_pass AccessPass.
    @param model_token ModelToken.
    @param executor_registry ExecutorRegistry.
    @param parameter_book ParameterBook.
    @param window_seconds Seconds in which a result may be challenged.
    """
    wiring.__init__(timelock)
    jobs.__init__(dataset_token, access_pass, model_token, executor_registry, parameter_book)
    runs.__init__(window_seconds)


@external
def approve(job_id: uint256, spec_digest: bytes32):
    """
    @notice Approves exactly this spec for this job. Called by the Timelock, so by a vote; until approve-by.
            Emits JobApproved. Reverts when the digest is not the requested one or the job does not wait for approval.
    """
    assert msg.sender == wiring.timelock, "JobBoard: not the Timelock"
    assert not staticcall IParameterBook(jobs.parameter_book).is_paused(), "JobBoard: approvals are paused"
    assert jobs._jobs[job_id].state == jobs.REQUESTED, "JobBoard: job does not wait for approval"
    assert jobs._jobs[job_id].spec_digest == spec_digest, "JobBoard: digest is not the requested one"
    assert block.timestamp <= jobs._jobs[job_id].approve_by, "JobBoard: approve-by has passed"
    jobs._jobs[job_id].state = jobs.APPROVED
    log JobApproved(job_id=job_id, spec_digest=spec_digest)


@external
@nonreentrant
def settle(job_id: uint256) -> uint256:
    """
    @notice Ends a job whose challenge window is over: credits executors, payees, treasury and (for tasks without a
            result) the requester, and mints the model to the requester. Anyone may call.
            Emits JobSettled and a Credited a receiver.
    @return The model's number; 0 when task 0, whose result is the job's artefact, has none.
    """
    job: jobs.Job = jobs._jobs[job_id]
    assert job.state == jobs.WINDOW, "JobBoard: no window is open"
    assert block.timestamp >= job.window_ends_at, "JobBoard: window is still open"
    jobs._jobs[job_id].state = jobs.SETTLED
    escrow: uint256 = jobs._close(job_id, job)

    paid: uint256 = self._pay_executors(job_id, job)
    paid += self._pay_data_fees(job_id, job)
    treasury_part: uint256 = job.treasury_fee * job.tasks_posted // job.tasks
    jobs._credit(wiring.timelock, job.payment_token, treasury_part, job_id)
    jobs._credit(job.requester, job.payment_token, escrow - paid - treasury_part, job_id)

    model_id: uint256 = self._mint_model(job_id, job)
    log JobSettled(job_id=job_id, model_id=model_id, tasks_settled=job.tasks_posted)
    return model_id


@external
@nonreentrant
def cancel(job_id: uint256):
    """
    @notice Takes a job back with its whole escrow. Called by the requester before the first claim, or when every
            claim has missed its run-by and there is no result. Emits JobCancelled and Credited.
    """
    job: jobs.Job = jobs._jobs[job_id]
    assert msg.sender == job.requester, "JobBoard: not the requester"
    assert job.state in [jobs.REQUESTED, jobs.APPROVED, jobs.RUNNING], "JobBoard: job cannot be cancelled"
    assert job.tasks_posted == 0, "JobBoard: job has a result"
    assert not jobs._has_live_claim(job_id), "JobBoard: a claim is running"
    jobs._jobs[job_id].state = jobs.CANCELLED
    refunded: uint256 = jobs._refund_all(job_id)
    log JobCancelled(job_id=job_id, refunded=refunded)


@external
@nonreentrant
def expire(job_id: uint256):
    """
    @notice Moves an overdue job on. Anyone may call. Without a result the whole escrow goes back to the requester
            (JobExpired): not approved by approve-by; approved, but a consent is missing after approve-by;
            no claim that still runs after claim-by. With the result of some tasks the window opens (WindowOpened):
            when no claim still runs, and every task was claimed or claim-by has passed.
    """
    job: jobs.Job = jobs._jobs[job_id]
    assert self._is_overdue(job_id, job), "JobBoard: job is not overdue"
    if job.tasks_posted != 0:
        runs._open_window(job_id)
    else:
        self._expire(job_id)


@external
def dispute(job_id: uint256):
    """
    @notice Holds the settlement of a job inside its challenge window. Called by the DisputeBook. Emits JobDisputed.
    """
    assert msg.sender == wiring.dispute_book, "JobBoard: only the DisputeBook opens disputes"
    assert (
        jobs._jobs[job_id].state == jobs.WINDOW and block.timestamp < jobs._jobs[job_id].window_ends_at
    ), "JobBoard: no window is open for a challenge"
    jobs._jobs[job_id].state = jobs.DISPUTED
    self._disputes[job_id] += 1
    log JobDisputed(job_id=job_id)


@external
@nonreentrant
def end_dispute(job_id: uint256, is_lost: bool):
    """
    @notice Ends a dispute. Called by the DisputeBook. Lost by the executor, the job ends with its whole escrow back
            to the requester (JobExpired). Otherwise a new window opens while other tasks may still be challenged;
            after the last of them the window is over, and the job may be settled (WindowOpened).
    """
    assert msg.sender == wiring.dispute_book, "JobBoard: only the DisputeBook ends disputes"
    assert jobs._jobs[job_id].state == jobs.DISPUTED, "JobBoard: job is not disputed"
    if is_lost:
        self._expire(job_id)
    elif self._disputes[job_id] < jobs._jobs[job_id].tasks_posted:
        # A challenge of the one task that is right must not shield the others.
        runs._open_window(job_id)
    else:
        jobs._jobs[job_id].state = jobs.WINDOW
        jobs._jobs[job_id].window_ends_at = block.timestamp
        log runs.WindowOpened(job_id=job_id, ends_at=block.timestamp)


@internal
def _expire(job_id: uint256):
    jobs._jobs[job_id].state = jobs.EXPIRED
    refunded: uint256 = jobs._refund_all(job_id)
    log JobExpired(job_id=job_id, refunded=refunded)


@view
@internal
def _is_overdue(job_id: uint256, job: jobs.Job) -> bool:
    past_claim_by: bool = block.timestamp > job.claim_by
    if job.state == jobs.REQUESTED:
        return block.timestamp > job.approve_by
    if job.state == jobs.APPROVED:
        return past_claim_by or (block.timestamp > job.approve_by and not jobs._has_all_consents(job_id))
    if job.state != jobs.RUNNING or jobs._has_live_claim(job_id):
        return False
    return past_claim_by or (job.tasks_posted != 0 and job.tasks_claimed == job.tasks)


@internal
def _pay_executors(job_id: uint256, job: jobs.Job) -> uint256:
    for i: uint256 in range(job.tasks, bound=jobs.MAX_DATASETS):
        if self._has_result(job_id, i):
            jobs._credit(jobs._tasks[job_id][i].executor, job.payment_token, job.pay_per_task, job_id)
    return job.pay_per_task * job.tasks_posted


@internal
def _pay_data_fees(job_id: uint256, job: jobs.Job) -> uint256:
    """
    @dev Pays the payees of each dataset that a settled task read; the other datasets' passes get their use back.
    """
    paid: uint256 = 0
    attachments: DynArray[jobs.Attachment, jobs.MAX_DATASETS] = jobs._attachments[job_id]
    for i: uint256 in range(len(attachments), bound=jobs.MAX_DATASETS):
        if job.tasks == 1 or self._has_result(job_id, i):
            self._pay_payees(job_id, job.payment_token, attachments[i])
            paid += attachments[i].fee
        else:
            jobs._release_use(attachments[i])
    return paid


@internal
def _pay_payees(job_id: uint256, token: address, attachment: jobs.Attachment):
    if attachment.fee == 0:
        return
    payees: DynArray[address, MAX_PAYEES] = []
    parts: DynArray[uint16, MAX_PAYEES] = []
    payees, parts = staticcall IDatasetToken(jobs.dataset_token).payeesOf(attachment.dataset_id)
    amounts: DynArray[uint256, MAX_PAYEES] = shares._split(attachment.fee, parts)
    for i: uint256 in range(len(payees), bound=MAX_PAYEES):
        jobs._credit(payees[i], token, amounts[i], job_id)


@internal
def _mint_model(job_id: uint256, job: jobs.Job) -> uint256:
    if not self._has_result(job_id, 0):
        return 0
    result: jobs.Task = jobs._tasks[job_id][0]
    model_id: uint256 = extcall IModelToken(jobs.model_token).mintModel(
        job.requester,
        job_id,
        result.artefact_digest,
        result.metrics_digest,
        result.run_record_digest,
        jobs._parents[job_id],
    )
    jobs._jobs[job_id].model_id = model_id
    return model_id


@view
@internal
def _has_result(job_id: uint256, task: uint256) -> bool:
    return jobs._tasks[job_id][task].artefact_digest != empty(bytes32)
