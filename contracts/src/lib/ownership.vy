# pragma version 0.4.3
"""
@title Ownership
@notice What is special in the sale of a model itself, not of a pass to it: one token, moved once and whole from its
        seller to the caller. Nothing else is ever moved, and nobody holds it in between. One offer of a model counts,
        the newest: the approval that lets it go must not serve a price that its owner has thought better of.
"""
from interfaces import IModelToken

MODEL: constant(uint8) = 1
# The right of a listing that offers the model itself; AccessPass issues no pass of it.
OWNERSHIP: constant(uint8) = 4

# Model -> the listing that offers it itself and was made last; 0 for none. It may have closed, sold or lapsed since.
newest_offer_of: public(HashMap[uint256, uint256])


@pure
@internal
def _is_offered(subject_kind: uint8, right: uint8) -> bool:
    return subject_kind == MODEL and right == OWNERSHIP


@pure
@internal
def _require_whole(stock: uint32, pass_seconds: uint64, pass_uses: uint32):
    assert (
        stock == 1 and pass_seconds == 0 and pass_uses == 0
    ), "DataMarket: a model is sold once and whole"


@view
@internal
def _require_movable(model_token: address, listing_id: uint256, model_id: uint256, seller: address):
    """
    @dev Before any money moves: the offer is the model's newest, the caller is somebody else, and the seller lets this
         contract move the token.
    """
    assert listing_id == self.newest_offer_of[model_id], "DataMarket: a newer offer took its place"
    assert msg.sender != seller, "DataMarket: the seller cannot buy"
    assert (
        staticcall IModelToken(model_token).getApproved(model_id) == self
        or staticcall IModelToken(model_token).isApprovedForAll(seller, self)
    ), "DataMarket: seller has not approved the transfer"


@internal
def _hand_over(model_token: address, model_id: uint256, seller: address):
    extcall IModelToken(model_token).transferFrom(seller, msg.sender, model_id)
