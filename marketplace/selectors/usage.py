"""How much a dataset is used and what its seller did before, counted from the chain's events alone."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q, QuerySet

from marketplace.models import Dataset, Listing, Payee, Purchase, SubjectKind


@dataclass(frozen=True)
class Usage:
    """Sales of one dataset. A buyer is a wallet that paid and is paid nothing by it: wash sales add none."""

    passes_sold: int
    buyers: int


@dataclass(frozen=True)
class SellerHistory:
    """What the owner of a dataset has done here."""

    since: datetime | None
    datasets: int
    passes_sold: int
    buyers: int
    delisted: int


def usage_of(dataset: Dataset) -> Usage:
    """Passes sold for the dataset, and by how many different paying wallets that are not its own people's."""
    own = [dataset.owner, dataset.minted_by]
    paid = Payee.objects.filter(dataset_id=dataset.token_id).values("address")
    counted = _sales([dataset.token_id]).aggregate(
        passes=Count("pass_id"),
        buyers=Count(
            "buyer", distinct=True, filter=Q(price_units__gt=0) & ~Q(buyer__in=own) & ~Q(buyer__in=paid)
        ),
    )
    return Usage(passes_sold=counted["passes"], buyers=counted["buyers"])


def history_of(seller: str) -> SellerHistory:
    """The wallet's datasets and sales; its own purchases count as none."""
    owned = Dataset.objects.filter(owner=seller)
    about = owned.aggregate(datasets=Count("token_id"), since=Min("minted_at"))
    sales = _sales(owned.values("token_id")).aggregate(
        passes=Count("pass_id"),
        buyers=Count("buyer", distinct=True, filter=Q(price_units__gt=0) & ~Q(buyer=seller)),
    )
    return SellerHistory(
        since=about["since"],
        datasets=about["datasets"],
        passes_sold=sales["passes"],
        buyers=sales["buyers"],
        delisted=Listing.objects.filter(seller=seller, is_delisted=True).count(),
    )


def _sales(token_ids: list[int] | QuerySet) -> QuerySet[Purchase]:
    return Purchase.objects.filter(subject_kind=SubjectKind.DATASET, subject_id__in=token_ids)
