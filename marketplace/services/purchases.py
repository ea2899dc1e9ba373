"""Buying a pass: what it costs and to whom it goes, a permit to sign, and the transaction that buys."""

from dataclasses import dataclass
from typing import Any

from chain.accounts import split_signature
from chain.bindings import data_market, test_dollar
from chain.client import PAGE_TIMEOUT_SECONDS, client
from chain.deployments import address_of, current
from chain.errors import CallReverted, InvalidSignature, NodeUnavailable
from chain.prepared import PreparedTransaction, prepare, prepare_call
from chain.typed_data import permit as permit_message
from common.errors import InvalidInput
from marketplace.errors import ListingNotOpen, NotEnoughFunds, PriceChanged, VersionChanged
from marketplace.models import Payee, SubjectKind
from marketplace.rules.amounts import split_by_parts
from marketplace.rules.terms import PurchaseTerms
from marketplace.rules.trade import ListingState
from marketplace.selectors.datasets import find_dataset
from marketplace.selectors.trade import ListingCard, find_listing
from marketplace.services.handovers import check_handover, handover_details, is_handover
from marketplace.services.transactions import prepare_tried, with_gas

# Long enough to read and sign, short enough that a signature in the wrong hands is soon worthless.
PERMIT_SECONDS = 30 * 60


@dataclass(frozen=True)
class PayeeShare:
    """What one payee gets of a purchase."""

    address: str
    parts: int
    amount: int


@dataclass(frozen=True)
class Quote:
    """The price now and where it goes, as the contract computes it."""

    price: int
    treasury_fee: int
    royalty: int
    payees: tuple[PayeeShare, ...]

    @property
    def to_payees(self) -> int:
        return self.price - self.treasury_fee - self.royalty


@dataclass(frozen=True)
class PermitOffer:
    """What to sign, and what to send back with the signature."""

    typed_data: dict[str, Any]
    max_price: int
    version: int
    deadline: int


def quote(card: ListingCard) -> Quote:
    """Price, fees and shares of one pass, read from the chain now; raises NodeUnavailable."""
    price, treasury_fee, royalty = client(PAGE_TIMEOUT_SECONDS).read(
        address_of("DataMarket"), data_market.QUOTE, listing_id=card.listing.listing_id
    )
    payees: list[Payee] = []
    if card.listing.subject_kind == SubjectKind.DATASET:
        payees = list(Payee.objects.filter(dataset_id=card.listing.subject_id).order_by("position"))
    amounts = split_by_parts(price - treasury_fee - royalty, [payee.parts for payee in payees])
    shares = [
        PayeeShare(payee.address, payee.parts, amount) for payee, amount in zip(payees, amounts, strict=True)
    ]
    if not payees:
        shares = [PayeeShare(card.listing.seller, 10_000, price - treasury_fee - royalty)]
    return Quote(price, treasury_fee, royalty, tuple(shares))


def quote_if_known(card: ListingCard) -> Quote | None:
    """The quote; None where the node is away or the price is too large to split."""
    try:
        return quote(card)
    except (NodeUnavailable, CallReverted):
        return None


def offer_permit(*, wallet: str, listing_id: int, terms: PurchaseTerms) -> PermitOffer:
    """The permit over exactly the price, for the buyer to sign; good for half an hour of chain time."""
    card, max_price, version = _agreed(wallet, listing_id, terms)
    node = client()
    token = card.listing.payment_token
    deadline = node.head().timestamp + PERMIT_SECONDS
    typed_data = permit_message(
        token=token,
        owner=wallet,
        spender=address_of("DataMarket"),
        value=max_price,
        nonce=node.read(token, test_dollar.NONCES, owner=wallet),
        deadline=deadline,
        name=node.read(token, test_dollar.NAME),
        chain_id=current().chain_id,
    )
    return PermitOffer(typed_data, max_price, version, deadline)


