# pragma version 0.4.3
"""
@title Requests
@notice How a job comes to JobBoard: its request with the escrow, and the consents of the datasets' owners.
"""
from interfaces import IAccessPass
from interfaces import IDatasetToken
from interfaces import IModelToken
from interfaces import IParameterBook
from . import credits
from . import jobs
from . import shares

uses: jobs

MAX_TASKS: constant(uint256) = 8
# A claimed job waits for its unclaimed tasks until claim-by, and its executors for their pay.
MAX_WAIT_SECONDS: constant(uint256) = 365 * 86_400


struct Request:
    dataset_ids: DynArray[uint256, jobs.MAX_DATASETS]
    versions: DynArray[uint256, jobs.MAX_DATASETS]
    pass_ids: DynArray[uint256, jobs.MAX_DATASETS]
    parent_models: DynArray[uint256, jobs.MAX_PARENTS]
    tasks: uint256
    algorithm: bytes32
    engine: bytes32
    qubits: uint256
    payment_token: address
    pay_per_task: uint256
    approve_by: uint256
    claim_by: uint256
    run_seconds: uint256


event JobRequested:
    job_id: indexed(uint256)
    requester: indexed(address)
    spec_digest: indexed(bytes32)
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


event DatasetAttached:
    job_id: indexed(uint256)
    dataset_id: indexed(uint256)
    version: uint256
    pass_id: uint256
    fee: uint256


event ParentAttached:
    job_id: indexed(uint256)
    model_id: indexed(uint256)


event ConsentGiven:
    job_id: indexed(uint256)
    dataset_id: indexed(uint256)
    owner: indexed(address)


event ConsentWithdrawn:
    job_id: indexed(uint256)
    dataset_id: indexed(uint256)
    owner: indexed(address)


@external
@nonreentrant
def request(spec_digest: bytes32, request: Request, max_escrow: uint256) -> uint256:
    """
    @notice Asks for a job and pays its escrow. Anyone may call who has approved this contract for the escrow, owns each
            dataset or holds a compute pass for it, and owns each parent model.
            Emits JobRequested, DatasetAttached a dataset and ParentAttached a parent; reserves one use a pass.
            Reverts when a limit or allow-list of ParameterBook forbids it, a dataset does not permit it or wants its
            fee in another token, deadlines are not in order, or the escrow is above max_escrow.
    @param spec_digest sha2-256 of the spec, the number that members vote for.
    @param request What the spec says, repeated: one task for a plain job; for a federated job one task a dataset, where
           task i reads dataset i alone. pay_per_task in base units; approve_by and claim_by in unix seconds,
           claim_by at most a year away.
    @param max_escrow The most that the caller pays, in base units.
    @return The job's number.
    """
    return self._request(spec_digest, request, max_escrow)


@external
@nonreentrant
def request_with_permit(
    spec_digest: bytes32,
    request: Request,
    max_escrow: uint256,
    deadline: uint256,
    v: uint8,
    r: bytes32,
    s: bytes32,
) -> uint256:
    """
    @notice As `request`, with an ERC-2612 signature over max_escrow in place of an approval. A signature that
            somebody used first does no harm: the allowance it made pays.
    @param deadline The signature's deadline, unix seconds.
    """
    self._require_allowed(request.payment_token)
    credits._permit(request.payment_token, max_escrow, deadline, v, r, s)
    return self._request(spec_digest, request, max_escrow)


@view
@external
def quote_escrow(request: Request) -> (uint256, uint256, uint256):
    """
    @notice The escrow of a request made now: pay of all tasks, data fees, treasury fee; base units.
    """
    pay: uint256 = request.pay_per_task * request.tasks
    data_fees: uint256 = 0
    for dataset_id: uint256 in request.dataset_ids:
        data_fees += self._data_fee(dataset_id, request.payment_token)
    return pay, data_fees, self._treasury_fee(pay)


@external
def consent(job_id: uint256, dataset_id: uint256):
    """
    @notice Says yes to one job with this dataset. Called by the dataset's owner, before or after approval.
            Emits ConsentGiven. Void after a transfer of the dataset.
    """
    self._require_owner_of_attached(job_id, dataset_id)
    epoch: uint256 = staticcall IDatasetToken(jobs.dataset_token).consentEpoch(dataset_id)
    jobs._consents[job_id][dataset_id] = 1 + epoch
    log ConsentGiven(job_id=job_id, dataset_id=dataset_id, owner=msg.sender)


