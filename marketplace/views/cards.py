"""What the dataset pages show, as values: from the selectors' cards to rows, chips and offers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common.templatetags.qommons import duration, figure
from marketplace.models import Listing, Right, RowsInModel
from marketplace.selectors.datasets import DatasetCard
from marketplace.selectors.trade import ListingCard
from marketplace.services.handovers import place_of_buyer
from marketplace.services.purchases import Quote

MAX_COLUMNS_SHOWN = 60
PREVIEW_COLUMNS = 12
RIGHT_TITLES = {
    Right.COMPUTE: "Compute on it",
    Right.DOWNLOAD: "Download it",
    Right.PREDICT: "Predict with it",
    Right.OWNERSHIP: "Own it",
}
ROWS_IN_MODEL_WORDS = {
    RowsInModel.NEVER: "never: a model may carry none",
    RowsInModel.SEALED: "sealed: only for who holds the model",
    RowsInModel.PUBLIC: "public: a model may carry them",
}


@dataclass(frozen=True)
class Share:
    """One part of a price; `account` is empty for the treasury."""

    label: str
    account: str
    amount: int


@dataclass(frozen=True)
class Offer:
    """An open listing."""

    listing_id: int
    seller: str
    right_words: str
    right_title: str
    price: int
    payment_token: str
    sold: int
    terms_words: str
    shares: tuple[Share, ...] = ()


@dataclass(frozen=True)
class ListedPrice:
    """What a dataset costs at least, and for which right."""

    units: int
    token: str
    right_words: str


@dataclass(frozen=True)
class DatasetRow:
    """A dataset in a list or at the head of its page."""

    token_id: int
    title: str
    description: str
    creator: str
    licence: str
    keywords: tuple[str, ...]
    rows: int | None
    column_count: int | None
    size_bytes: int
    version_count: int
    policy_compute: bool
    policy_download: bool
    is_retired: bool
    minted_at: datetime
    price: ListedPrice | None = None
    is_quantum_ready: bool = False


@dataclass(frozen=True)
class ColumnRow:
    """A column of the schema table; figures are None where the column has none."""

    name: str
    type: str
    is_label: bool
    missing: int | None
    unique: int | None
    unique_is_exact: bool
    minimum: float | None
    maximum: float | None
    mean: float | None
    counts: tuple[int, ...]
    top_values: tuple[Mapping[str, Any], ...]

    @property
    def picture_words(self) -> str:
        """The histogram in words."""
        return f"Histogram of {len(self.counts)} bins from {figure(self.minimum)} to {figure(self.maximum)}"


@dataclass(frozen=True)
class Preview:
    """The first rows, as far as the provider shows them and a page has room."""

    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    hidden_columns: int


@dataclass(frozen=True)
class Quality:
    """A figure with its unit and its name."""

    label: str
    value: int | float | None
    unit: str = ""


def dataset_row(card: DatasetCard) -> DatasetRow:
    """The head of one dataset's page."""
    dataset, newest = card.dataset, card.newest
    metadata = newest.metadata if newest else None
    profile = (metadata.profile if metadata else None) or {}
    return DatasetRow(
        token_id=dataset.token_id,
        title=card.title,
        description=metadata.description if metadata else "",
        creator=metadata.creator if metadata else "",
        licence=metadata.licence if metadata else "",
        keywords=tuple(str(word) for word in metadata.keywords) if metadata else (),
        rows=profile.get("rows"),
        column_count=profile.get("column_count"),
        size_bytes=int(newest.version.size_bytes) if newest else 0,
        version_count=dataset.version_count,
        policy_compute=dataset.allow_compute,
        policy_download=dataset.allow_download,
        is_retired=dataset.is_retired,
        minted_at=dataset.minted_at,
    )


def offer_of(card: ListingCard, quote: Quote | None = None) -> Offer:
    """A listing as an offer; with a quote also where the price goes."""
    listing = card.listing
    return Offer(
        listing_id=listing.listing_id,
        seller=listing.seller,
        right_words=listing.get_right_display(),
        right_title=RIGHT_TITLES[Right(listing.right)],
        price=int(listing.price_units),
        payment_token=listing.payment_token,
        sold=listing.sold,
        terms_words=_terms(listing),
        shares=_shares(quote) if quote else (),
    )


