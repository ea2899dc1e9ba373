// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.35;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

/// @title Versions of datasets
/// @notice Append-only: each stands in full, or under the Merkle root of its batch until somebody opens it.
abstract contract DatasetVersions {
    struct Version {
        uint64 codec;
        bytes32 contentDigest;
        bytes32 metadataDigest;
        bytes32 licenceHash;
        uint64 sizeBytes;
    }

    /// @dev Version in four slots.
    struct StoredVersion {
        bytes32 contentDigest;
        bytes32 metadataDigest;
        bytes32 licenceHash;
        uint64 codec;
        uint64 sizeBytes;
    }

    /// @dev Versions published together: `count` of them from number `first`.
    struct Batch {
        bytes32 root;
        uint32 first;
        uint32 count;
    }

    uint32 public constant MAX_BATCH = 65_536;
    uint64 private constant CODEC_RAW = 0x55;
    uint64 private constant CODEC_DAG_PB = 0x70;

    mapping(uint256 tokenId => mapping(uint256 number => StoredVersion)) private _versions;
    mapping(uint256 tokenId => Batch[]) private _batches;

    event VersionPublished(
        uint256 indexed tokenId,
        uint32 indexed number,
        uint64 codec,
        bytes32 contentDigest,
        bytes32 metadataDigest,
        bytes32 licenceHash,
        uint64 sizeBytes
    );
    event VersionsPublished(
        uint256 indexed tokenId,
        uint256 indexed batch,
        uint32 first,
        uint32 last,
        bytes32 root
    );

    error NoSuchVersion(uint256 tokenId, uint32 number);
    error VersionNotOpen(uint256 tokenId, uint32 number);
    error VersionIsOpen(uint256 tokenId, uint32 number);
    error NoSuchBatch(uint256 tokenId, uint256 batch);
    error BadBatch(uint32 count);
    error NotInBatch(uint256 tokenId, uint32 number);
    error UnknownCodec(uint64 codec);
    error EmptyVersion();

    /// @notice Writes a version of a batch out in full, so that jobs can name it. Anyone may call, also once the
    /// dataset is retired; emits VersionPublished. Reverts when it is open already or not under the batch's root.
    /// @param batch Which batch of the dataset; the first is 0.
    function openVersion(
        uint256 tokenId,
        uint256 batch,
        uint32 number,
        Version calldata version,
        bytes32[] calldata proof
    ) external {
        if (hasVersion(tokenId, number)) revert VersionIsOpen(tokenId, number);
        Batch memory held = batchOf(tokenId, batch);
        if (number < held.first || number >= held.first + held.count) revert NotInBatch(tokenId, number);
        _requireUnder(held.root, tokenId, number, version, proof);
        _storeVersion(tokenId, number, version);
    }

    /// @notice How many versions there are; 0 for a dataset that does not exist.
    function versionCount(uint256 tokenId) public view virtual returns (uint32);

    /// @notice Whether this version stands here in full: published by itself, the newest of a batch, or opened.
    function hasVersion(uint256 tokenId, uint256 number) public view returns (bool) {
        return _versions[tokenId][number].contentDigest != 0;
    }

    /// @notice One version. Reverts with NoSuchVersion, or VersionNotOpen for one that only its batch's root tells of.
    function versionOf(uint256 tokenId, uint32 number) external view returns (Version memory) {
        if (number == 0 || number > versionCount(tokenId)) revert NoSuchVersion(tokenId, number);
        if (!hasVersion(tokenId, number)) revert VersionNotOpen(tokenId, number);
        StoredVersion storage stored = _versions[tokenId][number];
        return
            Version(
                stored.codec,
                stored.contentDigest,
                stored.metadataDigest,
                stored.licenceHash,
                stored.sizeBytes
            );
    }

    /// @notice Root, first number and count of versions published together. Reverts with NoSuchBatch.
    function batchOf(uint256 tokenId, uint256 batch) public view returns (Batch memory) {
        if (batch >= _batches[tokenId].length) revert NoSuchBatch(tokenId, batch);
        return _batches[tokenId][batch];
    }

    /// @notice The leaf of a version in the tree of its batch: the hash of the hash of dataset, number and version.
    function versionLeaf(uint256 tokenId, uint32 number, Version calldata version) public pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(tokenId, number, version))));
    }

    /// @dev Numbers `count` versions after the first `before`, of which only the newest stands in full.
    function _addBatch(
        uint256 tokenId,
        uint32 before,
        bytes32 root,
        uint32 count,
        Version calldata newest,
        bytes32[] calldata proof
    ) internal returns (uint32 number) {
        if (count < 2 || count > MAX_BATCH) revert BadBatch(count);
        number = before + count;
        _requireUnder(root, tokenId, number, newest, proof);
        _batches[tokenId].push(Batch(root, before + 1, count));
        emit VersionsPublished(tokenId, _batches[tokenId].length - 1, before + 1, number, root);
        _storeVersion(tokenId, number, newest);
    }

    function _storeVersion(uint256 tokenId, uint32 number, Version calldata version) internal {
        if (version.codec != CODEC_RAW && version.codec != CODEC_DAG_PB) revert UnknownCodec(version.codec);
        if (version.contentDigest == 0 || version.metadataDigest == 0 || version.sizeBytes == 0) revert EmptyVersion();
        _versions[tokenId][number] = StoredVersion(
            version.contentDigest,
            version.metadataDigest,
            version.licenceHash,
            version.codec,
            version.sizeBytes
        );
        emit VersionPublished(
            tokenId,
            number,
            version.codec,
            version.contentDigest,
            version.metadataDigest,
            version.licenceHash,
            version.sizeBytes
        );
    }

    function _metadataDigest(uint256 tokenId, uint32 number) internal view returns (bytes32) {
        return _versions[tokenId][number].metadataDigest;
    }

    function _requireUnder(
        bytes32 root,
        uint256 tokenId,
        uint32 number,
        Version calldata version,
        bytes32[] calldata proof
    ) private pure {
        if (!MerkleProof.verifyCalldata(proof, root, versionLeaf(tokenId, number, version)))
            revert NotInBatch(tokenId, number);
    }
}