@external
def withdraw_consent(job_id: uint256, dataset_id: uint256):
    """
    @notice Takes a consent back. Called by the dataset's owner. Emits ConsentWithdrawn. A task that is claimed runs on.
    """
    self._require_owner_of_attached(job_id, dataset_id)
    assert jobs._consents[job_id][dataset_id] != 0, "JobBoard: no consent to withdraw"
    jobs._consents[job_id][dataset_id] = 0
    log ConsentWithdrawn(job_id=job_id, dataset_id=dataset_id, owner=msg.sender)


@internal
def _request(spec_digest: bytes32, request: Request, max_escrow: uint256) -> uint256:
    self._require_well_formed(spec_digest, request)
    self._require_within_limits(request)
    jobs.job_count += 1
    job_id: uint256 = jobs.job_count
    data_fees: uint256 = self._attach_datasets(job_id, request)
    self._attach_parents(job_id, request.parent_models)
    job: jobs.Job = jobs.Job(
        requester=msg.sender,
        spec_digest=spec_digest,
        state=jobs.REQUESTED,
        tasks=request.tasks,
        algorithm=request.algorithm,
        engine=request.engine,
        qubits=request.qubits,
        payment_token=request.payment_token,
        pay_per_task=request.pay_per_task,
        data_fees=data_fees,
        treasury_fee=self._treasury_fee(request.pay_per_task * request.tasks),
        approve_by=request.approve_by,
        claim_by=request.claim_by,
        run_seconds=request.run_seconds,
        window_ends_at=0,
        tasks_claimed=0,
        tasks_posted=0,
        model_id=0,
    )
    jobs._jobs[job_id] = job
    escrow: uint256 = jobs._escrow_of(job)
    assert escrow <= max_escrow, "JobBoard: escrow is above the maximum"
    limit: uint256 = self._limit(convert(b"max_escrow", bytes32))
    assert limit == 0 or escrow <= limit, "JobBoard: escrow is above the limit"
    jobs.open_obligations[request.payment_token] += escrow
    self._log_requested(job_id, job)
    self._reserve_uses(request)
    credits._take(request.payment_token, escrow)
    return job_id


@view
@internal
def _require_well_formed(spec_digest: bytes32, request: Request):
    count: uint256 = len(request.dataset_ids)
    assert spec_digest != empty(bytes32), "JobBoard: empty spec digest"
    assert request.tasks >= 1 and request.tasks <= MAX_TASKS, "JobBoard: a job has 1 to 8 tasks"
    assert request.tasks == 1 or request.tasks == count, "JobBoard: a federated job has one task a dataset"
    assert (
        len(request.versions) == count and len(request.pass_ids) == count
    ), "JobBoard: datasets, versions and passes differ in number"
    assert request.approve_by >= block.timestamp, "JobBoard: approve-by is in the past"
    assert request.claim_by > request.approve_by, "JobBoard: claim-by is not after approve-by"
    assert request.claim_by <= block.timestamp + MAX_WAIT_SECONDS, "JobBoard: claim-by is over a year away"
    assert request.qubits != 0, "JobBoard: no qubits"
    assert request.run_seconds != 0, "JobBoard: no time to run"


@view
@internal
def _require_within_limits(request: Request):
    self._require_allowed(request.payment_token)
    assert staticcall IParameterBook(jobs.parameter_book).is_allowed(
        convert(b"algorithm", bytes32), request.algorithm
    ), "JobBoard: algorithm is not allowed"
    assert staticcall IParameterBook(jobs.parameter_book).is_allowed(
        convert(b"engine", bytes32), request.engine
    ), "JobBoard: engine is not allowed"
    assert request.qubits <= self._limit(convert(b"max_qubits", bytes32)), "JobBoard: too many qubits"
    assert request.run_seconds <= self._limit(convert(b"max_run_seconds", bytes32)), "JobBoard: too long a run"


@view
@internal
def _require_allowed(payment_token: address):
    assert staticcall IParameterBook(jobs.parameter_book).is_allowed(
        convert(b"payment_token", bytes32), convert(payment_token, bytes32)
    ), "JobBoard: payment token is not allowed"


@view
@internal
def _limit(key: bytes32) -> uint256:
    return staticcall IParameterBook(jobs.parameter_book).value_of(key)


