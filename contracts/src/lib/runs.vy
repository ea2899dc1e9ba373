# pragma version 0.4.3
"""
@title Runs
@notice How an approved job is run: executors claim its tasks, each until a deadline, and post their results.
"""
from interfaces import IExecutorRegistry
from interfaces import IParameterBook
from . import jobs

uses: jobs


event TaskClaimed:
    job_id: indexed(uint256)
    task: indexed(uint256)
    executor: indexed(address)
    epoch: uint256
    run_by: uint256


event TaskExtended:
    job_id: indexed(uint256)
    task: indexed(uint256)
    run_by: uint256


event ResultPosted:
    job_id: indexed(uint256)
    task: indexed(uint256)
    executor: indexed(address)
    epoch: uint256
    artefact_digest: bytes32
    metrics_digest: bytes32
    run_record_digest: bytes32


event WindowOpened:
    job_id: indexed(uint256)
    ends_at: uint256


# Seconds in which a result may be challenged.
window_seconds: public(immutable(uint256))

# job -> task -> executors whose claim lapsed and was taken over.
_let_lapse: HashMap[uint256, HashMap[uint256, HashMap[address, bool]]]


@deploy
def __init__(window_seconds_: uint256):
    window_seconds = window_seconds_


@external
def claim(job_id: uint256, task: uint256) -> uint256:
    """
    @notice Takes a task until its run-by. Called by an admitted executor, until the job's claim-by; a task without
            a result may be claimed anew when its run-by has passed, by executors that did not claim it before: nobody
            can hold a task longer than one claim. Emits TaskClaimed.
            Reverts when the job is not approved or a dataset's consent is missing (the first claim needs all of
            them, a later one of a federated job that of its own dataset).
    @return The claim's epoch, which its result must name; the first is 1.
    """
    assert staticcall IExecutorRegistry(jobs.executor_registry).is_executor(msg.sender), "JobBoard: not an executor"
    assert not staticcall IParameterBook(jobs.parameter_book).is_paused(), "JobBoard: claims are paused"
    job: jobs.Job = jobs._jobs[job_id]
    assert job.state in [jobs.APPROVED, jobs.RUNNING], "JobBoard: job cannot be claimed"
    assert task < job.tasks, "JobBoard: no such task"
    assert block.timestamp <= job.claim_by, "JobBoard: claim-by has passed"
    claimed: jobs.Task = jobs._tasks[job_id][task]
    assert claimed.artefact_digest == empty(bytes32), "JobBoard: task has its result"
    if claimed.epoch != 0:
        assert block.timestamp > claimed.run_by, "JobBoard: task is claimed"
        self._let_lapse[job_id][task][claimed.executor] = True
        assert not self._let_lapse[job_id][task][msg.sender], "JobBoard: this executor let the task lapse"
        jobs.open_tasks_of[claimed.executor] -= 1
    self._require_consents(job_id, job, task)

    epoch: uint256 = claimed.epoch + 1
    run_by: uint256 = block.timestamp + job.run_seconds
    jobs.open_tasks_of[msg.sender] += 1
    jobs._tasks[job_id][task].executor = msg.sender
    jobs._tasks[job_id][task].epoch = epoch
    jobs._tasks[job_id][task].run_by = run_by
    jobs._tasks[job_id][task].extended = False
    jobs._jobs[job_id].state = jobs.RUNNING
    if epoch == 1:
        jobs._jobs[job_id].tasks_claimed = job.tasks_claimed + 1
    log TaskClaimed(job_id=job_id, task=task, executor=msg.sender, epoch=epoch, run_by=run_by)
    return epoch


@external
def extend(job_id: uint256, task: uint256):
    """
    @notice Moves the run-by of a claim by the job's run_seconds, once a claim. Called by the claimer before its
            run-by. Emits TaskExtended.
    """
    claimed: jobs.Task = jobs._tasks[job_id][task]
    self._require_running_claimer(job_id, claimed)
    assert block.timestamp <= claimed.run_by, "JobBoard: run-by has passed"
    assert not claimed.extended, "JobBoard: already extended"
    run_by: uint256 = claimed.run_by + jobs._jobs[job_id].run_seconds
    jobs._tasks[job_id][task].extended = True
    jobs._tasks[job_id][task].run_by = run_by
    log TaskExtended(job_id=job_id, task=task, run_by=run_by)


@external
def post_result(
    job_id: uint256,
    task: uint256,
    epoch: uint256,
    artefact_digest: bytes32,
    metrics_digest: bytes32,
    run_record_digest: bytes32,
):
    """
    @notice Posts a task's result. Called by the claimer of the current epoch, also after its run-by as long as
            nobody claimed the task anew and the job has not ended. Emits ResultPosted, and WindowOpened when it is
            the job's last result. Reverts when a digest is empty or the task has its result.
    """
    claimed: jobs.Task = jobs._tasks[job_id][task]
    self._require_running_claimer(job_id, claimed)
    assert claimed.epoch == epoch, "JobBoard: epoch has moved on"
    assert (
        artefact_digest != empty(bytes32)
        and metrics_digest != empty(bytes32)
        and run_record_digest != empty(bytes32)
    ), "JobBoard: empty digest"
    jobs._tasks[job_id][task].artefact_digest = artefact_digest
    jobs._tasks[job_id][task].metrics_digest = metrics_digest
    jobs._tasks[job_id][task].run_record_digest = run_record_digest
    posted: uint256 = jobs._jobs[job_id].tasks_posted + 1
    jobs._jobs[job_id].tasks_posted = posted
    log ResultPosted(
        job_id=job_id,
        task=task,
        executor=msg.sender,
        epoch=epoch,
        artefact_digest=artefact_digest,
        metrics_digest=metrics_digest,
        run_record_digest=run_record_digest,
    )
    if posted == jobs._jobs[job_id].tasks:
        self._open_window(job_id)


@internal
def _open_window(job_id: uint256):
    ends_at: uint256 = block.timestamp + window_seconds
    jobs._jobs[job_id].state = jobs.WINDOW
    jobs._jobs[job_id].window_ends_at = ends_at
    log WindowOpened(job_id=job_id, ends_at=ends_at)


@view
@internal
def _require_running_claimer(job_id: uint256, claimed: jobs.Task):
    assert jobs._jobs[job_id].state == jobs.RUNNING, "JobBoard: job is not running"
    assert claimed.executor == msg.sender, "JobBoard: not the claimer"
    assert claimed.artefact_digest == empty(bytes32), "JobBoard: task has its result"


@view
@internal
def _require_consents(job_id: uint256, job: jobs.Job, task: uint256):
    if job.tasks == 1 or job.tasks_claimed == 0:
        assert jobs._has_all_consents(job_id), "JobBoard: consent is missing"
    else:
        dataset_id: uint256 = jobs._attachments[job_id][task].dataset_id
        assert jobs._has_consent(job_id, dataset_id), "JobBoard: consent is missing"
