# pragma version 0.4.3
"""
@title Listings
@notice The listings that DataMarket knows: as callers see one, and as it is kept, in five words, since every word that
        a purchase reads for the first time costs it gas. Who may change one when is DataMarket's.
"""


event Listed:
    listing_id: indexed(uint256)
    subject_kind: uint8
    subject_id: indexed(uint256)
    seller: indexed(address)
    right: uint8
    version: uint32
    payment_token: address
    price: uint256
    stock: uint32
    pass_seconds: uint64
    pass_uses: uint32
    closes_at: uint64


SOLD_ONE: constant(uint256) = 2**224
DELISTED: constant(uint256) = 2**208


struct Listing:
    subject_kind: uint8
    subject_id: uint256
    seller: address
    right: uint8
    version: uint32
    payment_token: address
    price: uint256
    stock: uint32
    sold: uint32
    pass_seconds: uint64
    pass_uses: uint32
    closes_at: uint64
    subject_epoch: uint256
    delisted: bool


# From the lowest bit up. sale: seller 160, version 32, stock 32, sold 32. terms: payment_token 160, pass_uses 32,
# subject_kind 8, right 8, delisted 1. times: pass_seconds 64, closes_at 64, subject_epoch 128.
struct Packed:
    subject_id: uint256
    price: uint256
    sale: uint256
    terms: uint256
    times: uint256


# Listings made so far; ids are 1 to this number.
listing_count: public(uint256)
_listings: HashMap[uint256, Packed]


@view
@external
def get_listing(listing_id: uint256) -> Listing:
    """
    @notice A listing as it stands. Reverts for one that does not exist.
    """
    return self._existing(listing_id)


@view
@internal
def _listing(listing_id: uint256) -> Listing:
    return self._unpack(self._listings[listing_id])


@view
@internal
def _existing(listing_id: uint256) -> Listing:
    listing: Listing = self._listing(listing_id)
    assert listing.seller != empty(address), "DataMarket: no such listing"
    return listing


@internal
def _add(listing: Listing) -> uint256:
    self.listing_count += 1
    listing_id: uint256 = self.listing_count
    self._listings[listing_id] = self._pack(listing)
    log Listed(
        listing_id=listing_id,
        subject_kind=listing.subject_kind,
        subject_id=listing.subject_id,
        seller=listing.seller,
        right=listing.right,
        version=listing.version,
        payment_token=listing.payment_token,
        price=listing.price,
        stock=listing.stock,
        pass_seconds=listing.pass_seconds,
        pass_uses=listing.pass_uses,
        closes_at=listing.closes_at,
    )
    return listing_id


@pure
@internal
def _pack(listing: Listing) -> Packed:
    """
    @dev For a new listing: sold and delisted are left out, being nothing yet.
    """
    return Packed(
        subject_id=listing.subject_id,
        price=listing.price,
        sale=convert(listing.seller, uint256)
        | convert(listing.version, uint256) << 160
        | convert(listing.stock, uint256) << 192,
        terms=convert(listing.payment_token, uint256)
        | convert(listing.pass_uses, uint256) << 160
        | convert(listing.subject_kind, uint256) << 192
        | convert(listing.right, uint256) << 200,
        times=convert(listing.pass_seconds, uint256)
        | convert(listing.closes_at, uint256) << 64
        | listing.subject_epoch << 128,
    )


@pure
@internal
def _unpack(packed: Packed) -> Listing:
    return Listing(
        subject_kind=self._byte(packed.terms >> 192),
        subject_id=packed.subject_id,
        seller=self._address(packed.sale),
        right=self._byte(packed.terms >> 200),
        version=self._word(packed.sale >> 160),
        payment_token=self._address(packed.terms),
        price=packed.price,
        stock=self._word(packed.sale >> 192),
        sold=self._word(packed.sale >> 224),
        pass_seconds=self._time(packed.times),
        pass_uses=self._word(packed.terms >> 160),
        closes_at=self._time(packed.times >> 64),
        subject_epoch=packed.times >> 128,
        delisted=packed.terms & DELISTED != 0,
    )


@pure
@internal
def _address(bits: uint256) -> address:
    return convert(convert(bits & convert(max_value(uint160), uint256), uint160), address)


@pure
@internal
def _byte(bits: uint256) -> uint8:
    return convert(bits & convert(max_value(uint8), uint256), uint8)


@pure
@internal
def _word(bits: uint256) -> uint32:
    return convert(bits & convert(max_value(uint32), uint256), uint32)


@pure
@internal
def _time(bits: uint256) -> uint64:
    return convert(bits & convert(max_value(uint64), uint256), uint64)
