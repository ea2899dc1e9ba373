"""What our ERC-721 tokens with royalties (ERC-2981) have; imported by the bindings of the tokens."""

from chain.abi import event, function

NAME = function("name() returns (string)")
SYMBOL = function("symbol() returns (string)")
OWNER_OF = function("ownerOf(uint256 tokenId) returns (address)")
BALANCE_OF = function("balanceOf(address owner) returns (uint256)")
TOKEN_URI = function("tokenURI(uint256 tokenId) returns (string)")
APPROVE = function("approve(address to, uint256 tokenId)")
GET_APPROVED = function("getApproved(uint256 tokenId) returns (address)")
SET_APPROVAL_FOR_ALL = function("setApprovalForAll(address operator, bool approved)")
IS_APPROVED_FOR_ALL = function("isApprovedForAll(address owner, address operator) returns (bool)")
TRANSFER_FROM = function("transferFrom(address from, address to, uint256 tokenId)")
SAFE_TRANSFER_FROM = function("safeTransferFrom(address from, address to, uint256 tokenId)")
SAFE_TRANSFER_FROM_WITH_BYTES = function(
    "safeTransferFrom(address from, address to, uint256 tokenId, bytes data)"
)
ROYALTY_INFO = function(
    "royaltyInfo(uint256 tokenId, uint256 salePrice) returns (address receiver, uint256 amount)"
)

TRANSFERRED = event("Transfer(address indexed from, address indexed to, uint256 indexed tokenId)")
APPROVAL = event("Approval(address indexed owner, address indexed approved, uint256 indexed tokenId)")
APPROVAL_FOR_ALL = event("ApprovalForAll(address indexed owner, address indexed operator, bool approved)")
