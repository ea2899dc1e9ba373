"""ParameterBook: numbers and allow-lists that members vote on (Vyper). Keys and items are short names."""

from chain.abi import event, events_in, function, functions_in

SET_VALUE = function("set_value(bytes32 key, uint256 value)")
SET_ALLOWED = function("set_allowed(bytes32 kind, bytes32 item, bool allowed)")

VALUE_OF = function("value_of(bytes32 key) returns (uint256)")
IS_ALLOWED = function("is_allowed(bytes32 kind, bytes32 item) returns (bool)")

TIMELOCK = function("timelock() returns (address)")

VALUE_SET = event("ValueSet(bytes32 indexed key, uint256 old_value, uint256 new_value)")
ALLOWANCE_SET = event("AllowanceSet(bytes32 indexed kind, bytes32 indexed item, bool allowed)")

FUNCTIONS = functions_in(globals())
EVENTS = events_in(globals())
