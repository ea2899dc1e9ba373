"""AccessPass: ERC-1155 rights to download, compute on or predict with; one id a pass, not transferable."""

from chain.abi import event, events_in, function, functions_in

_RIGHT = (
    "(uint8 subjectKind, uint256 subjectId, uint8 right, uint32 firstVersion, uint64 expiresAt,"
    " uint32 usesTotal, uint32 usesLeft, address paymentToken, uint256 pricePaid, address holder,"
    " bool revoked)"
)

WIRE = function("wire(address dataMarket, address jobBoard)")
ISSUE = function(
    "issue(address to, uint8 subjectKind, uint256 subjectId, uint8 right, uint32 firstVersion,"
    " uint64 expiresAt, uint32 uses, address paymentToken, uint256 pricePaid) returns (uint256 passId)"
)
GRANT = function(
    "grant(uint8 subjectKind, uint256 subjectId, address to, uint8 right, uint32 firstVersion,"
    " uint64 expiresAt, uint32 uses) returns (uint256 passId)"
)
RESERVE_USE = function("reserveUse(uint256 passId, address holder, uint256 datasetId, uint32 version)")
RELEASE_USE = function("releaseUse(uint256 passId)")
REVOKE = function("revoke(uint256 passId)")

PASS_OF = function(f"passOf(uint256 passId) returns ({_RIGHT} pass)")
PASS_COUNT = function("passCount() returns (uint256)")
IS_USABLE = function(
    "isUsable(uint256 passId, address holder, uint8 subjectKind, uint256 subjectId, uint8 right,"
    " uint32 version) returns (bool)"
)
REFUND_OF = function("refundOf(uint256 passId) returns (uint256)")
IS_GRANTABLE = function("isGrantable(uint8 subjectKind, uint256 subjectId, uint8 right) returns (bool)")
NEWEST_VERSION = function("newestVersion(uint8 subjectKind, uint256 subjectId) returns (uint32)")
SUBJECT_TERMS = function(
    "subjectTerms(uint8 subjectKind, uint256 subjectId, uint8 right)"
    " returns ((uint256 epoch, uint32 newestVersion, bool grantable) terms)"
)
SUBJECT_OWNER = function("subjectOwner(uint8 subjectKind, uint256 subjectId) returns (address)")
DEPLOYER = function("deployer() returns (address)")
WIRED = function("wired() returns (bool)")
TIMELOCK = function("timelock() returns (address)")
DATA_MARKET = function("dataMarket() returns (address)")
JOB_BOARD = function("jobBoard() returns (address)")
BALANCE_OF = function("balanceOf(address account, uint256 id) returns (uint256)")

PASS_ISSUED = event(
    "PassIssued(uint256 indexed passId, address indexed holder, uint8 subjectKind, uint256 indexed subjectId,"
    " uint8 right, uint32 firstVersion, uint64 expiresAt, uint32 uses, address paymentToken,"
    " uint256 pricePaid)"
)
USE_RESERVED = event("UseReserved(uint256 indexed passId, uint32 usesLeft)")
USE_RELEASED = event("UseReleased(uint256 indexed passId, uint32 usesLeft)")
PASS_REVOKED = event("PassRevoked(uint256 indexed passId, uint256 refunded)")
PASS_RESTORED = event("PassRestored(uint256 indexed passId)")
TRANSFERRED_SINGLE = event(
    "TransferSingle(address indexed operator, address indexed from, address indexed to, uint256 id,"
    " uint256 value)"
)

FUNCTIONS = functions_in(globals())
EVENTS = events_in(globals())