def prepare_purchase_with_permit(
    *, wallet: str, listing_id: int, terms: PurchaseTerms
) -> PreparedTransaction:
    """DataMarket.buy_with_permit; raises PriceChanged or VersionChanged where the offer moved."""
    if terms.permit is None:
        raise InvalidInput("the signed permit is missing", field="permit")
    card, max_price, version = _agreed(wallet, listing_id, terms)
    try:
        v, r, s = split_signature(terms.permit.signature)
    except InvalidSignature as error:
        raise InvalidInput(error.message, field="permit.signature", code="wrong_signature") from error
    return prepare_tried(
        wallet,
        "DataMarket",
        data_market.BUY_WITH_PERMIT,
        summary=_summary(card),
        details=_details(card, max_price, version),
        listing_id=listing_id,
        max_price=max_price,
        version=version,
        deadline=terms.permit.deadline,
        v=v,
        r=r,
        s=s,
    )


def prepare_purchase_with_approval(
    *, wallet: str, listing_id: int, terms: PurchaseTerms
) -> tuple[PreparedTransaction, PreparedTransaction]:
    """An approval of exactly the price, and the purchase to send once it is mined."""
    card, max_price, version = _agreed(wallet, listing_id, terms)
    deployment = current()
    market = deployment.address_of("DataMarket")
    approval = prepare_call(
        test_dollar.APPROVE.call(card.listing.payment_token, spender=market, value=max_price),
        summary=f"Allow the market to take exactly {card.token.text(max_price)}",
        details=[
            ("Token", card.listing.payment_token),
            ("Amount", card.token.text(max_price)),
            ("To", market),
        ],
        chain_id=deployment.chain_id,
    )
    purchase = prepare(
        "DataMarket",
        data_market.BUY,
        summary=_summary(card),
        details=_details(card, max_price, version),
        listing_id=listing_id,
        max_price=max_price,
        version=version,
    )
    return with_gas(approval, wallet), purchase


def _agreed(wallet: str, listing_id: int, terms: PurchaseTerms) -> tuple[ListingCard, int, int]:
    """The listing with the price and version that the buyer agrees to; raises what stands in the way."""
    card = find_listing(listing_id)
    if card.state != ListingState.OPEN:
        raise ListingNotOpen(f"listing {listing_id} {card.state_text}")
    price = card.listing.price_units
    max_price = price if terms.max_price is None else terms.max_price
    check_handover(card, buyer=wallet)
    if max_price < price:
        raise PriceChanged(
            f"the price is now {card.token.text(price)}, above the agreed {card.token.text(max_price)}"
        )
    newest = _newest_version(card)
    version = newest if terms.version is None else terms.version
    if version != newest:
        raise VersionChanged(f"the newest version is now {newest}; you saw version {version}")
    balance = client().read(card.listing.payment_token, test_dollar.BALANCE_OF, account=wallet)
    if balance < price:
        raise NotEnoughFunds(
            f"the wallet has {card.token.text(balance)}; the price is {card.token.text(price)}"
        )
    return card, max_price, version


def _newest_version(card: ListingCard) -> int:
    """The dataset's newest version; a model has version 1 for ever."""
    if card.listing.subject_kind != SubjectKind.DATASET:
        return 1
    return find_dataset(card.listing.subject_id).version_count


def _summary(card: ListingCard) -> str:
    if is_handover(card):
        return f"Buy model {card.listing.subject_id} itself for {card.price_text}"
    subject = f"{card.listing.get_subject_kind_display()} {card.listing.subject_id}"
    return f"Buy {card.listing.get_right_display()} access to {subject} for {card.price_text}"


def _details(card: ListingCard, max_price: int, version: int) -> list[tuple[str, str]]:
    listing = card.listing
    offered = [
        ("Listing", str(listing.listing_id)),
        ("Seller", listing.seller),
        ("Price", card.price_text),
        ("At most", card.token.text(max_price)),
    ]
    if is_handover(card):
        royalty = card.token.text(quote(card).royalty)
        return [*offered, *handover_details(card), ("Of the price, to the parents' owners", royalty)]
    return [
        *offered,
        ("Newest version", f"{version} (the purchase fails if there is a newer one)"),
        ("First version covered", str(listing.first_version)),
        ("The pass lasts", f"{int(listing.pass_seconds):,} seconds" if listing.pass_seconds else "for ever"),
        ("Jobs with it", f"{listing.pass_uses:,}" if listing.pass_uses else "any number"),
        ("What the price buys", "the right, not secrecy: the bytes are public"),
    ]
