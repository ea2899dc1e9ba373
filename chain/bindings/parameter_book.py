"""ParameterBook: numbers, allow-lists, documents and the guardian that members vote on (Vyper)."""

from chain.abi import event, events_in, function, functions_in

SET_VALUE = function("set_value(bytes32 key, uint256 value)")
SET_ALLOWED = function("set_allowed(bytes32 kind, bytes32 item, bool allowed)")
SET_DOCUMENT = function("set_document(bytes32 kind, bytes32 digest)")
SET_GUARDIAN = function("set_guardian(address guardian)")
PAUSE = function("pause(uint256 seconds)")

VALUE_OF = function("value_of(bytes32 key) returns (uint256)")
IS_ALLOWED = function("is_allowed(bytes32 kind, bytes32 item) returns (bool)")
DOCUMENT_OF = function("document_of(bytes32 kind) returns (bytes32)")
GUARDIAN = function("guardian() returns (address)")
PAUSE_IS_ARMED = function("pause_is_armed() returns (bool)")
PAUSED_UNTIL = function("paused_until() returns (uint256)")
IS_PAUSED = function("is_paused() returns (bool)")

TIMELOCK = function("timelock() returns (address)")

VALUE_SET = event("ValueSet(bytes32 indexed key, uint256 old_value, uint256 new_value)")
ALLOWANCE_SET = event("AllowanceSet(bytes32 indexed kind, bytes32 indexed item, bool allowed)")
DOCUMENT_SET = event("DocumentSet(bytes32 indexed kind, bytes32 old_digest, bytes32 new_digest)")
GUARDIAN_SET = event("GuardianSet(address indexed guardian)")
PAUSED = event("Paused(address indexed guardian, uint256 until)")

FUNCTIONS = functions_in(globals())
EVENTS = events_in(globals())
