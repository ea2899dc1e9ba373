"""ExecutorRegistry: executors admitted by the DAO, with their signing key and age recipient (Vyper)."""

from chain.abi import event, events_in, function, functions_in

WIRE = function("wire(address dispute_book)")
SET_DISPUTE_BOOK = function("set_dispute_book(address dispute_book)")
ADMIT = function("admit(address executor, bool is_verifier, bytes32 signing_key, bytes age_recipient)")
REMOVE = function("remove(address executor)")
SET_KEYS = function("set_keys(bytes32 signing_key, bytes age_recipient)")

IS_EXECUTOR = function("is_executor(address executor) returns (bool)")
IS_VERIFIER = function("is_verifier(address executor) returns (bool)")
SIGNING_KEY_OF = function("signing_key_of(address executor) returns (bytes32)")
EXECUTOR_COUNT = function("executor_count() returns (uint256)")

DISPUTE_BOOK = function("dispute_book() returns (address)")
STAKE_TOKEN = function("stake_token() returns (address)")
DEPLOYER = function("deployer() returns (address)")
WIRED = function("wired() returns (bool)")
TIMELOCK = function("timelock() returns (address)")

EXECUTOR_ADMITTED = event("ExecutorAdmitted(address indexed executor, bool is_verifier)")
EXECUTOR_REMOVED = event("ExecutorRemoved(address indexed executor)")
KEYS_SET = event("KeysSet(address indexed executor, bytes32 signing_key, bytes age_recipient)")

DISPUTE_BOOK_SET = event("DisputeBookSet(address indexed dispute_book)")

FUNCTIONS = functions_in(globals())
EVENTS = events_in(globals())
