# pragma version 0.4.3
"""
@title Jobs
@notice What JobBoard knows: jobs, their tasks, datasets, parents and consents, and the escrow that they hold.
        Only state and its bookkeeping; who may change it when is in the modules that use this one.
"""
from interfaces import IAccessPass
from interfaces import IDatasetToken
from . import credits

uses: credits

MAX_DATASETS: constant(uint256) = 8
MAX_PARENTS: constant(uint256) = 4

REQUESTED: constant(uint256) = 1
APPROVED: constant(uint256) = 2
RUNNING: constant(uint256) = 3
WINDOW: constant(uint256) = 4
SETTLED: constant(uint256) = 5
CANCELLED: constant(uint256) = 6
EXPIRED: constant(uint256) = 7
DISPUTED: constant(uint256) = 8


struct Job:
    requester: address
    spec_digest: bytes32
    state: uint256
    tasks: uint256
    algorithm: bytes32
    engine: bytes32
    qubits: uint256
    payment_token: address
    pay_per_task: uint256
    data_fees: uint256
    treasury_fee: uint256
    approve_by: uint256
    claim_by: uint256
    run_seconds: uint256
    window_ends_at: uint256
    tasks_claimed: uint256
    tasks_posted: uint256
    model_id: uint256


struct Task:
    executor: address
    epoch: uint256
    run_by: uint256
    extended: bool
    artefact_digest: bytes32
    metrics_digest: bytes32
    run_record_digest: bytes32


struct Attachment:
    dataset_id: uint256
    version: uint256
    pass_id: uint256
    fee: uint256


event Credited:
    account: indexed(address)
    token: indexed(address)
    amount: uint256
    job_id: indexed(uint256)


dataset_token: public(immutable(address))
access_pass: public(immutable(address))
model_token: public(immutable(address))
executor_registry: public(immutable(address))
parameter_book: public(immutable(address))

# Jobs requested so far; ids are 1 to this number.
job_count: public(uint256)
# Tasks of jobs that have not ended, by the executor that claimed them last. While there are any, its stake stays.
open_tasks_of: public(HashMap[address, uint256])
# Escrow of jobs that have not ended, in base units by token: with all credits it is this contract's balance.
open_obligations: public(HashMap[address, uint256])

_jobs: HashMap[uint256, Job]
_tasks: HashMap[uint256, HashMap[uint256, Task]]
_attachments: HashMap[uint256, DynArray[Attachment, MAX_DATASETS]]
_parents: HashMap[uint256, DynArray[uint256, MAX_PARENTS]]
# job -> dataset -> 1 + the dataset's consent epoch at the consent; 0 for none.
_consents: HashMap[uint256, HashMap[uint256, uint256]]


@deploy
def __init__(
    dataset_token_: address,
    access_pass_: address,
    model_token_: address,
    executor_registry_: address,
    parameter_book_: address,
):
    dataset_token = dataset_token_
    access_pass = access_pass_
    model_token = model_token_
    executor_registry = executor_registry_
    parameter_book = parameter_book_


@view
@external
def get_job(job_id: uint256) -> Job:
    """
    @notice A job as it stands. Reverts for one that does not exist.
    """
    assert self._jobs[job_id].state != 0, "JobBoard: no such job"
    return self._jobs[job_id]


@view
@external
def get_task(job_id: uint256, task: uint256) -> Task:
    """
    @notice A task of a job as it stands; epoch 0 before its first claim. Reverts for one that does not exist.
    """
    assert task < self._jobs[job_id].tasks, "JobBoard: no such task"
    return self._tasks[job_id][task]


@view
@external
def job_datasets(
    job_id: uint256,
) -> (DynArray[uint256, MAX_DATASETS], DynArray[uint256, MAX_DATASETS], DynArray[uint256, MAX_DATASETS]):
    """
    @notice The datasets of a job, their versions, and the passes (0 where the requester owned the dataset).
    """
    ids: DynArray[uint256, MAX_DATASETS] = []
    versions: DynArray[uint256, MAX_DATASETS] = []
    pass_ids: DynArray[uint256, MAX_DATASETS] = []
    for attachment: Attachment in self._attachments[job_id]:
        ids.append(attachment.dataset_id)
        versions.append(attachment.version)
        pass_ids.append(attachment.pass_id)
    return ids, versions, pass_ids


@view
@external
def job_parents(job_id: uint256) -> DynArray[uint256, MAX_PARENTS]:
    """
    @notice The models that a job trains on from.
    """
    return self._parents[job_id]


@view
@external
def has_consent(job_id: uint256, dataset_id: uint256) -> bool:
    """
    @notice Whether the dataset's owner of today says yes to this job, standing or by a consent of its own.
    """
    return self._has_consent(job_id, dataset_id)


@view
@internal
def _has_consent(job_id: uint256, dataset_id: uint256) -> bool:
    if staticcall IDatasetToken(dataset_token).hasStandingConsent(dataset_id):
        return True
    return self._consents[job_id][dataset_id] == 1 + staticcall IDatasetToken(dataset_token).consentEpoch(dataset_id)


@view
@internal
def _has_all_consents(job_id: uint256) -> bool:
    for attachment: Attachment in self._attachments[job_id]:
        if not self._has_consent(job_id, attachment.dataset_id):
            return False
    return True


@view
@internal
def _has_live_claim(job_id: uint256) -> bool:
    """
    @dev Whether some claimed task without a result is still within its run-by.
    """
    for i: uint256 in range(self._jobs[job_id].tasks, bound=MAX_DATASETS):
        task: Task = self._tasks[job_id][i]
        if task.artefact_digest == empty(bytes32) and task.epoch != 0 and block.timestamp <= task.run_by:
            return True
    return False


@view
@internal
def _escrow_of(job: Job) -> uint256:
    return job.pay_per_task * job.tasks + job.data_fees + job.treasury_fee


@internal
def _credit(account: address, token: address, amount: uint256, job_id: uint256):
    if amount == 0:
        return
    credits._owe(account, token, amount)
    log Credited(account=account, token=token, amount=amount, job_id=job_id)


@internal
def _close(job_id: uint256, job: Job) -> uint256:
    """
    @dev The job holds no escrow any more, which is to be credited, and no executor's stake.
    """
    escrow: uint256 = self._escrow_of(job)
    self.open_obligations[job.payment_token] -= escrow
    for i: uint256 in range(job.tasks, bound=MAX_DATASETS):
        if self._tasks[job_id][i].epoch != 0:
            self.open_tasks_of[self._tasks[job_id][i].executor] -= 1
    return escrow


@internal
def _refund_all(job_id: uint256) -> uint256:
    """
    @dev The whole escrow back to the requester as a credit, and every reserved use back to its pass.
    """
    job: Job = self._jobs[job_id]
    escrow: uint256 = self._close(job_id, job)
    self._credit(job.requester, job.payment_token, escrow, job_id)
    for attachment: Attachment in self._attachments[job_id]:
        self._release_use(attachment)
    return escrow


@internal
def _release_use(attachment: Attachment):
    if attachment.pass_id != 0:
        extcall IAccessPass(access_pass).releaseUse(attachment.pass_id)
