"""What the signed-in wallet holds of a dataset and may do with it, for its page."""

from dataclasses import dataclass

from django.http import HttpRequest

from accounts.selectors import wallet_of
from chain.deployments import current
from chain.errors import NotDeployed
from common.paging import Cursor
from marketplace.models import Dataset, Listing, Right
from marketplace.selectors.trade import PassCard, passes_of
from marketplace.tokens import Token, token_at

PASSES_LOOKED_AT = 100
TOKENS_OFFERED = 20
DEFAULT_DECIMALS = 18


@dataclass(frozen=True)
class PaymentToken:
    """A token that a price may be in."""

    address: str
    symbol: str
    decimals: int


@dataclass(frozen=True)
class Holding:
    """The wallet's own standing with one dataset; an empty wallet is a visitor's."""

    wallet: str = ""
    is_owner: bool = False
    usable: tuple[PassCard, ...] = ()

    @property
    def can_compute(self) -> bool:
        """Whether this wallet could request a job on it now."""
        return self.is_owner or any(card.access.right == Right.COMPUTE for card in self.usable)

    @property
    def can_download(self) -> bool:
        """Whether this wallet holds a pass for the bytes themselves."""
        return any(card.access.right == Right.DOWNLOAD for card in self.usable)


def holding_of(request: HttpRequest, dataset: Dataset) -> Holding:
    """What the signed-in wallet holds of this dataset."""
    wallet = wallet_of(request.user)
    if wallet is None:
        return Holding()
    held = passes_of(wallet, dataset.token_id, Cursor(limit=PASSES_LOOKED_AT)).items
    return Holding(wallet, dataset.owner == wallet, tuple(card for card in held if card.is_usable))


def payment_tokens() -> list[PaymentToken]:
    """Tokens that prices are in here: this chain's own TestDollar, then what others list in."""
    used = Listing.objects.order_by().values_list("payment_token", flat=True).distinct()[:TOKENS_OFFERED]
    addresses = dict.fromkeys([*_test_dollar(), *used])
    return [_payment_token(token_at(address)) for address in addresses]


def _test_dollar() -> list[str]:
    try:
        found = current().contracts.get("TestDollar")
    except NotDeployed:
        return []
    return [found] if found else []


def _payment_token(token: Token) -> PaymentToken:
    decimals = DEFAULT_DECIMALS if token.decimals is None else token.decimals
    return PaymentToken(token.address, token.symbol or token.address, decimals)
