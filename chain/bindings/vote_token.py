"""VoteToken: ERC-20 with votes (ERC-5805, timestamp clock) and permit; minted by the Timelock alone."""

from chain.abi import event, events_in, function, functions_in
from chain.bindings.erc20 import (
    ALLOWANCE,
    APPROVAL,
    APPROVE,
    BALANCE_OF,
    DECIMALS,
    DOMAIN_SEPARATOR,
    NAME,
    NONCES,
    PERMIT,
    SYMBOL,
    TOTAL_SUPPLY,
    TRANSFER,
    TRANSFER_FROM,
    TRANSFERRED,
)

__all__ = [
    "ALLOWANCE",
    "APPROVAL",
    "APPROVE",
    "BALANCE_OF",
    "CLOCK",
    "CLOCK_MODE",
    "DECIMALS",
    "DELEGATE",
    "DELEGATES",
    "DELEGATE_BY_SIG",
    "DELEGATE_CHANGED",
    "DELEGATE_VOTES_CHANGED",
    "DOMAIN_SEPARATOR",
    "EVENTS",
    "FUNCTIONS",
    "GET_PAST_TOTAL_SUPPLY",
    "GET_PAST_VOTES",
    "GET_VOTES",
    "MINT",
    "NAME",
    "NONCES",
    "PERMIT",
    "SYMBOL",
    "TIMELOCK",
    "TOTAL_SUPPLY",
    "TRANSFER",
    "TRANSFERRED",
    "TRANSFER_FROM",
]

MINT = function("mint(address to, uint256 amount)")
DELEGATE = function("delegate(address delegatee)")
DELEGATE_BY_SIG = function(
    "delegateBySig(address delegatee, uint256 nonce, uint256 expiry, uint8 v, bytes32 r, bytes32 s)"
)
DELEGATES = function("delegates(address account) returns (address)")
GET_VOTES = function("getVotes(address account) returns (uint256)")
GET_PAST_VOTES = function("getPastVotes(address account, uint256 timepoint) returns (uint256)")
GET_PAST_TOTAL_SUPPLY = function("getPastTotalSupply(uint256 timepoint) returns (uint256)")
TIMELOCK = function("timelock() returns (address)")
CLOCK = function("clock() returns (uint48)")
CLOCK_MODE = function("CLOCK_MODE() returns (string)")

DELEGATE_CHANGED = event(
    "DelegateChanged(address indexed delegator, address indexed fromDelegate, address indexed toDelegate)"
)
DELEGATE_VOTES_CHANGED = event(
    "DelegateVotesChanged(address indexed delegate, uint256 previousVotes, uint256 newVotes)"
)

FUNCTIONS = functions_in(globals())
EVENTS = events_in(globals())
