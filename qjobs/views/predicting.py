"""What the page of a model says about predicting with it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from accounts.selectors import wallet_of
from common.paging import Cursor
from marketplace.models import Right, SubjectKind
from marketplace.selectors.trade import ListingCard, ListingFilter, listings
from marketplace.services.purchases import quote_if_known
from marketplace.views.cards import Offer, offer_of
from qjobs.models import TrainedModel
from qjobs.rules.prediction_rows import MAX_ROWS
from qjobs.selectors.models import ModelView
from qjobs.selectors.passes import usable_passes
from qjobs.selectors.predicting import MODEL_VERSION, features_of, right_to_predict

FIELDS_SHOWN = 32
OFFERS_SHOWN = 5


@dataclass(frozen=True)
class Predicting:
    """features: what a row names; wallet: empty for a visitor; pass_id: None where the wallet may not ask."""

    features: tuple[str, ...]
    wallet: str
    is_owner: bool
    pass_id: int | None
    max_rows: int = MAX_ROWS

    @property
    def may(self) -> bool:
        return self.pass_id is not None

    @property
    def has_fields(self) -> bool:
        """Whether one field a feature is still a form that a person fills in."""
        return len(self.features) <= FIELDS_SHOWN

    @property
    def header(self) -> str:
        """The first line of a table, each name quoted where it must be."""
        return ",".join(
            '"' + name.replace('"', '""') + '"' if any(sign in name for sign in ',"\r\n') else name
            for name in self.features
        )


def predicting_of(request: HttpRequest, view: ModelView) -> Predicting:
    """Whether the model reads rows, and whether whoever looks may ask it."""
    wallet = wallet_of(request.user)
    pass_id = right_to_predict(view.model, wallet) if wallet else None
    return Predicting(features_of(view.files), wallet or "", view.model.owner == wallet, pass_id)


@dataclass(frozen=True)
class Offered:
    """passes: open offers of passes; whole: the open offer of the model itself, where there is one."""

    passes: tuple[Offer, ...]
    whole: Offer | None


def offers_of(model: TrainedModel) -> Offered:
    """What the owner offers; offers of an owner before this one lapsed when the model was transferred."""
    whole = next(iter(_open(model, Right.OWNERSHIP, 1)), None)
    return Offered(
        passes=tuple(offer_of(card) for card in _open(model, Right.PREDICT, OFFERS_SHOWN)),
        whole=None if whole is None else offer_of(whole, quote_if_known(whole)),
    )


def _open(model: TrainedModel, right: Right, most: int) -> Sequence[ListingCard]:
    wanted = ListingFilter(model_id=model.token_id, seller=model.owner, right=right, only_open=True)
    return listings(wanted, Cursor(limit=most)).items


def passes_held(model: TrainedModel) -> int:
    """How many passes to predict with it hold now."""
    return usable_passes(
        None, kind=SubjectKind.MODEL, subject_id=model.token_id, right=Right.PREDICT, version=MODEL_VERSION
    ).count()
