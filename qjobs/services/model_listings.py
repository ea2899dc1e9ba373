"""What a model's owner offers at a price: passes to predict with it, or the model itself."""

from accounts.bodies import Address, Body, Units
from chain.bindings import data_market, model_token
from chain.deployments import address_of
from chain.prepared import PreparedTransaction
from common.errors import InvalidInput, NotAllowed
from common.paging import Cursor
from marketplace.models import Right, SubjectKind
from marketplace.rules.terms import Uint32, Uint64
from marketplace.selectors.trade import ListingFilter, chain_now, listings
from marketplace.services.handovers import may_hand_over
from marketplace.services.transactions import prepare_tried
from marketplace.tokens import token_at
from qjobs.selectors.models import view_model
from qjobs.selectors.predicting import MODEL_VERSION
from qjobs.services.approvals import Approved


class ModelListingTerms(Body):
    """An offer of passes. Zero stock and seconds mean unlimited; no closing time means open end."""

    price: Units
    payment_token: Address
    stock: Uint32 = 0
    pass_seconds: Uint64 = 0
    closes_at: Uint64 | None = None


class ModelSaleTerms(Body):
    """An offer of the model itself; no closing time means open end."""

    price: Units
    payment_token: Address
    closes_at: Uint64 | None = None


def prepare_model_listing(*, wallet: str, token_id: int, terms: ModelListingTerms) -> PreparedTransaction:
    """DataMarket.create_listing for the model's owner; raises what stands in the way, in words.

    A pass has no count of uses: predictions are made beside the chain, which could not count them.
    """
    _check_offer(wallet, token_id, terms.closes_at)
    return prepare_tried(
        wallet,
        "DataMarket",
        data_market.CREATE_LISTING,
        summary=f"List passes to predict with model {token_id}",
        details=[
            ("Right", Right.PREDICT.label),
            ("Price", token_at(terms.payment_token).text(terms.price)),
            ("Payment token", terms.payment_token),
            ("Passes for sale", f"{terms.stock:,}" if terms.stock else "any number"),
            ("A pass lasts", f"{terms.pass_seconds:,} seconds" if terms.pass_seconds else "for ever"),
            ("Open until", f"unix time {terms.closes_at}" if terms.closes_at else "taken back"),
        ],
        subject_kind=int(SubjectKind.MODEL),
        subject_id=token_id,
        right=int(Right.PREDICT),
        version=MODEL_VERSION,
        payment_token=terms.payment_token,
        price=terms.price,
        stock=terms.stock,
        pass_seconds=terms.pass_seconds,
        pass_uses=0,
        closes_at=terms.closes_at or 0,
    )


def prepare_model_sale(*, wallet: str, token_id: int, terms: ModelSaleTerms) -> Approved:
    """The approval of exactly this token, where the market lacks it, and the listing of the model itself.

    A new offer takes the place of an older one, at which nobody can buy any more. Nothing is in custody: the
    model stays the seller's until somebody buys it, and goes by this approval.
    """
    _check_offer(wallet, token_id, terms.closes_at)
    listing = prepare_tried(
        wallet,
        "DataMarket",
        data_market.CREATE_LISTING,
        summary=f"Sell model {token_id} itself",
        details=[
            ("What changes hands", f"the token of model {token_id}, once and whole"),
            ("Price", token_at(terms.payment_token).text(terms.price)),
            ("Payment token", terms.payment_token),
            ("Open until", f"unix time {terms.closes_at}" if terms.closes_at else "taken back"),
            ("Until it is sold", "the model stays yours; a transfer ends the offer"),
            *_replaced(wallet, token_id),
        ],
        subject_kind=int(SubjectKind.MODEL),
        subject_id=token_id,
        right=int(Right.OWNERSHIP),
        version=MODEL_VERSION,
        payment_token=terms.payment_token,
        price=terms.price,
        stock=1,
        pass_seconds=0,
        pass_uses=0,
        closes_at=terms.closes_at or 0,
    )
    approval = None if may_hand_over(wallet, token_id) else _handover_approval(wallet, token_id)
    return Approved(approval, listing)


def _replaced(wallet: str, token_id: int) -> list[tuple[str, str]]:
    """For the wallet: the open offer that a new one ends, where there is one."""
    open_ones = ListingFilter(model_id=token_id, seller=wallet, right=Right.OWNERSHIP, only_open=True)
    offers = listings(open_ones, Cursor(limit=1)).items
    return [("Takes the place of", f"listing {one.listing.listing_id} at {one.price_text}") for one in offers]


def _handover_approval(wallet: str, token_id: int) -> PreparedTransaction:
    return prepare_tried(
        wallet,
        "ModelToken",
        model_token.APPROVE,
        summary=f"Allow the market to hand over model {token_id}",
        details=[
            ("Model", f"{token_id}, this one alone"),
            ("To", "whoever buys your listing of it, and nobody else"),
            ("Ends", "with any transfer of the model, or when you approve another address for it"),
        ],
        to=address_of("DataMarket"),
        tokenId=token_id,
    )


def _check_offer(wallet: str, token_id: int, closes_at: int | None) -> None:
    if view_model(token_id).model.owner != wallet:
        raise NotAllowed(f"Only the owner of model {token_id} can list it.")
    if closes_at and closes_at <= chain_now():
        raise InvalidInput("The closing time lies in the past.", field="closes_at")
