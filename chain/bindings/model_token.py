"""ModelToken: one ERC-721 token a trained model, minted by settlement."""

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

_MODEL = (
    "(uint256 jobId, bytes32 artefactDigest, bytes32 metricsDigest, bytes32 runRecordDigest,"
    " uint256[] parents)"
)

WIRE = function("wire(address jobBoard)")
MINT_MODEL = function(
    "mintModel(address to, uint256 jobId, bytes32 artefactDigest, bytes32 metricsDigest,"
    " bytes32 runRecordDigest, uint256[] parents) returns (uint256 tokenId)"
)
MODEL_OF = function(f"modelOf(uint256 tokenId) returns ({_MODEL} model)")
MODEL_COUNT = function("modelCount() returns (uint256)")
PARENT_ROYALTIES = function(
    "parentRoyalties(uint256 tokenId, uint256 salePrice) returns (address[] receivers, uint256[] amounts)"
)
DEPLOYER = function("deployer() returns (address)")
WIRED = function("wired() returns (bool)")
TIMELOCK = function("timelock() returns (address)")
JOB_BOARD = function("jobBoard() returns (address)")

MODEL_MINTED = event(
    "ModelMinted(uint256 indexed tokenId, uint256 indexed jobId, address indexed owner,"
    " bytes32 artefactDigest, bytes32 metricsDigest, bytes32 runRecordDigest)"
)

FUNCTIONS = functions_in(globals())
EVENTS = events_in(globals())