@view
@internal
def _treasury_fee(pay: uint256) -> uint256:
    return shares._of_bps(pay, self._limit(convert(b"job_fee_bps", bytes32)))


@view
@internal
def _data_fee(dataset_id: uint256, payment_token: address) -> uint256:
    fee_token: address = empty(address)
    fee: uint256 = 0
    fee_token, fee = staticcall IDatasetToken(jobs.dataset_token).jobFeeOf(dataset_id)
    assert fee == 0 or fee_token == payment_token, "JobBoard: a dataset's fee is in another token"
    return fee


@internal
def _attach_datasets(job_id: uint256, request: Request) -> uint256:
    """
    @dev Writes the job's datasets and gives back the sum of their fees.
    """
    data_fees: uint256 = 0
    seen: DynArray[uint256, jobs.MAX_DATASETS] = []
    for i: uint256 in range(len(request.dataset_ids), bound=jobs.MAX_DATASETS):
        dataset_id: uint256 = request.dataset_ids[i]
        assert dataset_id not in seen, "JobBoard: dataset named twice"
        seen.append(dataset_id)
        assert staticcall IDatasetToken(jobs.dataset_token).hasVersion(
            dataset_id, request.versions[i]
        ), "JobBoard: no such dataset version"
        assert staticcall IDatasetToken(jobs.dataset_token).permitsJob(
            dataset_id, request.algorithm
        ), "JobBoard: a dataset does not permit the job"
        fee: uint256 = self._data_fee(dataset_id, request.payment_token)
        jobs._attachments[job_id].append(
            jobs.Attachment(
                dataset_id=dataset_id, version=request.versions[i], pass_id=request.pass_ids[i], fee=fee
            )
        )
        data_fees += fee
        log DatasetAttached(
            job_id=job_id, dataset_id=dataset_id, version=request.versions[i], pass_id=request.pass_ids[i], fee=fee
        )
    return data_fees


@internal
def _attach_parents(job_id: uint256, parent_models: DynArray[uint256, jobs.MAX_PARENTS]):
    seen: DynArray[uint256, jobs.MAX_PARENTS] = []
    for model_id: uint256 in parent_models:
        assert model_id not in seen, "JobBoard: parent named twice"
        seen.append(model_id)
        owner: address = staticcall IModelToken(jobs.model_token).ownerOf(model_id)
        assert owner == msg.sender, "JobBoard: not the owner of a parent model"
        log ParentAttached(job_id=job_id, model_id=model_id)
    jobs._parents[job_id] = parent_models


@internal
def _reserve_uses(request: Request):
    for i: uint256 in range(len(request.dataset_ids), bound=jobs.MAX_DATASETS):
        if request.pass_ids[i] == 0:
            owner: address = staticcall IDatasetToken(jobs.dataset_token).ownerOf(request.dataset_ids[i])
            assert owner == msg.sender, "JobBoard: no pass for a dataset"
        else:
            extcall IAccessPass(jobs.access_pass).reserveUse(
                request.pass_ids[i], msg.sender, request.dataset_ids[i], convert(request.versions[i], uint32)
            )


@internal
def _log_requested(job_id: uint256, job: jobs.Job):
    log JobRequested(
        job_id=job_id,
        requester=job.requester,
        spec_digest=job.spec_digest,
        tasks=job.tasks,
        algorithm=job.algorithm,
        engine=job.engine,
        qubits=job.qubits,
        payment_token=job.payment_token,
        pay_per_task=job.pay_per_task,
        data_fees=job.data_fees,
        treasury_fee=job.treasury_fee,
        approve_by=job.approve_by,
        claim_by=job.claim_by,
        run_seconds=job.run_seconds,
    )


@view
@internal
def _require_owner_of_attached(job_id: uint256, dataset_id: uint256):
    state: uint256 = jobs._jobs[job_id].state
    assert state in [jobs.REQUESTED, jobs.APPROVED, jobs.RUNNING], "JobBoard: job is past consent"
    is_attached: bool = False
    for attachment: jobs.Attachment in jobs._attachments[job_id]:
        if attachment.dataset_id == dataset_id:
            is_attached = True
    assert is_attached, "JobBoard: dataset is not in the job"
    owner: address = staticcall IDatasetToken(jobs.dataset_token).ownerOf(dataset_id)
    assert owner == msg.sender, "JobBoard: not the owner of the dataset"
