# pragma version 0.4.3
"""
@title DataMarket
@notice Listings of rights to datasets and models, and of models themselves, bought in any ERC-20 that members allow.
        A listing holds nothing in custody and lapses when its subject is transferred or retired; that of a model itself
        also when its owner makes another. What a purchase pays
        is split at once into credits: treasury fee, royalties to the parents of a model, the rest to a dataset's payees
        or a model's seller. Subject kinds and rights are AccessPass's; right 4 is the model itself.
@custom:stopped Sellers and the DAO delist; the DAO takes a payment token off the list; the guardian of ParameterBook
        pauses purchases for some days. Withdrawals cannot be stopped.
"""
from interfaces import IAccessPass
from interfaces import IDatasetToken
from interfaces import IModelToken
from interfaces import IParameterBook
from lib import credits
from lib import listings
from lib import ownership
from lib import shares

initializes: credits
initializes: listings
initializes: ownership
exports: (credits.withdraw, credits.withdraw_for, credits.credit_of)
exports: (listings.listing_count, listings.get_listing)
exports: ownership.newest_offer_of

DATASET: constant(uint8) = 0
MAX_PAYEES: constant(uint256) = 8
MAX_PARENTS: constant(uint256) = 4


event PriceSet:
    listing_id: indexed(uint256)
    old_price: uint256
    new_price: uint256


event Delisted:
    listing_id: indexed(uint256)
    by: indexed(address)


event Purchased:
    listing_id: indexed(uint256)
    buyer: indexed(address)
    pass_id: indexed(uint256)
    subject_kind: uint8
    subject_id: uint256
    version: uint32
    payment_token: address
    price: uint256
    treasury_fee: uint256
    royalty: uint256


event Credited:
    account: indexed(address)
    token: indexed(address)
    amount: uint256
    listing_id: indexed(uint256)


# The DAO's Timelock, which is also the treasury.
timelock: public(immutable(address))
dataset_token: public(immutable(address))
model_token: public(immutable(address))
access_pass: public(immutable(address))
parameter_book: public(immutable(address))


@deploy
def __init__(
    timelock_: address,
    dataset_token_: address,
    model_token_: address,
    access_pass_: address,
    parameter_book_: address,
):
    """
    @param timelock_ The DAO's Timelock, credited with the treasury fees.
    @param dataset_token_ DatasetToken.
    @param model_token_ ModelToken.
    @param access_pass_ AccessPass.
    @param parameter_book_ ParameterBook.
    """
    timelock = timelock_
    dataset_token = dataset_token_
    model_token = model_token_
    access_pass = access_pass_
    parameter_book = parameter_book_


@external
def create_listing(
    subject_kind: uint8,
    subject_id: uint256,
    right: uint8,
    version: uint32,
    payment_token: address,
    price: uint256,
    stock: uint32,
    pass_seconds: uint64,
    pass_uses: uint32,
    closes_at: uint64,
) -> uint256:
    """
    @notice Offers passes to a dataset or model, or a model itself. Called by the subject's owner. Emits Listed.
            Reverts when the policy does not allow the right, the token is not allowed or the version does not exist,
            and when a model itself is offered other than once, without time and uses. Whoever offers one approves this
            contract for its token; without that nobody can buy. An earlier offer of the same model itself lapses.
    @param version The first version that the passes cover.
    @param price Base units of payment_token; 0 for free.
    @param stock Passes for sale; 0 for any number.
    @param pass_seconds Life of a pass from its purchase; 0 for ever.
    @param pass_uses Jobs a pass; 0 for any number.
    @param closes_at Unix seconds of the last sale; 0 for open end.
    @return The listing's number.
    """
    owner: address = staticcall IAccessPass(access_pass).subjectOwner(subject_kind, subject_id)
    assert owner == msg.sender, "DataMarket: not the owner"
    terms: IAccessPass.SubjectTerms = staticcall IAccessPass(access_pass).subjectTerms(subject_kind, subject_id, right)
    is_model_itself: bool = ownership._is_offered(subject_kind, right)
    if is_model_itself:
        ownership._require_whole(stock, pass_seconds, pass_uses)
    else:
        assert terms.grantable, "DataMarket: policy does not allow the right"
    assert version != 0 and version <= terms.newest_version, "DataMarket: no such version"
    assert closes_at == 0 or convert(closes_at, uint256) > block.timestamp, "DataMarket: closes in the past"
    self._require_allowed(payment_token)
    listing: listings.Listing = listings.Listing(
        subject_kind=subject_kind,
        subject_id=subject_id,
        seller=msg.sender,
        right=right,
        version=version,
        payment_token=payment_token,
        price=price,
        stock=stock,
        sold=0,
        pass_seconds=pass_seconds,
        pass_uses=pass_uses,
        closes_at=closes_at,
        subject_epoch=terms.epoch,
        delisted=False,
    )
    listing_id: uint256 = listings._add(listing)
    if is_model_itself:
        ownership.newest_offer_of[subject_id] = listing_id
    return listing_id


