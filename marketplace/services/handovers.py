"""Sales of a model itself: nothing is in custody, so the seller's approval is asked for again and again."""

from chain.bindings import data_market, model_token
from chain.client import client
from chain.deployments import address_of
from marketplace.errors import BuyerIsSeller, HandoverNotApproved, ListingNotOpen
from marketplace.models import ModelTransfers, Right
from marketplace.selectors.trade import ListingCard


def is_handover(card: ListingCard) -> bool:
    """Whether the listing offers the model itself, and no pass to it."""
    return card.listing.right == Right.OWNERSHIP


def may_hand_over(owner: str, token_id: int) -> bool:
    """Whether the market may move this model for its owner now, as the chain has it."""
    node, token, market = client(), address_of("ModelToken"), address_of("DataMarket")
    if node.read(token, model_token.GET_APPROVED, tokenId=token_id) == market:
        return True
    return bool(node.read(token, model_token.IS_APPROVED_FOR_ALL, owner=owner, operator=market))


def check_handover(card: ListingCard, *, buyer: str) -> None:
    """Raises what stands in the way of a handover, before anybody signs or pays; other listings pass."""
    if not is_handover(card):
        return
    seller, token_id, number = card.listing.seller, card.listing.subject_id, card.listing.listing_id
    if buyer == seller:
        raise BuyerIsSeller(f"model {token_id} is this wallet's own")
    if client().read(address_of("ModelToken"), model_token.OWNER_OF, tokenId=token_id) != seller:
        raise ListingNotOpen(f"listing {number} ended when its subject was transferred")
    if client().read(address_of("DataMarket"), data_market.NEWEST_OFFER_OF, model_id=token_id) != number:
        raise ListingNotOpen(f"listing {number} was replaced by a newer offer")
    if not may_hand_over(seller, token_id):
        raise HandoverNotApproved(
            f"the seller has not allowed the market to hand model {token_id} over, or took that back"
        )


def place_of_buyer(token_id: int) -> int:
    """The how manieth owner a buyer becomes; who minted the model is the first."""
    return (
        ModelTransfers.objects.values_list("transfers", flat=True).filter(token_id=token_id).first() or 0
    ) + 2


def handover_details(card: ListingCard) -> list[tuple[str, str]]:
    """What a wallet shows of it before the signature."""
    token_id = card.listing.subject_id
    return [
        ("What changes hands", f"the token of model {token_id} itself"),
        ("You become", f"owner number {place_of_buyer(token_id)}"),
        ("What goes with it", "predictions, new listings and sealed files, from then on"),
        ("What stays", "passes that were sold before; posted files are public, all but sealed ones"),
    ]
