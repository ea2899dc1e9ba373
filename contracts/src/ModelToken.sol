// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.35;

import {IERC165} from "@openzeppelin/contracts/interfaces/IERC165.sol";
import {IERC2981} from "@openzeppelin/contracts/interfaces/IERC2981.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IpfsUri} from "./lib/IpfsUri.sol";
import {WiredOnce} from "./lib/WiredOnce.sol";

/// @title Trained models
/// @notice One token a trained model version, minted by the settlement of a job to its requester.
/// A sale of a model owes each parent model's owner PARENT_ROYALTY_BPS of the price, so at most 10 % for 4 parents.
/// @custom:stopped Nothing stops a transfer; new models come from JobBoard's settlement alone.
contract ModelToken is IERC2981, ERC721, WiredOnce {
    struct Model {
        uint256 jobId;
        bytes32 artefactDigest;
        bytes32 metricsDigest;
        bytes32 runRecordDigest;
        uint256[] parents;
    }

    uint256 public constant MAX_PARENTS = 4;
    uint256 public constant PARENT_ROYALTY_BPS = 250;
    uint256 private constant WHOLE = 10_000;

    /// @notice The DAO's Timelock.
    address public immutable timelock;
    /// @notice The only account that may mint.
    address public jobBoard;
    /// @notice Models minted so far; token ids are 1 to this number.
    uint256 public modelCount;

    /// @notice Transfers of a model since its mint: a listing made before the last one has lapsed.
    mapping(uint256 tokenId => uint256) public transferCount;

    mapping(uint256 tokenId => Model) private _models;

    event ModelMinted(
        uint256 indexed tokenId,
        uint256 indexed jobId,
        address indexed owner,
        bytes32 artefactDigest,
        bytes32 metricsDigest,
        bytes32 runRecordDigest
    );

    error NotJobBoard(address account);
    error TooManyParents(uint256 count);

    /// @param timelock_ The DAO's Timelock.
    constructor(address timelock_) ERC721("Qommons Model", "QMODEL") {
        timelock = timelock_;
    }

    /// @notice Names the JobBoard. Called once, by the deployer; reverts with NotDeployer, AlreadyWired, WiredToNobody.
    function wire(address jobBoard_) external spendsWiring {
        if (jobBoard_ == address(0)) revert WiredToNobody();
        jobBoard = jobBoard_;
    }

    /// @notice Mints the model of a settled job. Called by JobBoard alone; emits ModelMinted and Transfer.
    /// Never calls the receiver, so that a settlement cannot be refused or re-entered.
    /// @param parents The models that it was trained from; existing ones, at most 4.
    /// @return tokenId The new model's number.
    function mintModel(
        address to,
        uint256 jobId,
        bytes32 artefactDigest,
        bytes32 metricsDigest,
        bytes32 runRecordDigest,
        uint256[] calldata parents
    ) external returns (uint256 tokenId) {
        if (msg.sender != jobBoard) revert NotJobBoard(msg.sender);
        if (parents.length > MAX_PARENTS) revert TooManyParents(parents.length);
        for (uint256 i = 0; i < parents.length; ++i) {
            _requireOwned(parents[i]);
        }
        tokenId = ++modelCount;
        _models[tokenId] = Model(jobId, artefactDigest, metricsDigest, runRecordDigest, parents);
        _mint(to, tokenId);
        emit ModelMinted(tokenId, jobId, to, artefactDigest, metricsDigest, runRecordDigest);
    }

    /// @notice A model's job, digests and parents. Reverts when it does not exist.
    function modelOf(uint256 tokenId) external view returns (Model memory) {
        _requireOwned(tokenId);
        return _models[tokenId];
    }

    /// @notice What a sale owes to the parents' owners of today, in units of `salePrice`, each rounded down.
    function parentRoyalties(
        uint256 tokenId,
        uint256 salePrice
    ) public view returns (address[] memory receivers, uint256[] memory amounts) {
        uint256[] storage parents = _models[tokenId].parents;
        receivers = new address[](parents.length);
        amounts = new uint256[](parents.length);
        for (uint256 i = 0; i < parents.length; ++i) {
            receivers[i] = _ownerOf(parents[i]);
            amounts[i] = Math.mulDiv(salePrice, PARENT_ROYALTY_BPS, WHOLE);
        }
    }

    /// @notice ERC-2981: the sum of the parents' royalties, to the first parent's owner; nothing without parents.
    function royaltyInfo(
        uint256 tokenId,
        uint256 salePrice
    ) external view returns (address receiver, uint256 royaltyAmount) {
        (address[] memory receivers, uint256[] memory amounts) = parentRoyalties(tokenId, salePrice);
        if (receivers.length == 0) return (address(0), 0);
        receiver = receivers[0];
        for (uint256 i = 0; i < amounts.length; ++i) {
            royaltyAmount += amounts[i];
        }
    }

    /// @notice The model's manifest on IPFS.
    function tokenURI(uint256 tokenId) public view override returns (string memory) {
        _requireOwned(tokenId);
        return IpfsUri.ofRawBlock(_models[tokenId].artefactDigest);
    }

    /// @notice ERC-721, ERC-2981 and ERC-165.
    function supportsInterface(bytes4 interfaceId) public view override(IERC165, ERC721) returns (bool) {
        return interfaceId == type(IERC2981).interfaceId || super.supportsInterface(interfaceId);
    }

    function _update(address to, uint256 tokenId, address auth) internal override returns (address from) {
        from = super._update(to, tokenId, auth);
        if (from != address(0)) ++transferCount[tokenId];
    }
}
