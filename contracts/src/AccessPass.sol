// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.35;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ERC1155} from "@openzeppelin/contracts/token/ERC1155/ERC1155.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {DatasetToken} from "./DatasetToken.sol";
import {ModelToken} from "./ModelToken.sol";
import {WiredOnce} from "./lib/WiredOnce.sol";

/// @title What AccessPass asks of DataMarket
interface IRefunds {
    /// @notice Takes `amount` from the caller and owes it to `account`.
    function refund(address account, address paymentToken, uint256 amount) external;
}

/// @title Rights to use datasets and models
/// @notice One id a pass, amount 1, bound to its first holder. Subject kinds: 0 dataset, 1 model.
/// Rights: 1 download, 2 compute on, 3 predict with (models alone). A model has one version, number 1.
/// Right 4, a model itself, changes hands through DataMarket alone: there is no pass of it.
/// @custom:stopped Owners revoke their passes with the refund that is due; retiring a dataset ends new passes.
contract AccessPass is ERC1155, WiredOnce {
    using SafeERC20 for IERC20;

    struct Pass {
        uint8 subjectKind;
        uint256 subjectId;
        uint8 right;
        uint32 firstVersion;
        uint64 expiresAt;
        uint32 usesTotal;
        uint32 usesLeft;
        address paymentToken;
        uint256 pricePaid;
        address holder;
        bool revoked;
    }

    struct SubjectTerms {
        uint256 epoch;
        uint32 newestVersion;
        bool grantable;
    }

    /// @dev Pass in four slots, with the time of issue, which a refund is measured from.
    struct StoredPass {
        uint192 subjectId;
        uint64 issuedAt;
        address holder;
        uint8 subjectKind;
        uint8 right;
        bool revoked;
        uint32 firstVersion;
        uint32 usesLeft;
        address paymentToken;
        uint64 expiresAt;
        uint32 usesTotal;
        uint256 pricePaid;
    }

    uint8 public constant DATASET = 0;
    uint8 public constant MODEL = 1;
    uint8 public constant DOWNLOAD = 1;
    uint8 public constant COMPUTE = 2;
    uint8 public constant PREDICT = 3;

    /// @notice The DAO's Timelock.
    address public immutable timelock;
    DatasetToken public immutable datasetToken;
    ModelToken public immutable modelToken;
    /// @notice The only account that issues passes for money.
    address public dataMarket;
    /// @notice The only account that reserves and releases uses.
    address public jobBoard;
    /// @notice Passes issued so far; ids are 1 to this number.
    uint256 public passCount;

    mapping(uint256 passId => StoredPass) private _passes;

    event PassIssued(
        uint256 indexed passId,
        address indexed holder,
        uint8 subjectKind,
        uint256 indexed subjectId,
        uint8 right,
        uint32 firstVersion,
        uint64 expiresAt,
        uint32 uses,
        address paymentToken,
        uint256 pricePaid
    );
    event UseReserved(uint256 indexed passId, uint32 usesLeft);
    event UseReleased(uint256 indexed passId, uint32 usesLeft);
    event PassRevoked(uint256 indexed passId, uint256 refunded);
    event PassRestored(uint256 indexed passId);

    error NotDataMarket(address account);
    error NotJobBoard(address account);
    error NotSubjectOwner(uint8 subjectKind, uint256 subjectId, address account);
    error RightNotGrantable(uint8 subjectKind, uint256 subjectId, uint8 right);
    error NoSuchVersion(uint8 subjectKind, uint256 subjectId, uint32 version);
    error AlreadyExpired(uint64 expiresAt);
    error NoSuchPass(uint256 passId);
    error PassNotUsable(uint256 passId, address holder, uint256 datasetId, uint32 version);
    error AlreadyRevoked(uint256 passId);
    error NotTransferable();

    modifier onlyJobBoard() {
        if (msg.sender != jobBoard) revert NotJobBoard(msg.sender);
        _;
    }

    /// @param timelock_ The DAO's Timelock.
    constructor(address timelock_, DatasetToken datasetToken_, ModelToken modelToken_) ERC1155("") {
        timelock = timelock_;
        datasetToken = datasetToken_;
        modelToken = modelToken_;
    }

    /// @notice Names DataMarket and JobBoard. Called once, by the deployer;
    /// reverts with NotDeployer, AlreadyWired, WiredToNobody.
    function wire(address dataMarket_, address jobBoard_) external spendsWiring {
        if (dataMarket_ == address(0) || jobBoard_ == address(0)) revert WiredToNobody();
        dataMarket = dataMarket_;
        jobBoard = jobBoard_;
    }

    /// @notice Issues a bought pass. Called by DataMarket alone; emits PassIssued; calls a receiving contract as
    /// ERC-1155 asks. Reverts when the policy does not allow the right or the dataset is retired.
    /// @param firstVersion The first version that the pass covers; later ones are covered too.
    /// @param expiresAt Unix seconds; 0 for never.
    /// @param uses Number of jobs; 0 for any number.
    /// @param pricePaid Base units of paymentToken; an early revocation refunds the unused share of it.
    function issue(
        address to,
        uint8 subjectKind,
        uint256 subjectId,
        uint8 right,
        uint32 firstVersion,
        uint64 expiresAt,
        uint32 uses,
        address paymentToken,
        uint256 pricePaid
    ) external returns (uint256 passId) {
        if (msg.sender != dataMarket) revert NotDataMarket(msg.sender);
        StoredPass memory pass = _newPass(to, subjectKind, subjectId, right, firstVersion, expiresAt, uses);
        pass.paymentToken = paymentToken;
        pass.pricePaid = pricePaid;
        return _store(pass);
    }

    /// @notice Gives a pass away. Called by the subject's owner, within the policy; emits PassIssued with price 0.
    /// Parameters as in `issue`.
    function grant(
        uint8 subjectKind,
        uint256 subjectId,
        address to,
        uint8 right,
        uint32 firstVersion,
        uint64 expiresAt,
        uint32 uses
    ) external returns (uint256 passId) {
        _requireSubjectOwner(subjectKind, subjectId);
        return _store(_newPass(to, subjectKind, subjectId, right, firstVersion, expiresAt, uses));
    }

    /// @notice Takes one use for a job that is requested. Called by JobBoard alone; emits UseReserved.
    /// Reverts with PassNotUsable unless `holder` has a compute pass for this version of the dataset.
    function reserveUse(uint256 passId, address holder, uint256 datasetId, uint32 version) external onlyJobBoard {
        if (!isUsable(passId, holder, DATASET, datasetId, COMPUTE, version))
            revert PassNotUsable(passId, holder, datasetId, version);
        StoredPass storage pass = _passes[passId];
        if (pass.usesTotal != 0) pass.usesLeft -= 1;
        emit UseReserved(passId, pass.usesLeft);
    }

    /// @notice Gives back the use of a job without a result. Called by JobBoard alone; emits UseReleased.
    /// A use that was paid for and comes back after the pass was revoked, so was not refunded, makes the pass usable for
    /// it again (PassRestored); the owner may revoke that too, with its refund.
    function releaseUse(uint256 passId) external onlyJobBoard {
        StoredPass storage pass = _passes[passId];
        if (pass.usesTotal != 0) pass.usesLeft += 1;
        emit UseReleased(passId, pass.usesLeft);
        if (pass.revoked && pass.usesTotal != 0 && pass.pricePaid != 0) {
            pass.revoked = false;
            emit PassRestored(passId);
        }
    }

    /// @notice Ends a pass and pays the refund of its unused part, in the same call, into DataMarket, where the holder
    /// withdraws it: nobody's refusal to be paid can hold up a revocation.
    /// Called by the subject's owner, who must have approved this contract for the refund; emits PassRevoked.
    /// The refund is price x the smaller unused share of time and uses, rounded down; unlimited is wholly unused.
    /// A use that a requested job holds stays with the job.
    function revoke(uint256 passId) external {
        StoredPass storage pass = _passes[passId];
        if (pass.holder == address(0)) revert NoSuchPass(passId);
        _requireSubjectOwner(pass.subjectKind, pass.subjectId);
        if (pass.revoked) revert AlreadyRevoked(passId);
        uint256 refunded = refundOf(passId);
        pass.revoked = true;
        pass.usesLeft = 0;
        emit PassRevoked(passId, refunded);
        if (refunded != 0) _refund(pass.holder, IERC20(pass.paymentToken), refunded);
    }

    /// @notice What a revocation now would refund, in base units of the token that was paid.
    function refundOf(uint256 passId) public view returns (uint256) {
        StoredPass storage pass = _passes[passId];
        uint256 forTime = pass.pricePaid;
        uint256 forUses = pass.pricePaid;
        if (pass.expiresAt != 0) {
            uint256 left = block.timestamp < pass.expiresAt ? pass.expiresAt - block.timestamp : 0;
            forTime = Math.mulDiv(pass.pricePaid, left, pass.expiresAt - pass.issuedAt);
        }
        if (pass.usesTotal != 0) forUses = Math.mulDiv(pass.pricePaid, pass.usesLeft, pass.usesTotal);
        return Math.min(forTime, forUses);
    }

    /// @notice A pass as it stands. Reverts with NoSuchPass.
    function passOf(uint256 passId) external view returns (Pass memory) {
        StoredPass storage pass = _passes[passId];
        if (pass.holder == address(0)) revert NoSuchPass(passId);
        return
            Pass(
                pass.subjectKind,
                pass.subjectId,
                pass.right,
                pass.firstVersion,
                pass.expiresAt,
                pass.usesTotal,
                pass.usesLeft,
                pass.paymentToken,
                pass.pricePaid,
                pass.holder,
                pass.revoked
            );
    }

    /// @notice Whether `holder` may use this right on this version by this pass now.
    function isUsable(
        uint256 passId,
        address holder,
        uint8 subjectKind,
        uint256 subjectId,
        uint8 right,
        uint32 version
    ) public view returns (bool) {
        StoredPass storage pass = _passes[passId];
        if (pass.holder == address(0) || pass.holder != holder || pass.revoked) return false;
        if (pass.subjectKind != subjectKind || pass.subjectId != subjectId || pass.right != right) return false;
        if (version < pass.firstVersion || version > newestVersion(subjectKind, subjectId)) return false;
        if (pass.expiresAt != 0 && block.timestamp >= pass.expiresAt) return false;
        return pass.usesTotal == 0 || pass.usesLeft != 0;
    }

    /// @notice Whether a right may be sold or granted: the subject exists, its policy allows it, it is not retired.
    function isGrantable(uint8 subjectKind, uint256 subjectId, uint8 right) public view returns (bool) {
        if (newestVersion(subjectKind, subjectId) == 0) return false;
        if (subjectKind == MODEL) return right == DOWNLOAD || right == COMPUTE || right == PREDICT;
        if (datasetToken.isRetired(subjectId)) return false;
        DatasetToken.Policy memory policy = datasetToken.policyOf(subjectId);
        return (right == DOWNLOAD && policy.download) || (right == COMPUTE && policy.compute);
    }

    /// @notice The newest version of a dataset, 1 for a model, 0 for what does not exist.
    function newestVersion(uint8 subjectKind, uint256 subjectId) public view returns (uint32) {
        if (subjectKind == DATASET) return datasetToken.versionCount(subjectId);
        if (subjectKind != MODEL) return 0;
        return subjectId != 0 && subjectId <= modelToken.modelCount() ? 1 : 0;
    }

    /// @notice Who owns a subject now; the zero address for what does not exist.
    function subjectOwner(uint8 subjectKind, uint256 subjectId) public view returns (address) {
        if (newestVersion(subjectKind, subjectId) == 0) return address(0);
        return subjectKind == DATASET ? datasetToken.ownerOf(subjectId) : modelToken.ownerOf(subjectId);
    }

    /// @notice Transfers of a subject so far: what its owner offered before the last one has lapsed.
    function subjectEpoch(uint8 subjectKind, uint256 subjectId) public view returns (uint256) {
        return subjectKind == DATASET ? datasetToken.consentEpoch(subjectId) : modelToken.transferCount(subjectId);
    }

    /// @notice What a sale asks, in one call: `subjectEpoch`, `newestVersion` and `isGrantable`.
    function subjectTerms(
        uint8 subjectKind,
        uint256 subjectId,
        uint8 right
    ) external view returns (SubjectTerms memory) {
        return
            SubjectTerms(
                subjectEpoch(subjectKind, subjectId),
                newestVersion(subjectKind, subjectId),
                isGrantable(subjectKind, subjectId, right)
            );
    }

    function _newPass(
        address to,
        uint8 subjectKind,
        uint256 subjectId,
        uint8 right,
        uint32 firstVersion,
        uint64 expiresAt,
        uint32 uses
    ) private view returns (StoredPass memory pass) {
        if (!isGrantable(subjectKind, subjectId, right)) revert RightNotGrantable(subjectKind, subjectId, right);
        if (firstVersion == 0 || firstVersion > newestVersion(subjectKind, subjectId))
            revert NoSuchVersion(subjectKind, subjectId, firstVersion);
        if (expiresAt != 0 && expiresAt <= block.timestamp) revert AlreadyExpired(expiresAt);
        pass.subjectId = SafeCast.toUint192(subjectId);
        pass.issuedAt = uint64(block.timestamp);
        pass.holder = to;
        pass.subjectKind = subjectKind;
        pass.right = right;
        pass.firstVersion = firstVersion;
        pass.usesLeft = uses;
        pass.expiresAt = expiresAt;
        pass.usesTotal = uses;
    }

    function _store(StoredPass memory pass) private returns (uint256 passId) {
        passId = ++passCount;
        _passes[passId] = pass;
        emit PassIssued(
            passId,
            pass.holder,
            pass.subjectKind,
            pass.subjectId,
            pass.right,
            pass.firstVersion,
            pass.expiresAt,
            pass.usesTotal,
            pass.paymentToken,
            pass.pricePaid
        );
        // Last, since it calls a receiving contract.
        _mint(pass.holder, passId, 1, "");
    }

    function _refund(address holder, IERC20 paymentToken, uint256 amount) private {
        paymentToken.safeTransferFrom(msg.sender, address(this), amount);
        paymentToken.forceApprove(dataMarket, amount);
        IRefunds(dataMarket).refund(holder, address(paymentToken), amount);
    }

    function _requireSubjectOwner(uint8 subjectKind, uint256 subjectId) private view {
        if (subjectOwner(subjectKind, subjectId) != msg.sender)
            revert NotSubjectOwner(subjectKind, subjectId, msg.sender);
    }

    /// @dev A pass is bound to whom it was issued to.
    function _update(address from, address to, uint256[] memory ids, uint256[] memory values) internal override {
        if (from != address(0)) revert NotTransferable();
        super._update(from, to, ids, values);
    }
}
