"""JobBoard: job requests in escrow, consent, approval, claims, results and settlement (Vyper)."""

from chain.abi import event, events_in, function, functions_in

_REQUEST = (
    "(uint256[] dataset_ids, uint256[] versions, uint256[] pass_ids, uint256[] parent_models, uint256 tasks,"
    " bytes32 algorithm, bytes32 engine, uint256 qubits, address payment_token, uint256 pay_per_task,"
    " uint256 approve_by, uint256 claim_by, uint256 run_seconds)"
)
_JOB = (
    "(address requester, bytes32 spec_digest, uint256 state, uint256 tasks, bytes32 algorithm,"
    " bytes32 engine, uint256 qubits, address payment_token, uint256 pay_per_task, uint256 data_fees,"
    " uint256 treasury_fee,"
    " uint256 approve_by, uint256 claim_by, uint256 run_seconds, uint256 window_ends_at,"
    " uint256 tasks_claimed, uint256 tasks_posted, uint256 model_id)"
)
_TASK = (
    "(address executor, uint256 epoch, uint256 run_by, bool extended, bytes32 artefact_digest,"
    " bytes32 metrics_digest, bytes32 run_record_digest)"
)
_DIGESTS = "bytes32 artefact_digest, bytes32 metrics_digest, bytes32 run_record_digest"

WIRE = function("wire(address dispute_book)")
SET_DISPUTE_BOOK = function("set_dispute_book(address dispute_book)")
REQUEST = function(f"request(bytes32 spec_digest, {_REQUEST} request, uint256 max_escrow) returns (uint256)")
REQUEST_WITH_PERMIT = function(
    f"request_with_permit(bytes32 spec_digest, {_REQUEST} request, uint256 max_escrow, uint256 deadline,"
    " uint8 v, bytes32 r, bytes32 s) returns (uint256)"
)
CONSENT = function("consent(uint256 job_id, uint256 dataset_id)")
WITHDRAW_CONSENT = function("withdraw_consent(uint256 job_id, uint256 dataset_id)")
APPROVE = function("approve(uint256 job_id, bytes32 spec_digest)")
CLAIM = function("claim(uint256 job_id, uint256 task) returns (uint256)")
EXTEND = function("extend(uint256 job_id, uint256 task)")
POST_RESULT = function(f"post_result(uint256 job_id, uint256 task, uint256 epoch, {_DIGESTS})")
SETTLE = function("settle(uint256 job_id) returns (uint256)")
CANCEL = function("cancel(uint256 job_id)")
EXPIRE = function("expire(uint256 job_id)")
DISPUTE = function("dispute(uint256 job_id)")
END_DISPUTE = function("end_dispute(uint256 job_id, bool is_lost)")
WITHDRAW = function("withdraw(address token) returns (uint256)")
WITHDRAW_FOR = function("withdraw_for(address account, address token) returns (uint256)")

QUOTE_ESCROW = function(
    f"quote_escrow({_REQUEST} request) returns (uint256 pay, uint256 data_fees, uint256 treasury_fee)"
)
GET_JOB = function(f"get_job(uint256 job_id) returns ({_JOB} job)")
GET_TASK = function(f"get_task(uint256 job_id, uint256 task) returns ({_TASK} task)")
JOB_DATASETS = function(
    "job_datasets(uint256 job_id) returns (uint256[] ids, uint256[] versions, uint256[] pass_ids)"
)
JOB_PARENTS = function("job_parents(uint256 job_id) returns (uint256[])")
HAS_CONSENT = function("has_consent(uint256 job_id, uint256 dataset_id) returns (bool)")
JOB_COUNT = function("job_count() returns (uint256)")
CREDIT_OF = function("credit_of(address account, address token) returns (uint256)")
OPEN_OBLIGATIONS = function("open_obligations(address token) returns (uint256)")

DISPUTE_BOOK = function("dispute_book() returns (address)")
WINDOW_SECONDS = function("window_seconds() returns (uint256)")
DEPLOYER = function("deployer() returns (address)")
WIRED = function("wired() returns (bool)")
TIMELOCK = function("timelock() returns (address)")

JOB_REQUESTED = event(
    "JobRequested(uint256 indexed job_id, address indexed requester, bytes32 indexed spec_digest,"
    " uint256 tasks, bytes32 algorithm, bytes32 engine, uint256 qubits, address payment_token,"
    " uint256 pay_per_task, uint256 data_fees, uint256 treasury_fee, uint256 approve_by, uint256 claim_by,"
    " uint256 run_seconds)"
)
DATASET_ATTACHED = event(
    "DatasetAttached(uint256 indexed job_id, uint256 indexed dataset_id, uint256 version, uint256 pass_id,"
    " uint256 fee)"
)
PARENT_ATTACHED = event("ParentAttached(uint256 indexed job_id, uint256 indexed model_id)")
CONSENT_GIVEN = event(
    "ConsentGiven(uint256 indexed job_id, uint256 indexed dataset_id, address indexed owner)"
)
CONSENT_WITHDRAWN = event(
    "ConsentWithdrawn(uint256 indexed job_id, uint256 indexed dataset_id, address indexed owner)"
)
JOB_APPROVED = event("JobApproved(uint256 indexed job_id, bytes32 indexed spec_digest)")
TASK_CLAIMED = event(
    "TaskClaimed(uint256 indexed job_id, uint256 indexed task, address indexed executor, uint256 epoch,"
    " uint256 run_by)"
)
TASK_EXTENDED = event("TaskExtended(uint256 indexed job_id, uint256 indexed task, uint256 run_by)")
RESULT_POSTED = event(
    "ResultPosted(uint256 indexed job_id, uint256 indexed task, address indexed executor, uint256 epoch,"
    f" {_DIGESTS})"
)
WINDOW_OPENED = event("WindowOpened(uint256 indexed job_id, uint256 ends_at)")
JOB_DISPUTED = event("JobDisputed(uint256 indexed job_id)")
JOB_SETTLED = event("JobSettled(uint256 indexed job_id, uint256 indexed model_id, uint256 tasks_settled)")
JOB_CANCELLED = event("JobCancelled(uint256 indexed job_id, uint256 refunded)")
JOB_EXPIRED = event("JobExpired(uint256 indexed job_id, uint256 refunded)")
CREDITED = event(
    "Credited(address indexed account, address indexed token, uint256 amount, uint256 indexed job_id)"
)
WITHDRAWN = event("Withdrawn(address indexed account, address indexed token, uint256 amount)")

DISPUTE_BOOK_SET = event("DisputeBookSet(address indexed dispute_book)")

FUNCTIONS = functions_in(globals())
EVENTS = events_in(globals())
