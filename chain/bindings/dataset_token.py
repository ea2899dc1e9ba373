"""DatasetToken: one ERC-721 token a dataset, with append-only versions, usage policy and payees."""

from chain.abi import event, events_in, function, functions_in
from chain.bindings.erc721 import (
    APPROVAL,
    APPROVAL_FOR_ALL,
    APPROVE,
    BALANCE_OF,
    GET_APPROVED,
    IS_APPROVED_FOR_ALL,
    NAME,
    OWNER_OF,
    ROYALTY_INFO,
    SAFE_TRANSFER_FROM,
    SAFE_TRANSFER_FROM_WITH_BYTES,
    SET_APPROVAL_FOR_ALL,
    SYMBOL,
    TOKEN_URI,
    TRANSFER_FROM,
    TRANSFERRED,
)

__all__ = [
    "APPROVAL",
    "APPROVAL_FOR_ALL",
    "APPROVE",
    "BALANCE_OF",
    "GET_APPROVED",
    "IS_APPROVED_FOR_ALL",
    "NAME",
    "OWNER_OF",
    "ROYALTY_INFO",
    "SAFE_TRANSFER_FROM",
    "SAFE_TRANSFER_FROM_WITH_BYTES",
    "SET_APPROVAL_FOR_ALL",
    "SYMBOL",
    "TOKEN_URI",
    "TRANSFERRED",
    "TRANSFER_FROM",
]

_VERSION = (
    "(uint64 codec, bytes32 contentDigest, bytes32 metadataDigest, bytes32 licenceHash, uint64 sizeBytes)"
)
_POLICY = "(bool download, bool compute, uint8 rowsInModel, bytes32[] algorithms)"
_MINT_TERMS = (
    f"({_VERSION} version, {_POLICY} policy, address[] payees, uint16[] parts, bool standingConsent,"
    " address jobFeeToken, uint256 jobFee, uint96 royaltyBps)"
)

MINT = function(f"mint({_MINT_TERMS} terms) returns (uint256 tokenId)")
PUBLISH_VERSION = function(f"publishVersion(uint256 tokenId, {_VERSION} version) returns (uint32 number)")
PUBLISH_VERSIONS = function(
    f"publishVersions(uint256 tokenId, bytes32 root, uint32 count, {_VERSION} newest, bytes32[] proof)"
    " returns (uint32 number)"
)
OPEN_VERSION = function(
    f"openVersion(uint256 tokenId, uint256 batch, uint32 number, {_VERSION} version, bytes32[] proof)"
)
SET_PAYEES = function("setPayees(uint256 tokenId, address[] payees, uint16[] parts)")
SET_STANDING_CONSENT = function("setStandingConsent(uint256 tokenId, bool standing)")
SET_JOB_FEE = function("setJobFee(uint256 tokenId, address token, uint256 amount)")
RETIRE = function("retire(uint256 tokenId)")

DATASET_COUNT = function("datasetCount() returns (uint256)")
VERSION_COUNT = function("versionCount(uint256 tokenId) returns (uint32)")
VERSION_OF = function(f"versionOf(uint256 tokenId, uint32 number) returns ({_VERSION} version)")
POLICY_OF = function(f"policyOf(uint256 tokenId) returns ({_POLICY} policy)")
PAYEES_OF = function("payeesOf(uint256 tokenId) returns (address[] payees, uint16[] parts)")
JOB_FEE_OF = function("jobFeeOf(uint256 tokenId) returns (address token, uint256 amount)")
HAS_STANDING_CONSENT = function("hasStandingConsent(uint256 tokenId) returns (bool)")
CONSENT_EPOCH = function("consentEpoch(uint256 tokenId) returns (uint256)")
IS_RETIRED = function("isRetired(uint256 tokenId) returns (bool)")
PERMITS_JOB = function("permitsJob(uint256 tokenId, bytes32 algorithm) returns (bool)")
TIMELOCK = function("timelock() returns (address)")

DATASET_MINTED = event("DatasetMinted(uint256 indexed tokenId, address indexed owner)")
VERSION_PUBLISHED = event(
    "VersionPublished(uint256 indexed tokenId, uint32 indexed number, uint64 codec, bytes32 contentDigest,"
    " bytes32 metadataDigest, bytes32 licenceHash, uint64 sizeBytes)"
)
VERSIONS_PUBLISHED = event(
    "VersionsPublished(uint256 indexed tokenId, uint256 indexed batch, uint32 first, uint32 last,"
    " bytes32 root)"
)
POLICY_SET = event(
    "PolicySet(uint256 indexed tokenId, bool download, bool compute, uint8 rowsInModel, bytes32[] algorithms)"
)
PAYEES_SET = event("PayeesSet(uint256 indexed tokenId, address[] payees, uint16[] parts)")
STANDING_CONSENT_SET = event("StandingConsentSet(uint256 indexed tokenId, bool standing)")
JOB_FEE_SET = event("JobFeeSet(uint256 indexed tokenId, address token, uint256 amount)")
DATASET_RETIRED = event("DatasetRetired(uint256 indexed tokenId)")
METADATA_UPDATE = event("MetadataUpdate(uint256 _tokenId)")

FUNCTIONS = functions_in(globals())
EVENTS = events_in(globals())
