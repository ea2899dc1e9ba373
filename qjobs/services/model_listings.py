"""Passes to predict with a model, offered at a price by its owner."""

from accounts.bodies import Address, Body, Units
from chain.bindings import data_market
from chain.prepared import PreparedTransaction
from common.errors import InvalidInput, NotAllowed
from marketplace.models import Right, SubjectKind
from marketplace.rules.terms import Uint32, Uint64
from marketplace.selectors.trade import chain_now
from marketplace.services.transactions import prepare_tried
from marketplace.tokens import token_at
from qjobs.selectors.models import view_model
from qjobs.selectors.predicting import MODEL_VERSION


class ModelListingTerms(Body):
    """An offer of passes. Zero stock and seconds mean unlimited; no closing time means open end."""

    price: Units
    payment_token: Address
    stock: Uint32 = 0
    pass_seconds: Uint64 = 0
    closes_at: Uint64 | None = None


def prepare_model_listing(*, wallet: str, token_id: int, terms: ModelListingTerms) -> PreparedTransaction:
    """DataMarket.create_listing for the model's owner; raises what stands in the way, in words.

    A pass has no count of uses: predictions are made beside the chain, which could not count them.
    """
    if view_model(token_id).model.owner != wallet:
        raise NotAllowed(f"Only the owner of model {token_id} can list it.")
    if terms.closes_at and terms.closes_at <= chain_now():
        raise InvalidInput("The closing time lies in the past.", field="closes_at")
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
