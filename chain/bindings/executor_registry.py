"""ExecutorRegistry: executors admitted by the DAO, with their keys and their stake (Vyper)."""

from chain.abi import event, events_in, function, functions_in

WIRE = function("wire(address dispute_book)")
SET_DISPUTE_BOOK = function("set_dispute_book(address dispute_book)")
ADMIT = function("admit(address executor, bool is_verifier, bytes32 signing_key, bytes age_recipient)")
REMOVE = function("remove(address executor)")
SET_KEYS = function("set_keys(bytes32 signing_key, bytes age_recipient)")
STAKE = function("stake(uint256 amount)")
REQUEST_UNSTAKE = function("request_unstake(uint256 amount)")
UNSTAKE = function("unstake() returns (uint256)")
SLASH = function("slash(address executor, uint256 amount, address beneficiary) returns (uint256)")
WITHDRAW = function("withdraw(address token) returns (uint256)")
WITHDRAW_FOR = function("withdraw_for(address account, address token) returns (uint256)")

IS_EXECUTOR = function("is_executor(address executor) returns (bool)")
IS_VERIFIER = function("is_verifier(address executor) returns (bool)")
SIGNING_KEY_OF = function("signing_key_of(address executor) returns (bytes32)")
KEY_COUNT_OF = function("key_count_of(address executor) returns (uint256)")
KEY_AT = function(
    "key_at(address executor, uint256 number) returns ((bytes32 key, uint256 since) signing_key)"
)
STAKE_OF = function("stake_of(address executor) returns (uint256)")
LEAVING_OF = function("leaving_of(address executor) returns (uint256)")
LEAVES_AT = function("leaves_at(address executor) returns (uint256)")
UNSTAKE_SECONDS = function("UNSTAKE_SECONDS() returns (uint256)")
CREDIT_OF = function("credit_of(address account, address token) returns (uint256)")
EXECUTOR_COUNT = function("executor_count() returns (uint256)")

DISPUTE_BOOK = function("dispute_book() returns (address)")
STAKE_TOKEN = function("stake_token() returns (address)")
DEPLOYER = function("deployer() returns (address)")
WIRED = function("wired() returns (bool)")
TIMELOCK = function("timelock() returns (address)")

EXECUTOR_ADMITTED = event("ExecutorAdmitted(address indexed executor, bool is_verifier)")
EXECUTOR_REMOVED = event("ExecutorRemoved(address indexed executor)")
KEYS_SET = event("KeysSet(address indexed executor, bytes32 signing_key, bytes age_recipient)")
STAKED = event("Staked(address indexed executor, uint256 amount)")
UNSTAKE_REQUESTED = event("UnstakeRequested(address indexed executor, uint256 amount, uint256 leaves_at)")
UNSTAKED = event("Unstaked(address indexed executor, uint256 amount)")
SLASHED = event("Slashed(address indexed executor, address indexed beneficiary, uint256 amount)")
WITHDRAWN = event("Withdrawn(address indexed account, address indexed token, uint256 amount)")

DISPUTE_BOOK_SET = event("DisputeBookSet(address indexed dispute_book)")

FUNCTIONS = functions_in(globals())
EVENTS = events_in(globals())
