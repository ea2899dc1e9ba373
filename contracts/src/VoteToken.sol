// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.35;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";

/// @title The votes of the commons
/// @notice ERC-20 with votes (ERC-5805) on a timestamp clock. Never used for payment.
/// @custom:stopped Nothing stops transfers, delegation or votes; only the DAO mints.
contract VoteToken is ERC20, ERC20Permit, ERC20Votes {
    /// @notice The DAO's Timelock, the only account that may mint.
    address public immutable timelock;

    /// @dev `account` may not mint: only the Timelock may.
    error NotTimelock(address account);
    /// @dev The first holders and their amounts do not pair up.
    error LengthMismatch(uint256 holders, uint256 amounts);

    /// @param timelock_ The DAO's Timelock.
    /// @param holders First holders of votes.
    /// @param amounts What each first holder gets, in units of 1e-18 vote.
    constructor(
        address timelock_,
        address[] memory holders,
        uint256[] memory amounts
    ) ERC20("Qommons Vote", "QVOTE") ERC20Permit("Qommons Vote") {
        if (holders.length != amounts.length) revert LengthMismatch(holders.length, amounts.length);
        timelock = timelock_;
        for (uint256 i = 0; i < holders.length; ++i) {
            _mint(holders[i], amounts[i]);
        }
    }

    /// @notice Makes new votes. Called by the Timelock alone; emits Transfer; reverts with NotTimelock.
    /// @param to Who gets them.
    /// @param amount Units of 1e-18 vote.
    function mint(address to, uint256 amount) external {
        if (msg.sender != timelock) revert NotTimelock(msg.sender);
        _mint(to, amount);
    }

    /// @notice The clock of votes: unix seconds.
    function clock() public view override returns (uint48) {
        return uint48(block.timestamp);
    }

    /// @notice The clock's name as ERC-6372 spells it.
    // solhint-disable-next-line func-name-mixedcase
    function CLOCK_MODE() public pure override returns (string memory) {
        return "mode=timestamp";
    }

    /// @notice The next permit or delegation nonce of `owner`.
    function nonces(address owner) public view override(ERC20Permit, Nonces) returns (uint256) {
        return super.nonces(owner);
    }

    function _update(address from, address to, uint256 value) internal override(ERC20, ERC20Votes) {
        super._update(from, to, value);
    }
}