@external
@nonreentrant
def buy(listing_id: uint256, max_price: uint256, version: uint32) -> uint256:
    """
    @notice Buys one pass, or the model itself, whose token moves from the seller to the caller. Anyone may call,
            having approved this contract for the price. Emits Purchased and a Credited a receiver.
            Reverts when the listing is closed, sold out or lapsed, the price is above max_price, or the subject has a
            newer version than the buyer saw; for a model itself also when the seller buys or did not approve.
    @param max_price The most that the buyer pays, in base units.
    @param version The subject's newest version as the buyer saw it (a model has version 1).
    @return The pass's number; 0 when it was the model itself.
    """
    return self._buy(listing_id, max_price, version)


@external
@nonreentrant
def buy_with_permit(
    listing_id: uint256,
    max_price: uint256,
    version: uint32,
    deadline: uint256,
    v: uint8,
    r: bytes32,
    s: bytes32,
) -> uint256:
    """
    @notice Buys with an ERC-2612 signature over max_price in place of an approval; otherwise as `buy`.
            A signature that somebody used first does no harm: the allowance it made pays.
    @param deadline The signature's deadline, unix seconds.
    """
    credits._permit(listings._listing(listing_id).payment_token, max_price, deadline, v, r, s)
    return self._buy(listing_id, max_price, version)


@external
@nonreentrant
def refund(account: address, payment_token: address, amount: uint256):
    """
    @notice Owes `account` the refund of a revoked pass, paid in here and now by the caller. Called by AccessPass.
            Emits Credited, with listing 0.
    """
    assert msg.sender == access_pass, "DataMarket: only AccessPass refunds"
    self._credit(account, payment_token, amount, 0)
    credits._take(payment_token, amount)


@external
def set_price(listing_id: uint256, price: uint256):
    """
    @notice Changes the price for later buyers. Called by the seller. Emits PriceSet.
    """
    assert msg.sender == listings._listing(listing_id).seller, "DataMarket: not the seller"
    log PriceSet(listing_id=listing_id, old_price=listings._listings[listing_id].price, new_price=price)
    listings._listings[listing_id].price = price


@external
def delist(listing_id: uint256):
    """
    @notice Ends a listing for good. Called by the seller or the Timelock. Emits Delisted.
    """
    listing: listings.Listing = listings._listing(listing_id)
    assert listing.seller != empty(address), "DataMarket: no such listing"
    assert msg.sender in [listing.seller, timelock], "DataMarket: not the seller"
    assert not listing.delisted, "DataMarket: already delisted"
    listings._listings[listing_id].terms |= listings.DELISTED
    log Delisted(listing_id=listing_id, by=msg.sender)


@view
@external
def quote(listing_id: uint256) -> (uint256, uint256, uint256):
    """
    @notice The price now, and of it the treasury fee and the sum of royalties, in base units.
    """
    listing: listings.Listing = listings._existing(listing_id)
    receivers: DynArray[address, MAX_PARENTS] = []
    royalties: DynArray[uint256, MAX_PARENTS] = []
    receivers, royalties = self._royalties(listing)
    royalty: uint256 = 0
    for amount: uint256 in royalties:
        royalty += amount
    return listing.price, self._treasury_fee(listing.price), royalty


