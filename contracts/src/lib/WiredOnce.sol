// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.35;

/// @title A deployer whose only power is one call
/// @notice Back-references cannot be constructor arguments; the deployer sets them once and then holds nothing.
abstract contract WiredOnce {
    /// @notice Who deployed, and may call `wire` once.
    address public immutable deployer;
    /// @notice True when the deployer's one call is spent.
    bool public wired;

    /// @dev `account` may not wire: only the deployer may.
    error NotDeployer(address account);
    /// @dev The one call is spent.
    error AlreadyWired();
    /// @dev The zero address cannot be wired.
    error WiredToNobody();

    constructor() {
        deployer = msg.sender;
    }

    modifier spendsWiring() {
        if (msg.sender != deployer) revert NotDeployer(msg.sender);
        if (wired) revert AlreadyWired();
        wired = true;
        _;
    }
}
