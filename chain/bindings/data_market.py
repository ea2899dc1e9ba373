"""DataMarket: listings and purchases of rights to data and models (Vyper)."""

from chain.abi import event, events_in, function, functions_in

_TERMS = (
    "address payment_token, uint256 price, uint32 stock, uint64 pass_seconds, uint32 pass_uses,"
    " uint64 closes_at"
)

_LISTING = (
    "(uint8 subject_kind, uint256 subject_id, address seller, uint8 right, uint32 version,"
    " address payment_token, uint256 price, uint32 stock, uint32 sold, uint64 pass_seconds,"
    " uint32 pass_uses, uint64 closes_at, uint256 subject_epoch, bool delisted)"
)

CREATE_LISTING = function(
    f"create_listing(uint8 subject_kind, uint256 subject_id, uint8 right, uint32 version, {_TERMS})"
    " returns (uint256)"
)
BUY = function("buy(uint256 listing_id, uint256 max_price, uint32 version) returns (uint256)")
BUY_WITH_PERMIT = function(
    "buy_with_permit(uint256 listing_id, uint256 max_price, uint32 version, uint256 deadline, uint8 v,"
    " bytes32 r, bytes32 s) returns (uint256)"
)
SET_PRICE = function("set_price(uint256 listing_id, uint256 price)")
DELIST = function("delist(uint256 listing_id)")
WITHDRAW = function("withdraw(address token) returns (uint256)")
WITHDRAW_FOR = function("withdraw_for(address account, address token) returns (uint256)")

GET_LISTING = function(f"get_listing(uint256 listing_id) returns ({_LISTING} listing)")
LISTING_COUNT = function("listing_count() returns (uint256)")
NEWEST_OFFER_OF = function("newest_offer_of(uint256 model_id) returns (uint256)")
CREDIT_OF = function("credit_of(address account, address token) returns (uint256)")
QUOTE = function("quote(uint256 listing_id) returns (uint256 price, uint256 treasury_fee, uint256 royalty)")

TIMELOCK = function("timelock() returns (address)")

LISTED = event(
    "Listed(uint256 indexed listing_id, uint8 subject_kind, uint256 indexed subject_id,"
    f" address indexed seller, uint8 right, uint32 version, {_TERMS})"
)
PRICE_SET = event("PriceSet(uint256 indexed listing_id, uint256 old_price, uint256 new_price)")
DELISTED = event("Delisted(uint256 indexed listing_id, address indexed by)")
PURCHASED = event(
    "Purchased(uint256 indexed listing_id, address indexed buyer, uint256 indexed pass_id,"
    " uint8 subject_kind, uint256 subject_id, uint32 version, address payment_token, uint256 price,"
    " uint256 treasury_fee, uint256 royalty)"
)
CREDITED = event(
    "Credited(address indexed account, address indexed token, uint256 amount, uint256 indexed listing_id)"
)
WITHDRAWN = event("Withdrawn(address indexed account, address indexed token, uint256 amount)")

FUNCTIONS = functions_in(globals())
EVENTS = events_in(globals())