@internal
def _buy(listing_id: uint256, max_price: uint256, version: uint32) -> uint256:
    listing: listings.Listing = listings._listing(listing_id)
    self._require_open(listing, version)
    assert listing.price <= max_price, "DataMarket: price is above the maximum"
    is_model_itself: bool = ownership._is_offered(listing.subject_kind, listing.right)
    if is_model_itself:
        ownership._require_movable(model_token, listing_id, listing.subject_id, listing.seller)
    listings._listings[listing_id].sale += listings.SOLD_ONE

    treasury_fee: uint256 = self._treasury_fee(listing.price)
    self._credit(timelock, listing.payment_token, treasury_fee, listing_id)
    royalty: uint256 = self._credit_royalties(listing, listing_id)
    self._credit_seller(listing, listing.price - treasury_fee - royalty, listing_id)
    credits._take(listing.payment_token, listing.price)

    pass_id: uint256 = 0
    if is_model_itself:
        ownership._hand_over(model_token, listing.subject_id, listing.seller)
    else:
        pass_id = self._issue_pass(listing)
    log Purchased(
        listing_id=listing_id,
        buyer=msg.sender,
        pass_id=pass_id,
        subject_kind=listing.subject_kind,
        subject_id=listing.subject_id,
        version=listing.version,
        payment_token=listing.payment_token,
        price=listing.price,
        treasury_fee=treasury_fee,
        royalty=royalty,
    )
    return pass_id


@internal
def _issue_pass(listing: listings.Listing) -> uint256:
    expires_at: uint64 = 0
    if listing.pass_seconds != 0:
        expires_at = convert(block.timestamp, uint64) + listing.pass_seconds
    return extcall IAccessPass(access_pass).issue(
        msg.sender,
        listing.subject_kind,
        listing.subject_id,
        listing.right,
        listing.version,
        expires_at,
        listing.pass_uses,
        listing.payment_token,
        listing.price,
    )


@view
@internal
def _require_open(listing: listings.Listing, version: uint32):
    assert listing.seller != empty(address), "DataMarket: no such listing"
    assert not listing.delisted, "DataMarket: listing is closed"
    assert not staticcall IParameterBook(parameter_book).is_paused(), "DataMarket: purchases are paused"
    assert (
        listing.closes_at == 0 or block.timestamp <= convert(listing.closes_at, uint256)
    ), "DataMarket: listing is closed"
    assert listing.stock == 0 or listing.sold < listing.stock, "DataMarket: sold out"
    terms: IAccessPass.SubjectTerms = staticcall IAccessPass(access_pass).subjectTerms(
        listing.subject_kind, listing.subject_id, listing.right
    )
    is_offered: bool = terms.grantable or ownership._is_offered(listing.subject_kind, listing.right)
    assert terms.epoch == listing.subject_epoch and is_offered, "DataMarket: listing has lapsed"
    assert version == terms.newest_version, "DataMarket: version has changed"
    self._require_allowed(listing.payment_token)


@view
@internal
def _require_allowed(payment_token: address):
    assert staticcall IParameterBook(parameter_book).is_allowed(
        convert(b"payment_token", bytes32), convert(payment_token, bytes32)
    ), "DataMarket: payment token is not allowed"


@view
@internal
def _treasury_fee(price: uint256) -> uint256:
    bps: uint256 = staticcall IParameterBook(parameter_book).value_of(convert(b"market_fee_bps", bytes32))
    return shares._of_bps(price, bps)


@view
@internal
def _royalties(listing: listings.Listing) -> (DynArray[address, MAX_PARENTS], DynArray[uint256, MAX_PARENTS]):
    if listing.subject_kind == DATASET:
        return [], []
    return staticcall IModelToken(model_token).parentRoyalties(listing.subject_id, listing.price)


@internal
def _credit_royalties(listing: listings.Listing, listing_id: uint256) -> uint256:
    receivers: DynArray[address, MAX_PARENTS] = []
    royalties: DynArray[uint256, MAX_PARENTS] = []
    receivers, royalties = self._royalties(listing)
    total: uint256 = 0
    for i: uint256 in range(len(receivers), bound=MAX_PARENTS):
        self._credit(receivers[i], listing.payment_token, royalties[i], listing_id)
        total += royalties[i]
    return total


@internal
def _credit_seller(listing: listings.Listing, amount: uint256, listing_id: uint256):
    if listing.subject_kind != DATASET:
        self._credit(listing.seller, listing.payment_token, amount, listing_id)
        return
    payees: DynArray[address, MAX_PAYEES] = []
    parts: DynArray[uint16, MAX_PAYEES] = []
    payees, parts = staticcall IDatasetToken(dataset_token).payeesOf(listing.subject_id)
    amounts: DynArray[uint256, MAX_PAYEES] = shares._split(amount, parts)
    for i: uint256 in range(len(payees), bound=MAX_PAYEES):
        self._credit(payees[i], listing.payment_token, amounts[i], listing_id)


@internal
def _credit(account: address, token: address, amount: uint256, listing_id: uint256):
    if amount == 0:
        return
    credits._owe(account, token, amount)
    log Credited(account=account, token=token, amount=amount, listing_id=listing_id)
