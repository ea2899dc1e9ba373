// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.35;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";

/// @title The DAO's delay and treasury
/// @notice OpenZeppelin's TimelockController with one proposer (the Governor), open execution and no outside admin.
/// @custom:stopped The Governor may cancel what it queued, as OpenZeppelin's Governor allows; nothing else stops it.
contract Timelock is TimelockController {
    /// @param minDelay Seconds between queue and execution.
    /// @param governor The only proposer and canceller; may be an address that is deployed to later.
    constructor(
        uint256 minDelay,
        address governor
    ) TimelockController(minDelay, _only(governor), _only(address(0)), address(0)) {}

    function _only(address account) private pure returns (address[] memory accounts) {
        accounts = new address[](1);
        accounts[0] = account;
    }
}
