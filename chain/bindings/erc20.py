"""What every ERC-20 of ours has; imported by the bindings of the tokens."""

from chain.abi import event, function

NAME = function("name() returns (string)")
SYMBOL = function("symbol() returns (string)")
DECIMALS = function("decimals() returns (uint8)")
TOTAL_SUPPLY = function("totalSupply() returns (uint256)")
BALANCE_OF = function("balanceOf(address account) returns (uint256)")
ALLOWANCE = function("allowance(address owner, address spender) returns (uint256)")
APPROVE = function("approve(address spender, uint256 value) returns (bool)")
TRANSFER = function("transfer(address to, uint256 value) returns (bool)")
TRANSFER_FROM = function("transferFrom(address from, address to, uint256 value) returns (bool)")
PERMIT = function(
    "permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s)"
)
NONCES = function("nonces(address owner) returns (uint256)")
DOMAIN_SEPARATOR = function("DOMAIN_SEPARATOR() returns (bytes32)")

TRANSFERRED = event("Transfer(address indexed from, address indexed to, uint256 value)")
APPROVAL = event("Approval(address indexed owner, address indexed spender, uint256 value)")
