"""Timelock: OpenZeppelin's TimelockController, holder of every power of the DAO."""

from chain.abi import event, events_in, function, functions_in

_BATCH = "address[] targets, uint256[] values, bytes[] payloads, bytes32 predecessor, bytes32 salt"
_SINGLE = "address target, uint256 value, bytes data, bytes32 predecessor, bytes32 salt"

SCHEDULE = function(f"schedule({_SINGLE}, uint256 delay)")
SCHEDULE_BATCH = function(f"scheduleBatch({_BATCH}, uint256 delay)")
EXECUTE = function("execute(address target, uint256 value, bytes payload, bytes32 predecessor, bytes32 salt)")
EXECUTE_BATCH = function(f"executeBatch({_BATCH})")
CANCEL = function("cancel(bytes32 id)")
UPDATE_DELAY = function("updateDelay(uint256 newDelay)")
GRANT_ROLE = function("grantRole(bytes32 role, address account)")
REVOKE_ROLE = function("revokeRole(bytes32 role, address account)")
RENOUNCE_ROLE = function("renounceRole(bytes32 role, address callerConfirmation)")

GET_MIN_DELAY = function("getMinDelay() returns (uint256)")
GET_TIMESTAMP = function("getTimestamp(bytes32 id) returns (uint256)")
GET_OPERATION_STATE = function("getOperationState(bytes32 id) returns (uint8)")
IS_OPERATION = function("isOperation(bytes32 id) returns (bool)")
IS_OPERATION_PENDING = function("isOperationPending(bytes32 id) returns (bool)")
IS_OPERATION_READY = function("isOperationReady(bytes32 id) returns (bool)")
IS_OPERATION_DONE = function("isOperationDone(bytes32 id) returns (bool)")
HASH_OPERATION = function(f"hashOperation({_SINGLE}) returns (bytes32)")
HASH_OPERATION_BATCH = function(f"hashOperationBatch({_BATCH}) returns (bytes32)")
HAS_ROLE = function("hasRole(bytes32 role, address account) returns (bool)")
GET_ROLE_ADMIN = function("getRoleAdmin(bytes32 role) returns (bytes32)")
DEFAULT_ADMIN_ROLE = function("DEFAULT_ADMIN_ROLE() returns (bytes32)")
PROPOSER_ROLE = function("PROPOSER_ROLE() returns (bytes32)")
EXECUTOR_ROLE = function("EXECUTOR_ROLE() returns (bytes32)")
CANCELLER_ROLE = function("CANCELLER_ROLE() returns (bytes32)")

CALL_SCHEDULED = event(
    "CallScheduled(bytes32 indexed id, uint256 indexed index, address target, uint256 value, bytes data,"
    " bytes32 predecessor, uint256 delay)"
)
CALL_EXECUTED = event(
    "CallExecuted(bytes32 indexed id, uint256 indexed index, address target, uint256 value, bytes data)"
)
CALL_SALT = event("CallSalt(bytes32 indexed id, bytes32 salt)")
CANCELLED = event("Cancelled(bytes32 indexed id)")
MIN_DELAY_CHANGE = event("MinDelayChange(uint256 oldDuration, uint256 newDuration)")
ROLE_GRANTED = event("RoleGranted(bytes32 indexed role, address indexed account, address indexed sender)")
ROLE_REVOKED = event("RoleRevoked(bytes32 indexed role, address indexed account, address indexed sender)")

FUNCTIONS = functions_in(globals())
EVENTS = events_in(globals())
