"""CommonsGovernor: OpenZeppelin's Governor; its ABI and events are OpenZeppelin's own."""

from chain.abi import event, events_in, function, functions_in

_ACTIONS = "address[] targets, uint256[] values, bytes[] calldatas"

PROPOSE = function(f"propose({_ACTIONS}, string description) returns (uint256)")
QUEUE = function(f"queue({_ACTIONS}, bytes32 descriptionHash) returns (uint256)")
EXECUTE = function(f"execute({_ACTIONS}, bytes32 descriptionHash) returns (uint256)")
CANCEL = function(f"cancel({_ACTIONS}, bytes32 descriptionHash) returns (uint256)")
CAST_VOTE = function("castVote(uint256 proposalId, uint8 support) returns (uint256)")
CAST_VOTE_WITH_REASON = function(
    "castVoteWithReason(uint256 proposalId, uint8 support, string reason) returns (uint256)"
)
CAST_VOTE_BY_SIG = function(
    "castVoteBySig(uint256 proposalId, uint8 support, address voter, bytes signature) returns (uint256)"
)
CAST_VOTE_WITH_REASON_AND_PARAMS = function(
    "castVoteWithReasonAndParams(uint256 proposalId, uint8 support, string reason, bytes params)"
    " returns (uint256)"
)
CAST_VOTE_WITH_REASON_AND_PARAMS_BY_SIG = function(
    "castVoteWithReasonAndParamsBySig(uint256 proposalId, uint8 support, address voter, string reason,"
    " bytes params, bytes signature) returns (uint256)"
)
RELAY = function("relay(address target, uint256 value, bytes data)")
SET_VOTING_DELAY = function("setVotingDelay(uint48 newVotingDelay)")
SET_VOTING_PERIOD = function("setVotingPeriod(uint32 newVotingPeriod)")
SET_PROPOSAL_THRESHOLD = function("setProposalThreshold(uint256 newProposalThreshold)")
UPDATE_QUORUM_NUMERATOR = function("updateQuorumNumerator(uint256 newQuorumNumerator)")
SET_LATE_QUORUM_VOTE_EXTENSION = function("setLateQuorumVoteExtension(uint48 newVoteExtension)")
UPDATE_TIMELOCK = function("updateTimelock(address newTimelock)")

STATE = function("state(uint256 proposalId) returns (uint8)")
HASH_PROPOSAL = function(f"hashProposal({_ACTIONS}, bytes32 descriptionHash) returns (uint256)")
GET_PROPOSAL_ID = function(f"getProposalId({_ACTIONS}, bytes32 descriptionHash) returns (uint256)")
PROPOSAL_SNAPSHOT = function("proposalSnapshot(uint256 proposalId) returns (uint256)")
PROPOSAL_DEADLINE = function("proposalDeadline(uint256 proposalId) returns (uint256)")
PROPOSAL_ETA = function("proposalEta(uint256 proposalId) returns (uint256)")
PROPOSAL_PROPOSER = function("proposalProposer(uint256 proposalId) returns (address)")
PROPOSAL_NEEDS_QUEUING = function("proposalNeedsQueuing(uint256 proposalId) returns (bool)")
PROPOSAL_VOTES = function(
    "proposalVotes(uint256 proposalId) returns (uint256 againstVotes, uint256 forVotes, uint256 abstainVotes)"
)
PROPOSAL_THRESHOLD = function("proposalThreshold() returns (uint256)")
HAS_VOTED = function("hasVoted(uint256 proposalId, address account) returns (bool)")
GET_VOTES = function("getVotes(address account, uint256 timepoint) returns (uint256)")
QUORUM = function("quorum(uint256 timepoint) returns (uint256)")
QUORUM_NUMERATOR = function("quorumNumerator() returns (uint256)")
QUORUM_DENOMINATOR = function("quorumDenominator() returns (uint256)")
CLOCK = function("clock() returns (uint48)")
CLOCK_MODE = function("CLOCK_MODE() returns (string)")
COUNTING_MODE = function("COUNTING_MODE() returns (string)")
VOTING_DELAY = function("votingDelay() returns (uint256)")
VOTING_PERIOD = function("votingPeriod() returns (uint256)")
LATE_QUORUM_VOTE_EXTENSION = function("lateQuorumVoteExtension() returns (uint48)")
TOKEN = function("token() returns (address)")
TIMELOCK = function("timelock() returns (address)")
NAME = function("name() returns (string)")
VERSION = function("version() returns (string)")
NONCES = function("nonces(address owner) returns (uint256)")
NONCES_KEYED = function("nonces(address owner, uint192 key) returns (uint256)")

PROPOSAL_CREATED = event(
    "ProposalCreated(uint256 proposalId, address proposer, address[] targets, uint256[] values,"
    " string[] signatures, bytes[] calldatas, uint256 voteStart, uint256 voteEnd, string description)"
)
VOTE_CAST = event(
    "VoteCast(address indexed voter, uint256 proposalId, uint8 support, uint256 weight, string reason)"
)
VOTE_CAST_WITH_PARAMS = event(
    "VoteCastWithParams(address indexed voter, uint256 proposalId, uint8 support, uint256 weight,"
    " string reason, bytes params)"
)
PROPOSAL_QUEUED = event("ProposalQueued(uint256 proposalId, uint256 etaSeconds)")
PROPOSAL_EXECUTED = event("ProposalExecuted(uint256 proposalId)")
PROPOSAL_CANCELED = event("ProposalCanceled(uint256 proposalId)")
PROPOSAL_EXTENDED = event("ProposalExtended(uint256 indexed proposalId, uint64 extendedDeadline)")
VOTING_DELAY_SET = event("VotingDelaySet(uint256 oldVotingDelay, uint256 newVotingDelay)")
VOTING_PERIOD_SET = event("VotingPeriodSet(uint256 oldVotingPeriod, uint256 newVotingPeriod)")
PROPOSAL_THRESHOLD_SET = event(
    "ProposalThresholdSet(uint256 oldProposalThreshold, uint256 newProposalThreshold)"
)
QUORUM_NUMERATOR_UPDATED = event(
    "QuorumNumeratorUpdated(uint256 oldQuorumNumerator, uint256 newQuorumNumerator)"
)
LATE_QUORUM_VOTE_EXTENSION_SET = event(
    "LateQuorumVoteExtensionSet(uint64 oldVoteExtension, uint64 newVoteExtension)"
)
TIMELOCK_CHANGE = event("TimelockChange(address oldTimelock, address newTimelock)")

FUNCTIONS = functions_in(globals())
EVENTS = events_in(globals())
