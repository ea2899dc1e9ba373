"""From the events of DataMarket to listings, purchases and credits; the transfers that end model listings."""

from django.db.models import F

from chain.accounts import ZERO_ADDRESS
from chain.events import LogEvent
from marketplace.models import (
    Dataset,
    Listing,
    MarketCredit,
    ModelSale,
    ModelTransfers,
    Purchase,
    Right,
    SubjectKind,
)
from marketplace.projections.dataset import block_time


def listed(event: LogEvent) -> None:
    args = event.args
    Listing.objects.create(
        listing_id=args["listing_id"],
        subject_kind=args["subject_kind"],
        subject_id=args["subject_id"],
        seller=args["seller"],
        right=args["right"],
        first_version=args["version"],
        payment_token=args["payment_token"],
        price_units=args["price"],
        stock=args["stock"],
        pass_seconds=args["pass_seconds"],
        pass_uses=args["pass_uses"],
        closes_at=args["closes_at"],
        subject_epoch=_epoch(args["subject_kind"], args["subject_id"]),
        listed_block=event.block_number,
        listed_at=block_time(event),
        listed_tx=event.tx_hash,
    )


def price_set(event: LogEvent) -> None:
    _listing(event).update(price_units=event.args["new_price"])


def delisted(event: LogEvent) -> None:
    _listing(event).update(is_delisted=True)


def purchased(event: LogEvent) -> None:
    """A pass, or the model itself: then there is no pass, whose number is told as 0."""
    args = event.args
    _listing(event).update(sold=F("sold") + 1)
    listing = _listing(event).get()
    if listing.right == Right.OWNERSHIP:
        _sold(event, listing)
        return
    Purchase.objects.create(
        pass_id=args["pass_id"],
        listing_id=args["listing_id"],
        buyer=args["buyer"],
        subject_kind=args["subject_kind"],
        subject_id=args["subject_id"],
        version=args["version"],
        payment_token=args["payment_token"],
        price_units=args["price"],
        treasury_fee_units=args["treasury_fee"],
        royalty_units=args["royalty"],
        bought_block=event.block_number,
        bought_at=block_time(event),
        bought_tx=event.tx_hash,
    )


def _sold(event: LogEvent, listing: Listing) -> None:
    args = event.args
    ModelSale.objects.create(
        listing_id=listing.listing_id,
        token_id=args["subject_id"],
        seller=listing.seller,
        buyer=args["buyer"],
        payment_token=args["payment_token"],
        price_units=args["price"],
        treasury_fee_units=args["treasury_fee"],
        royalty_units=args["royalty"],
        sold_block=event.block_number,
        sold_at=block_time(event),
        sold_tx=event.tx_hash,
    )


def credited(event: LogEvent) -> None:
    credit = _credit(event)
    credit.earned_units += event.args["amount"]
    credit.save()


def withdrawn(event: LogEvent) -> None:
    credit = _credit(event)
    credit.withdrawn_units += event.args["amount"]
    credit.save()


def model_transferred(event: LogEvent) -> None:
    """Counts as `ModelToken.transferCount` does: minting is no transfer."""
    if event.args["from"] == ZERO_ADDRESS:
        return
    token_id = event.args["tokenId"]
    ModelTransfers.objects.update_or_create(
        token_id=token_id, defaults={"transfers": _transfers(token_id) + 1}
    )


def _listing(event: LogEvent):
    return Listing.objects.filter(listing_id=event.args["listing_id"])


def _credit(event: LogEvent) -> MarketCredit:
    account, token = event.args["account"], event.args["token"]
    key = f"{account}/{token}"
    return MarketCredit.objects.filter(key=key).first() or MarketCredit(key=key, account=account, token=token)


def _epoch(subject_kind: int, subject_id: int) -> int:
    if subject_kind == SubjectKind.MODEL:
        return _transfers(subject_id)
    return Dataset.objects.values_list("consent_epoch", flat=True).get(token_id=subject_id)


def _transfers(model_id: int) -> int:
    return ModelTransfers.objects.values_list("transfers", flat=True).filter(token_id=model_id).first() or 0


HANDLERS = {
    ("DataMarket", "Listed"): listed,
    ("DataMarket", "PriceSet"): price_set,
    ("DataMarket", "Delisted"): delisted,
    ("DataMarket", "Purchased"): purchased,
    ("DataMarket", "Credited"): credited,
    ("DataMarket", "Withdrawn"): withdrawn,
    ("ModelToken", "Transfer"): model_transferred,
}
