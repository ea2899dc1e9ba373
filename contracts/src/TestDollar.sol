// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.35;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title Play money for local chains
/// @notice ERC-20 with 6 decimals and permit; its whole supply is made in the constructor.
/// @custom:stopped Nothing stops it, and it is never deployed where money is real.
contract TestDollar is ERC20, ERC20Permit {
    /// @dev The first holders and their amounts do not pair up.
    error LengthMismatch(uint256 holders, uint256 amounts);

    /// @param holders First holders.
    /// @param amounts What each gets, in units of 1e-6 dollar.
    constructor(
        address[] memory holders,
        uint256[] memory amounts
    ) ERC20("Test Dollar", "TUSD") ERC20Permit("Test Dollar") {
        if (holders.length != amounts.length) revert LengthMismatch(holders.length, amounts.length);
        for (uint256 i = 0; i < holders.length; ++i) {
            _mint(holders[i], amounts[i]);
        }
    }

    /// @notice One unit is 1e-6 dollar.
    function decimals() public pure override returns (uint8) {
        return 6;
    }
}
