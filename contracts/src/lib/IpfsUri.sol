// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.35;

import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

/// @title Addresses of small documents on IPFS
library IpfsUri {
    /// @notice The address of the raw block that has this sha2-256 digest.
    /// @dev "f" says base 16; then CIDv1 (01), codec raw (55), sha2-256 (12), 32 bytes (20).
    function ofRawBlock(bytes32 digest) internal pure returns (string memory) {
        bytes memory hexadecimal = bytes(Strings.toHexString(uint256(digest), 32));
        bytes memory digits = new bytes(64);
        for (uint256 i = 0; i < 64; ++i) {
            digits[i] = hexadecimal[i + 2];
        }
        return string.concat("ipfs://f01551220", string(digits));
    }
}
