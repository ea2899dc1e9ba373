"""Listings, passes and credits, with what they mean now."""

from dataclasses import dataclass

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When

from chain.selectors import indexed_head
from common.errors import NotFound
from common.paging import Cursor, Page, take_page
from marketplace.models import (
    AccessPass,
    Dataset,
    Listing,
    MarketCredit,
    ModelTransfers,
    Purchase,
    Right,
    SubjectKind,
)
from marketplace.rules.trade import STATE_WORDS, ListingState, is_pass_usable, listing_state
from marketplace.tokens import Token, token_at

ENDED_AMONG = 10


@dataclass(frozen=True)
class ListingCard:
    """A listing with its token and what it is now."""

    listing: Listing
    token: Token
    state: ListingState

    @property
    def price_text(self) -> str:
        return self.token.text(self.listing.price_units)

    @property
    def state_text(self) -> str:
        """The state as a predicate: "can be bought"."""
        return STATE_WORDS[self.state]


@dataclass(frozen=True)
class PassCard:
    """A pass with its token, whether it can be used now, and the listing it was bought from."""

    access: AccessPass
    token: Token
    is_usable: bool
    listing_id: int | None


@dataclass(frozen=True)
class CreditCard:
    """What an account earned in one token."""

    credit: MarketCredit
    token: Token


@dataclass(frozen=True)
class ListingFilter:
    """Which listings; None and empty texts filter nothing."""

    dataset_id: int | None = None
    model_id: int | None = None
    seller: str = ""
    right: int | None = None
    only_open: bool = False


def chain_now() -> int:
    """The chain's clock as far as we have read it, in unix seconds; 0 before the first block."""
    head = indexed_head()
    return 0 if head is None else head.timestamp


def find_listing(listing_id: int) -> ListingCard:
    """The listing; raises NotFound."""
    listing = _with_subject(Listing.objects.filter(listing_id=listing_id)).first()
    if listing is None:
        raise NotFound(f"there is no listing {listing_id}")
    return _listing_card(listing, chain_now())


def listings(wanted: ListingFilter, cursor: Cursor) -> Page[ListingCard]:
    """Listings, newest first."""
    now = chain_now()
    rows = _with_subject(Listing.objects.all())
    if wanted.dataset_id is not None:
        rows = rows.filter(subject_kind=SubjectKind.DATASET, subject_id=wanted.dataset_id)
    if wanted.model_id is not None:
        rows = rows.filter(subject_kind=SubjectKind.MODEL, subject_id=wanted.model_id)
    if wanted.seller:
        rows = rows.filter(seller=wanted.seller)
    if wanted.right is not None:
        rows = rows.filter(right=wanted.right)
    if wanted.only_open:
        rows = rows.filter(
            Q(closes_at=0) | Q(closes_at__gte=now),
            Q(stock=0) | Q(sold__lt=F("stock")),
            is_delisted=False,
            subject_stands=True,
            is_replaced=False,
        )
    page = take_page(rows, "listing_id", cursor)
    return Page([_listing_card(listing, now) for listing in page.items], page.next_cursor)


def ended_listings(wanted: ListingFilter) -> list[ListingCard]:
    """Those of the newest such listings that can no longer be bought."""
    newest = listings(wanted, Cursor(limit=ENDED_AMONG))
    return [card for card in newest.items if card.state != ListingState.OPEN]


def passes_of(holder: str, dataset_id: int | None, cursor: Cursor) -> Page[PassCard]:
    """The passes of a wallet, newest first."""
    rows = AccessPass.objects.filter(holder=holder)
    if dataset_id is not None:
        rows = rows.filter(subject_kind=SubjectKind.DATASET, subject_id=dataset_id)
    page = take_page(rows, "pass_id", cursor)
    bought = dict(
        Purchase.objects.filter(pass_id__in=[row.pass_id for row in page.items]).values_list(
            "pass_id", "listing_id"
        )
    )
    now = chain_now()
    cards = [_pass_card(access, bought.get(access.pass_id), now) for access in page.items]
    return Page(cards, page.next_cursor)


def credits_of(account: str, cursor: Cursor) -> Page[CreditCard]:
    """What the account earned at the market, token by token; the cursor is a token's address."""
    page = take_page(MarketCredit.objects.filter(account=account), "token", cursor)
    cards = [CreditCard(credit, token_at(credit.token)) for credit in page.items]
    return Page(cards, page.next_cursor)


def _with_subject(rows: QuerySet) -> QuerySet:
    """Each listing with what its state hangs on besides itself.

    subject_stands: the dataset or model is neither transferred since nor retired. is_replaced: it offers a
    model itself, and a later one does too: the market sells at the newest alone, whatever became of that.
    """
    dataset = Dataset.objects.filter(
        token_id=OuterRef("subject_id"), consent_epoch=OuterRef("subject_epoch"), is_retired=False
    )
    moved_on = ModelTransfers.objects.filter(token_id=OuterRef("subject_id")).exclude(
        transfers=OuterRef("subject_epoch")
    )
    newer = Listing.objects.filter(
        subject_kind=OuterRef("subject_kind"),
        subject_id=OuterRef("subject_id"),
        right=Right.OWNERSHIP,
        listing_id__gt=OuterRef("listing_id"),
    )
    return rows.annotate(
        subject_stands=Case(
            When(subject_kind=SubjectKind.DATASET, then=Exists(dataset)), default=~Exists(moved_on)
        ),
        is_replaced=Case(When(right=Right.OWNERSHIP, then=Exists(newer)), default=False),
    )


def _listing_card(listing: Listing, now: int) -> ListingCard:
    state = listing_state(
        is_delisted=listing.is_delisted,
        subject_stands=listing.subject_stands,
        is_replaced=listing.is_replaced,
        closes_at=int(listing.closes_at),
        stock=listing.stock,
        sold=listing.sold,
        now=now,
    )
    return ListingCard(listing, token_at(listing.payment_token), state)


def _pass_card(access: AccessPass, listing_id: int | None, now: int) -> PassCard:
    is_usable = is_pass_usable(
        is_revoked=access.is_revoked,
        expires_at=int(access.expires_at),
        uses_total=access.uses_total,
        uses_left=access.uses_left,
        now=now,
    )
    return PassCard(access, token_at(access.payment_token), is_usable, listing_id)
