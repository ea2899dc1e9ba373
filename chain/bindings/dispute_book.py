"""DisputeBook: challenges of results with a bond, verifiers' attestations, outcomes (Vyper)."""

from chain.abi import event, events_in, function, functions_in

_DISPUTE = (
    "(address challenger, uint256 task, address executor, uint256 attest_by, uint256 saying_wrong,"
    " uint256 saying_right, uint256 state, uint256 quorum)"
)

CHALLENGE = function("challenge(uint256 job_id, uint256 task, bytes32 reason_digest)")
ATTEST = function("attest(uint256 job_id, bool is_right, bytes32 report_digest)")
CLOSE = function("close(uint256 job_id)")
WITHDRAW = function("withdraw(address token) returns (uint256)")
WITHDRAW_FOR = function("withdraw_for(address account, address token) returns (uint256)")

GET_DISPUTE = function(f"get_dispute(uint256 job_id) returns ({_DISPUTE} dispute)")
HAS_ATTESTED = function("has_attested(uint256 job_id, address verifier) returns (bool)")
IS_CHALLENGED = function("is_challenged(uint256 job_id, uint256 task) returns (bool)")
CREDIT_OF = function("credit_of(address account, address token) returns (uint256)")

BOND = function("bond() returns (uint256)")
MOST_SLASHED = function("most_slashed() returns (uint256)")
ATTEST_SECONDS = function("attest_seconds() returns (uint256)")
STAKE_TOKEN = function("stake_token() returns (address)")
JOB_BOARD = function("job_board() returns (address)")
EXECUTOR_REGISTRY = function("executor_registry() returns (address)")
PARAMETER_BOOK = function("parameter_book() returns (address)")
TIMELOCK = function("timelock() returns (address)")

DISPUTE_OPENED = event(
    "DisputeOpened(uint256 indexed job_id, address indexed challenger, address indexed executor,"
    " uint256 task, uint256 attest_by, bytes32 reason_digest)"
)
ATTESTED = event(
    "Attested(uint256 indexed job_id, address indexed verifier, bool is_right, bytes32 report_digest)"
)
DISPUTE_CLOSED = event("DisputeClosed(uint256 indexed job_id, uint256 state, uint256 slashed)")
CREDITED = event(
    "Credited(address indexed account, address indexed token, uint256 amount, uint256 indexed job_id)"
)
WITHDRAWN = event("Withdrawn(address indexed account, address indexed token, uint256 amount)")

FUNCTIONS = functions_in(globals())
EVENTS = events_in(globals())