def column_rows(profile: Mapping[str, Any], label_column: str) -> list[ColumnRow]:
    """The profile's columns, the label first, at most as many as a page shows."""
    columns = sorted(profile.get("columns", ()), key=lambda column: column["name"] != label_column)
    return [_column_row(column, label_column) for column in columns[:MAX_COLUMNS_SHOWN]]


def preview_of(profile: Mapping[str, Any]) -> Preview | None:
    """The profile's first rows; None where it has none."""
    names = [column["name"] for column in profile.get("columns", ())]
    rows = tuple(tuple(row[:PREVIEW_COLUMNS]) for row in profile.get("preview", ()))
    if not rows:
        return None
    return Preview(tuple(names[:PREVIEW_COLUMNS]), rows, max(0, len(names) - PREVIEW_COLUMNS))


def qualities(profile: Mapping[str, Any]) -> list[Quality]:
    """How large and how balanced the data is."""
    label = profile.get("label") or {}
    found = [
        Quality("rows", profile.get("rows")),
        Quality("columns", profile.get("column_count")),
        Quality("missing cells", profile.get("missing_cells")),
    ]
    if label.get("classes"):
        found.append(Quality("classes", len(label["classes"])))
    if label.get("largest_share") is not None:
        found.append(Quality("in the largest class", round(100 * label["largest_share"], 1), "%"))
    return found


def quantum_qualities(profile: Mapping[str, Any]) -> list[Quality]:
    """How many qubits the numeric features need, encoding by encoding."""
    quantum = profile.get("quantum") or {}
    named = (
        ("numeric_features", "numeric features"),
        ("qubits_angle", "qubits, angle encoding"),
        ("qubits_amplitude", "qubits, amplitude encoding"),
        ("depth_amplitude", "gates in a row to encode so"),
        ("suggested_pca_qubits", "qubits suggested after PCA"),
    )
    found = [Quality(label, quantum[key]) for key, label in named if quantum.get(key) is not None]
    kept = _variance_kept(quantum)
    if kept is not None:
        found.append(Quality("of the variance they keep", kept, "%"))
    if quantum.get("kernel"):
        found.append(Quality("mean overlap of two rows, angle encoding", round(quantum["kernel"]["mean"], 4)))
        found.append(
            Quality("its spread; near 0 nothing is learnt", round(quantum["kernel"]["standard_deviation"], 4))
        )
    return found


def _variance_kept(quantum: Mapping[str, Any]) -> float | None:
    """How much of the variance the suggested components hold, in per cent; the profile's shares add up."""
    components = quantum.get("suggested_pca_qubits") or 0
    shares = quantum.get("pca_explained_variance") or []
    if not components or len(shares) < components:
        return None
    return round(100 * shares[components - 1], 1)


def _column_row(column: Mapping[str, Any], label_column: str) -> ColumnRow:
    histogram = column.get("histogram") or {}
    return ColumnRow(
        name=column["name"],
        type=column["type"],
        is_label=column["name"] == label_column,
        missing=column.get("missing"),
        unique=column.get("unique"),
        unique_is_exact=column.get("unique_is_exact", True),
        minimum=column.get("minimum"),
        maximum=column.get("maximum"),
        mean=column.get("mean"),
        counts=tuple(histogram.get("counts", ())),
        top_values=tuple(column.get("top_values", ())),
    )


def _shares(quote: Quote) -> tuple[Share, ...]:
    payees = tuple(Share("Payee", share.address, share.amount) for share in quote.payees)
    royalty = (Share("Royalty", "", quote.royalty),) if quote.royalty else ()
    return (*payees, *royalty, Share("Treasury", "", quote.treasury_fee))


def _terms(listing: Listing) -> str:
    """What a purchase from this listing gives, in one sentence."""
    if listing.right == Right.OWNERSHIP:
        place = place_of_buyer(listing.subject_id)
        return f"The model token itself, once and whole: the buyer becomes owner number {place}."
    seconds = int(listing.pass_seconds)
    expiry = f"Expires {duration(seconds)} after purchase" if seconds else "Never expires"
    uses = f"{listing.pass_uses:,} uses" if listing.pass_uses else "unlimited uses"
    left = f", {listing.stock - listing.sold:,} of {listing.stock:,} left" if listing.stock else ""
    return f"{expiry}, {uses}, version {listing.first_version} and later{left}."
