"""Offers of passes, prepared for the owner's wallet."""

from chain.bindings import data_market
from chain.prepared import PreparedTransaction
from common.errors import Conflict, InvalidInput
from marketplace.errors import ListingNotOpen, NothingToWithdraw, NotTheOwner, RightNotGranted
from marketplace.models import Dataset, MarketCredit, Right, SubjectKind
from marketplace.rules.terms import ListingTerms
from marketplace.rules.trade import ListingState
from marketplace.selectors.datasets import dataset_card
from marketplace.selectors.trade import chain_now, find_listing
from marketplace.services.transactions import prepare_tried
from marketplace.tokens import token_at


def prepare_listing(*, wallet: str, token_id: int, terms: ListingTerms) -> PreparedTransaction:
    """DataMarket.create_listing for the dataset's owner; raises what stands in the way, in words."""
    card = dataset_card(token_id)
    dataset = card.dataset
    if dataset.owner != wallet:
        raise NotTheOwner(f"only the owner of dataset {token_id} can list it")
    if dataset.is_retired:
        raise Conflict(f"dataset {token_id} is retired", code="dataset_retired")
    right = Right.DOWNLOAD if terms.right == "download" else Right.COMPUTE
    _check_right(dataset, right)
    version = terms.version or dataset.version_count
    if version > dataset.version_count:
        raise InvalidInput(f"the newest version is {dataset.version_count}", field="version")
    if terms.closes_at and terms.closes_at <= chain_now():
        raise InvalidInput("the closing time lies in the past", field="closes_at")
    return prepare_tried(
        wallet,
        "DataMarket",
        data_market.CREATE_LISTING,
        summary=f'List {terms.right} access to "{card.title}" (dataset {token_id})',
        details=_details(terms, version),
        subject_kind=int(SubjectKind.DATASET),
        subject_id=token_id,
        right=int(right),
        version=version,
        payment_token=terms.payment_token,
        price=terms.price,
        stock=terms.stock,
        pass_seconds=terms.pass_seconds,
        pass_uses=terms.pass_uses,
        closes_at=terms.closes_at or 0,
    )


def prepare_delisting(*, wallet: str, listing_id: int) -> PreparedTransaction:
    """DataMarket.delist by the seller; what was sold from the listing stays sold."""
    card = find_listing(listing_id)
    if card.listing.seller != wallet:
        raise NotTheOwner(f"only the seller can take listing {listing_id} back")
    if card.state == ListingState.DELISTED:
        raise ListingNotOpen(f"listing {listing_id} {card.state_text}")
    return prepare_tried(
        wallet,
        "DataMarket",
        data_market.DELIST,
        summary=f"Take listing {listing_id} back",
        details=[("Listing", str(listing_id)), ("Price", card.price_text)],
        listing_id=listing_id,
    )


def prepare_withdrawal(*, wallet: str, token: str) -> PreparedTransaction:
    """DataMarket.withdraw of all that the wallet has earned in this token."""
    credit = MarketCredit.objects.filter(account=wallet, token=token).first()
    available = credit.available_units if credit else 0
    if available == 0:
        raise NothingToWithdraw("the market owes this wallet nothing in this token")
    return prepare_tried(
        wallet,
        "DataMarket",
        data_market.WITHDRAW,
        summary=f"Withdraw {token_at(token).text(available)} from the market",
        details=[("To", wallet), ("Amount", token_at(token).text(available)), ("Token", token)],
        token=token,
    )


def _check_right(dataset: Dataset, right: Right) -> None:
    allowed = dataset.allow_download if right == Right.DOWNLOAD else dataset.allow_compute
    if not allowed:
        raise RightNotGranted(f"the dataset's policy does not allow to sell the right to {right.label}")


def _details(terms: ListingTerms, version: int) -> list[tuple[str, str]]:
    return [
        ("Right", terms.right),
        ("Price", token_at(terms.payment_token).text(terms.price)),
        ("Payment token", terms.payment_token),
        ("First version covered", f"{version} (later ones included)"),
        ("Passes for sale", f"{terms.stock:,}" if terms.stock else "any number"),
        ("A pass lasts", f"{terms.pass_seconds:,} seconds" if terms.pass_seconds else "for ever"),
        ("Jobs a pass", f"{terms.pass_uses:,}" if terms.pass_uses else "any number"),
        ("Open until", f"unix time {terms.closes_at}" if terms.closes_at else "taken back"),
    ]
