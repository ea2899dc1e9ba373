// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.35;

import {IERC165} from "@openzeppelin/contracts/interfaces/IERC165.sol";
import {IERC4906} from "@openzeppelin/contracts/interfaces/IERC4906.sol";
import {ERC2981} from "@openzeppelin/contracts/token/common/ERC2981.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {DatasetVersions} from "./lib/DatasetVersions.sol";
import {IpfsUri} from "./lib/IpfsUri.sol";

/// @title Datasets
/// @notice One token a dataset: append-only versions, a usage policy fixed at mint, payees and their parts.
/// Names (algorithms) are short ASCII, left-aligned in bytes32. Parts and royalties are basis points of 10 000.
/// @custom:stopped The owner retires a dataset: no new use, while history, running jobs and bought passes stay.
contract DatasetToken is IERC4906, ERC721, ERC2981, DatasetVersions {
    /// @dev rowsInModel: 0 never, 1 sealed, 2 public. No algorithm named means any.
    struct Policy {
        bool download;
        bool compute;
        uint8 rowsInModel;
        bytes32[] algorithms;
    }

    struct MintTerms {
        Version version;
        Policy policy;
        address[] payees;
        uint16[] parts;
        bool standingConsent;
        address jobFeeToken;
        uint256 jobFee;
        uint96 royaltyBps;
    }

    struct Payee {
        address account;
        uint16 part;
    }

    /// @dev The flags of a dataset in one slot.
    struct Standing {
        bool download;
        bool compute;
        uint8 rowsInModel;
        bool consent;
        bool retired;
        uint64 consentEpoch;
        uint32 versions;
    }

    struct JobFee {
        address token;
        uint256 amount;
    }

    uint256 public constant MAX_PAYEES = 8;
    uint256 public constant MAX_ALGORITHMS = 16;
    uint256 public constant MAX_ROYALTY_BPS = 1_000;
    uint16 private constant WHOLE = 10_000;

    /// @notice The DAO's Timelock.
    address public immutable timelock;
    /// @notice Datasets minted so far; token ids are 1 to this number.
    uint256 public datasetCount;

    mapping(uint256 tokenId => Payee[]) private _payees;
    mapping(uint256 tokenId => Standing) private _standings;
    mapping(uint256 tokenId => bytes32[]) private _algorithms;
    mapping(uint256 tokenId => JobFee) private _jobFees;

    event DatasetMinted(uint256 indexed tokenId, address indexed owner);
    event PolicySet(uint256 indexed tokenId, bool download, bool compute, uint8 rowsInModel, bytes32[] algorithms);
    event PayeesSet(uint256 indexed tokenId, address[] payees, uint16[] parts);
    event StandingConsentSet(uint256 indexed tokenId, bool standing);
    event JobFeeSet(uint256 indexed tokenId, address token, uint256 amount);
    event DatasetRetired(uint256 indexed tokenId);

    error NotDatasetOwner(uint256 tokenId, address account);
    error DatasetIsRetired(uint256 tokenId);
    error EmptyPolicy();
    error UnknownRowsInModel(uint8 rowsInModel);
    error TooManyAlgorithms(uint256 count);
    error BadPayees(uint256 payees, uint256 parts);
    error BadPart(address payee, uint16 part);
    error PartsDoNotAddUp(uint256 sum);
    error JobFeeWithoutToken();
    error RoyaltyTooHigh(uint96 royaltyBps);

    modifier onlyOwnerOf(uint256 tokenId) {
        if (_ownerOf(tokenId) != msg.sender) revert NotDatasetOwner(tokenId, msg.sender);
        _;
    }

    /// @param timelock_ The DAO's Timelock.
    constructor(address timelock_) ERC721("Qommons Dataset", "QDATA") {
        timelock = timelock_;
    }

    /// @notice Mints a dataset with its first version and its terms to the caller. Anyone may call.
    /// Emits DatasetMinted, VersionPublished, PolicySet, PayeesSet, StandingConsentSet, JobFeeSet.
    /// Reverts when a digest is empty, the policy allows nothing, parts do not add to 10 000, or a bound is passed.
    /// @param terms jobFee is in base units of jobFeeToken and is paid a job; royaltyBps is at most 1 000.
    /// @return tokenId The new dataset's number.
    function mint(MintTerms calldata terms) external returns (uint256 tokenId) {
        if (terms.royaltyBps > MAX_ROYALTY_BPS) revert RoyaltyTooHigh(terms.royaltyBps);
        tokenId = ++datasetCount;
        _mint(msg.sender, tokenId);
        emit DatasetMinted(tokenId, msg.sender);
        _setPolicy(tokenId, terms.policy);
        _addVersion(tokenId, terms.version);
        _setPayees(tokenId, terms.payees, terms.parts);
        _standings[tokenId].consent = terms.standingConsent;
        emit StandingConsentSet(tokenId, terms.standingConsent);
        _setJobFee(tokenId, terms.jobFeeToken, terms.jobFee);
        if (terms.royaltyBps != 0) _setTokenRoyalty(tokenId, msg.sender, terms.royaltyBps);
    }

    /// @notice Appends a version. Called by the owner; emits VersionPublished and MetadataUpdate.
    /// Reverts when the dataset is retired, a digest is empty or the codec is not raw or dag-pb.
    /// @return number The version's number; the first is 1.
    function publishVersion(
        uint256 tokenId,
        Version calldata version
    ) external onlyOwnerOf(tokenId) returns (uint32 number) {
        if (_standings[tokenId].retired) revert DatasetIsRetired(tokenId);
        number = _addVersion(tokenId, version);
        emit MetadataUpdate(tokenId);
    }

    /// @notice Appends many versions at once under a Merkle root, the newest of them in full. Called by the owner;
    /// emits VersionsPublished, VersionPublished and MetadataUpdate. The others keep their numbers, and anyone opens
    /// one by its proof. Reverts when the dataset is retired, or the newest does not stand under the root.
    /// @param root Of the tree of OpenZeppelin's MerkleProof over `versionLeaf` of each number.
    /// @param count Versions under the root, 2 to 65 536.
    /// @return number The newest version's number.
    function publishVersions(
        uint256 tokenId,
        bytes32 root,
        uint32 count,
        Version calldata newest,
        bytes32[] calldata proof
    ) external onlyOwnerOf(tokenId) returns (uint32 number) {
        Standing storage standing = _standings[tokenId];
        if (standing.retired) revert DatasetIsRetired(tokenId);
        number = _addBatch(tokenId, standing.versions, root, count, newest, proof);
        standing.versions = number;
        emit MetadataUpdate(tokenId);
    }

    /// @notice Replaces who is paid, and in which parts, from now on. Called by the owner; emits PayeesSet.
    /// Reverts unless there are 1 to 8 payees and positive parts that add to 10 000.
    function setPayees(
        uint256 tokenId,
        address[] calldata payees,
        uint16[] calldata parts
    ) external onlyOwnerOf(tokenId) {
        _setPayees(tokenId, payees, parts);
    }

    /// @notice Says yes to every job within the policy, or takes that back. Called by the owner;
    /// emits StandingConsentSet. A job that is claimed already runs on.
    function setStandingConsent(uint256 tokenId, bool standing) external onlyOwnerOf(tokenId) {
        _standings[tokenId].consent = standing;
        emit StandingConsentSet(tokenId, standing);
    }

    /// @notice Sets the fee of later job requests. Called by the owner; emits JobFeeSet.
    /// @param token The ERC-20 of the fee; jobs paid in another token are refused while the fee is not 0.
    /// @param amount Base units a job; 0 for none.
    function setJobFee(uint256 tokenId, address token, uint256 amount) external onlyOwnerOf(tokenId) {
        _setJobFee(tokenId, token, amount);
    }

    /// @notice Ends new use for good: no version, listing, pass or job request after it. Called by the owner;
    /// emits DatasetRetired. Passes and requested jobs stay valid.
    function retire(uint256 tokenId) external onlyOwnerOf(tokenId) {
        if (_standings[tokenId].retired) revert DatasetIsRetired(tokenId);
        _standings[tokenId].retired = true;
        emit DatasetRetired(tokenId);
    }

    /// @notice How many versions there are; 0 for a dataset that does not exist.
    function versionCount(uint256 tokenId) public view override returns (uint32) {
        return _standings[tokenId].versions;
    }

    /// @notice What the dataset may be used for; fixed at mint.
    function policyOf(uint256 tokenId) external view returns (Policy memory) {
        Standing storage standing = _standings[tokenId];
        return Policy(standing.download, standing.compute, standing.rowsInModel, _algorithms[tokenId]);
    }

    /// @notice Whether a job with this algorithm may be requested: computing allowed, algorithm allowed, not retired.
    function permitsJob(uint256 tokenId, bytes32 algorithm) external view returns (bool) {
        Standing storage standing = _standings[tokenId];
        if (!standing.compute || standing.retired) return false;
        bytes32[] storage algorithms = _algorithms[tokenId];
        for (uint256 i = 0; i < algorithms.length; ++i) {
            if (algorithms[i] == algorithm) return true;
        }
        return algorithms.length == 0;
    }

    /// @notice Who is paid, and in which parts of 10 000.
    function payeesOf(uint256 tokenId) external view returns (address[] memory payees, uint16[] memory parts) {
        Payee[] storage stored = _payees[tokenId];
        payees = new address[](stored.length);
        parts = new uint16[](stored.length);
        for (uint256 i = 0; i < stored.length; ++i) {
            payees[i] = stored[i].account;
            parts[i] = stored[i].part;
        }
    }

    /// @notice The fee of a job requested now: its token, and base units.
    function jobFeeOf(uint256 tokenId) external view returns (address token, uint256 amount) {
        return (_jobFees[tokenId].token, _jobFees[tokenId].amount);
    }

    /// @notice Whether the owner says yes to every job within the policy.
    function hasStandingConsent(uint256 tokenId) external view returns (bool) {
        return _standings[tokenId].consent;
    }

    /// @notice Transfers so far: a consent given to a job in an earlier epoch is void.
    function consentEpoch(uint256 tokenId) external view returns (uint256) {
        return _standings[tokenId].consentEpoch;
    }

    /// @notice Whether new use has ended.
    function isRetired(uint256 tokenId) external view returns (bool) {
        return _standings[tokenId].retired;
    }

    /// @notice The newest version's metadata document on IPFS.
    function tokenURI(uint256 tokenId) public view override returns (string memory) {
        _requireOwned(tokenId);
        return IpfsUri.ofRawBlock(_metadataDigest(tokenId, versionCount(tokenId)));
    }

    /// @notice ERC-721, ERC-2981, ERC-4906 and ERC-165.
    function supportsInterface(bytes4 interfaceId) public view override(IERC165, ERC721, ERC2981) returns (bool) {
        // ERC-4906 has no functions of its own, so its id is written in the standard.
        return interfaceId == bytes4(0x49064906) || super.supportsInterface(interfaceId);
    }

    /// @dev A transfer clears the standing consent and voids the consents given to jobs.
    function _update(address to, uint256 tokenId, address auth) internal override returns (address from) {
        from = super._update(to, tokenId, auth);
        if (from == address(0)) return from;
        Standing storage standing = _standings[tokenId];
        standing.consentEpoch += 1;
        if (standing.consent) {
            standing.consent = false;
            emit StandingConsentSet(tokenId, false);
        }
    }

    function _setPolicy(uint256 tokenId, Policy calldata policy) private {
        if (!policy.download && !policy.compute) revert EmptyPolicy();
        if (policy.rowsInModel > 2) revert UnknownRowsInModel(policy.rowsInModel);
        if (policy.algorithms.length > MAX_ALGORITHMS) revert TooManyAlgorithms(policy.algorithms.length);
        Standing storage standing = _standings[tokenId];
        standing.download = policy.download;
        standing.compute = policy.compute;
        standing.rowsInModel = policy.rowsInModel;
        _algorithms[tokenId] = policy.algorithms;
        emit PolicySet(tokenId, policy.download, policy.compute, policy.rowsInModel, policy.algorithms);
    }

    function _addVersion(uint256 tokenId, Version calldata version) private returns (uint32 number) {
        number = ++_standings[tokenId].versions;
        _storeVersion(tokenId, number, version);
    }

    function _setPayees(uint256 tokenId, address[] calldata payees, uint16[] calldata parts) private {
        if (payees.length == 0 || payees.length > MAX_PAYEES || payees.length != parts.length)
            revert BadPayees(payees.length, parts.length);
        delete _payees[tokenId];
        uint256 sum = 0;
        for (uint256 i = 0; i < payees.length; ++i) {
            if (payees[i] == address(0) || parts[i] == 0) revert BadPart(payees[i], parts[i]);
            _payees[tokenId].push(Payee(payees[i], parts[i]));
            sum += parts[i];
        }
        if (sum != WHOLE) revert PartsDoNotAddUp(sum);
        emit PayeesSet(tokenId, payees, parts);
    }

    function _setJobFee(uint256 tokenId, address token, uint256 amount) private {
        if (amount != 0 && token == address(0)) revert JobFeeWithoutToken();
        _jobFees[tokenId] = JobFee(token, amount);
        emit JobFeeSet(tokenId, token, amount);
    }
}
