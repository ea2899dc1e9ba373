"""What happened to a dataset, from its versions, listings and sales as the chain has them."""

from dataclasses import dataclass
from datetime import datetime

from marketplace.models import Dataset, DatasetVersion, Listing, Purchase, SubjectKind
from marketplace.tokens import token_at

EVENTS_SHOWN = 12


@dataclass(frozen=True)
class Happening:
    """One event; `text` holds nothing that a stranger wrote freely."""

    title: str
    text: str
    at: datetime
    block: int
    tx_hash: str


def happenings(dataset: Dataset) -> list[Happening]:
    """The newest events, newest first; three queries."""
    subject = {"subject_kind": SubjectKind.DATASET, "subject_id": dataset.token_id}
    found = [
        *(_published(row) for row in DatasetVersion.objects.filter(dataset=dataset)[:EVENTS_SHOWN]),
        *(_listed(row) for row in Listing.objects.filter(**subject)[:EVENTS_SHOWN]),
        *(_bought(row) for row in Purchase.objects.filter(**subject)[:EVENTS_SHOWN]),
    ]
    return sorted(found, key=lambda each: (each.block, each.at), reverse=True)[:EVENTS_SHOWN]


def _published(row: DatasetVersion) -> Happening:
    title = "Minted with version 1" if row.number == 1 else f"Version {row.number} published"
    return Happening(title, "", row.published_at, row.published_block, row.published_tx)


def _listed(row: Listing) -> Happening:
    price = token_at(row.payment_token).text(row.price_units)
    title = f"Listing {row.listing_id}: {row.get_right_display()} access"
    text = "now off the market" if row.is_delisted else f"now at {price}"
    return Happening(title, text, row.listed_at, row.listed_block, row.listed_tx)


def _bought(row: Purchase) -> Happening:
    price = token_at(row.payment_token).text(row.price_units)
    return Happening(
        f"Pass {row.pass_id} bought", f"for {price}", row.bought_at, row.bought_block, row.bought_tx
    )
